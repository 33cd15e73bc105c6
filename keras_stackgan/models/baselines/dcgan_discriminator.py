"""DCGAN's discriminator."""

import keras

from keras_stackgan.layers import ConvBlock, JointLogits
from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.initializers import discriminator_initializer
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.discriminator import Discriminator


@keras.saving.register_keras_serializable("keras_stackgan")
class DCGANDiscriminator(Discriminator):
    """Halves pictures by 5x5 convolutions down to 4x4 pixels and judges those.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels after the first halving.
        normalization: `"batch"`, or `None` for biases in its place.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the paper's, or without batch
            norm for an orthogonal one that keeps the variance through leaky ReLUs.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: float tensor `(batch, image_size, image_size, 3)` in [-1, 1].
        condition: `None`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict with the logits `unconditional`, `(batch,)`.

    Example:

    ```python
    discriminator = DCGANDiscriminator(16, filters=4)
    discriminator(keras.ops.ones((2, 16, 16, 3)))["unconditional"].shape  # (2,)
    ```

    Reference:
        [Radford et al., 2016](https://arxiv.org/abs/1511.06434), section 3; widths, kernels and the
        missing biases as in the authors' `faces/train_uncond_dcgan.py`.
    """

    conditional = False
    condition_dim = None

    def __init__(
        self,
        image_size=64,
        filters=128,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.normalization = check_choice("normalization", normalization, ("batch", None))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = discriminator_initializer(kernel_initializer, normalization)

        # === Layers ===
        keywords = {
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        first = None if self.normalization else "bias"
        widths = reversed(widening(self.filters, self.image_size))
        self.trunk = [
            ConvBlock(
                width,
                kernel_size=5,
                strides=2,
                normalization=(self.normalization or "bias") if k else first,
                name=f"downsample_{self.image_size // 2 ** (k + 1)}",
                **keywords,
            )
            for k, width in enumerate(widths)
        ]
        self.head = JointLogits(conditional=False, use_bias=False, name="head", **keywords)
        self.build()

    def get_config(self):
        names = (
            "image_size filters normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
