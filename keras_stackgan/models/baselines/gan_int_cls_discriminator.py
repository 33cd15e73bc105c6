"""GAN-INT-CLS's discriminator."""

import math

import keras

from keras_stackgan.layers import BottleneckBlock, DownsampleBlock, JointLogits
from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.initializers import discriminator_initializer
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.discriminator import Discriminator


@keras.saving.register_keras_serializable("keras_stackgan")
class GANINTCLSDiscriminator(Discriminator):
    """Judges whether a picture is real and fits its text.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels after the first halving.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size to which it is compressed.
        normalization: `"batch"`, or `None` for biases in its place.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the authors', or without
            batch norm for an orthogonal one that keeps the variance through leaky ReLUs.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: float tensor `(batch, image_size, image_size, 3)` in [-1, 1].
        condition: float tensor `(batch, embedding_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict with the logits `conditional`, `(batch,)`.

    Example:

    ```python
    discriminator = GANINTCLSDiscriminator(16, filters=4, embedding_dim=8)
    logits = discriminator(keras.ops.ones((2, 16, 16, 3)), keras.ops.ones((2, 8)))
    logits["conditional"].shape  # (2,)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396), section 4.1; the residual block, the
        normalized text layer and two linear layers at 64 pixels (from 16x16 on) are in the authors'
        `main_cls_int.lua`.
    """

    conditional = True

    def __init__(
        self,
        image_size=64,
        filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.normalization = check_choice("normalization", normalization, ("batch", None))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = discriminator_initializer(kernel_initializer, normalization)

        # === Layers ===
        keywords = {
            "normalization": self.normalization or "bias",
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        first = None if self.normalization else "bias"
        widths = list(reversed(widening(self.filters, self.image_size)))
        self.trunk = [
            DownsampleBlock(
                width,
                activation="leaky_relu" if k < 2 else None,
                name=f"downsample_{self.image_size // 2 ** (k + 1)}",
                **{**keywords, "normalization": keywords["normalization"] if k else first},
            )
            for k, width in enumerate(widths)
        ]
        self.trunk.append(
            BottleneckBlock(
                max(1, widths[-1] // 4), activation="leaky_relu", name="bottleneck", **keywords
            )
        )
        # As Torch7 draws the weights of `nn.Linear`.
        limit = 1.0 / math.sqrt(self.embedding_dim)
        self.head = JointLogits(
            unconditional=False,
            conditioning_dim=self.conditioning_dim,
            normalize_text=self.normalization is not None,
            kernel_size=1,
            code_first=False,
            use_bias=False,
            text_kernel_initializer=keras.initializers.RandomUniform(-limit, limit),
            name="head",
            **keywords,
        )
        self.build()

    @property
    def condition_dim(self):
        return self.embedding_dim

    def get_config(self):
        names = (
            "image_size filters embedding_dim conditioning_dim normalization "
            "synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
