"""StackGAN-v1's discriminators."""

import keras

from keras_stackgan.layers import BottleneckBlock, ConvBlock, DownsampleBlock, JointLogits
from keras_stackgan.layers.utils import fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.discriminator import Discriminator
from keras_stackgan.models.stackgan_v1 import forms


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1Discriminator(Discriminator):
    """Judges pictures of one size together with their text.

    The paper's form compresses the raw embedding itself, joins it by a 1x1 convolution and has a
    bottleneck block; the PyTorch release takes the generator's mean and 3x3 convolutions.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels after the first halving.
        condition_dim: int. Size of the condition: of the embedding in the paper's form, of the
            generator's code in the PyTorch release's.
        conditioning_dim: int. Size of the paper's form's own text layer.
        form: `"paper"` or `"pytorch"`.
        unconditional: bool. Whether pictures are also judged alone (the PyTorch Stage-II).
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the form's.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: float tensor `(batch, image_size, image_size, 3)` in [-1, 1].
        condition: float tensor `(batch, condition_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict of logits `(batch,)`: `conditional` and, if switched on, `unconditional`.

    Example:

    ```python
    discriminator = StackGANv1Discriminator(16, filters=4, condition_dim=8)
    logits = discriminator(keras.ops.ones((2, 16, 16, 3)), keras.ops.ones((2, 8)))
    logits["conditional"].shape  # (2,)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), sections 3.3 and 3.4.
    """

    def __init__(
        self,
        image_size=64,
        filters=64,
        condition_dim=1024,
        conditioning_dim=128,
        form="paper",
        unconditional=False,
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.condition_dim = network_checks.check_count("condition_dim", condition_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.form = form
        forms.get(form)
        self.conditional = True
        self.unconditional = bool(unconditional)
        self.synchronized_batch_norm = bool(synchronized_batch_norm)
        self.kernel_initializer = fresh_initializer(
            kernel_initializer or forms.kernel_initializer(form)
        )

        # === Layers ===
        paper = form == "paper"
        keywords = {
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.trunk = self._make_trunk(keywords)
        self.head = JointLogits(
            unconditional=self.unconditional,
            conditioning_dim=self.conditioning_dim if paper else None,
            kernel_size=1 if paper else 3,
            code_first=False,
            use_bias=not paper,
            text_kernel_initializer=kernel_initializer or forms.dense_initializer(),
            name="head",
            **keywords,
        )
        self.build()

    def _make_trunk(self, keywords):
        paper = self.form == "paper"
        halvings = network_checks.halvings(self.image_size)
        wide = halvings > 4
        trunk = []
        for k in range(halvings):
            # The release's Stage-I discriminator leaves its third and fourth layer linear.
            linear = paper and not wide and k > 1
            trunk.append(
                DownsampleBlock(
                    self.filters * 2**k,
                    activation=None if linear else "leaky_relu",
                    normalization="batch" if k else None,
                    name=f"downsample_{self.image_size // 2 ** (k + 1)}",
                    **keywords,
                )
            )
        for k in reversed(range(3, halvings - 1)):
            trunk.append(
                ConvBlock(
                    self.filters * 2**k,
                    kernel_size=1 if paper else 3,
                    activation=None if paper and k == 3 else "leaky_relu",
                    name=f"narrow_{2**k}",
                    **keywords,
                )
            )
        if paper:
            middle = max(1, trunk[-1].filters // 4)
            trunk.append(
                BottleneckBlock(middle, activation="leaky_relu", name="bottleneck", **keywords)
            )
        return trunk

    def get_config(self):
        names = (
            "image_size filters condition_dim conditioning_dim form unconditional "
            "synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
