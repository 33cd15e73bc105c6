"""WGAN-GP's critic."""

import keras

from keras_stackgan.layers import ConvBlock, JointLogits, ResampleBlock
from keras_stackgan.layers.resample_block import he_uniform
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.discriminator import Discriminator


@keras.saving.register_keras_serializable("keras_stackgan")
class WGANGPCritic(Discriminator):
    """Halves pictures by residual blocks down to 4x4 pixels and gives each a value.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels of the first layer.
        normalization: `"layer"` or `None`.
        kernel_initializer: initializer of the blocks' 3x3 kernels; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: float tensor `(batch, image_size, image_size, 3)` in [-1, 1].
        condition: `None`.
        training: bool. Makes no difference: no layer knows of batches.

    Returns:
        A dict with the values `unconditional`, `(batch,)`.

    Example:

    ```python
    critic = WGANGPCritic(16, filters=4)
    critic(keras.ops.ones((2, 16, 16, 3)))["unconditional"].shape  # (2,)
    ```

    Reference:
        [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), section 4, by the authors'
        `gan_64x64.py` (`GoodDiscriminator`).
    """

    conditional = False
    condition_dim = None

    def __init__(
        self,
        image_size=64,
        filters=64,
        normalization="layer",
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.normalization = check_choice(
            "discriminator_normalization", normalization, ("layer", None)
        )
        self.kernel_initializer = fresh_initializer(kernel_initializer or he_uniform())

        # === Layers ===
        self.trunk = [
            ConvBlock(
                self.filters,
                activation=None,
                normalization="bias",
                kernel_initializer="glorot_uniform",
                dtype=self.dtype_policy,
                name="first",
            )
        ]
        widths = widening(self.filters, self.image_size)
        # The generator's widths backwards: at 64 pixels 128, 256, 512 and 512 channels.
        widths = [*reversed(widths[:-1]), min(8 * self.filters, 2 * widths[0])]
        self.trunk += [
            ResampleBlock(
                width,
                "down",
                normalization=self.normalization,
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name=f"downsample_{self.image_size // 2 ** (k + 1)}",
            )
            for k, width in enumerate(widths)
        ]
        self.head = JointLogits(
            conditional=False,
            kernel_initializer="glorot_uniform",
            dtype=self.dtype_policy,
            name="head",
        )
        self.build()

    def get_config(self):
        names = "image_size filters normalization kernel_initializer".split()
        return {**super().get_config(), **network_checks.configured(self, names)}
