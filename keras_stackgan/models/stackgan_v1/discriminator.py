"""StackGAN-v1's discriminators."""

import keras

from keras_stackgan.layers import BottleneckBlock, ConvBlock, DownsampleBlock, JointLogits
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.discriminator import Discriminator, unnormalized_initializer, widths
from keras_stackgan.models.stackgan_v1 import forms


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1Discriminator(Discriminator):
    """Judges pictures of one size together with their text.

    The paper's form compresses the raw embedding itself, joins it by a 1x1 convolution and has a
    bottleneck block; the PyTorch release takes the generator's mean and 3x3 convolutions.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels after the first halving.
        max_filters: int or `None`. No layer has more channels; `None` lets them double.
        condition_dim: int. Size of the condition: of the embedding in the paper's form, of the
            generator's code in the PyTorch release's.
        conditioning_dim: int. Size of the paper's form's own text layer.
        form: `"paper"` or `"pytorch"`.
        projection_dim: int or `None`. See `JointLogits`.
        unconditional: bool. Whether pictures are also judged alone (the PyTorch Stage-II).
        normalization: `"batch"`, or `None` for biases in its place.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the form's, or without batch norm
            for an orthogonal one that keeps the variance through leaky ReLUs.
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
        max_filters=None,
        condition_dim=1024,
        conditioning_dim=128,
        projection_dim=None,
        form="paper",
        unconditional=False,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.max_filters = network_checks.check_optional_count("max_filters", max_filters)
        self.condition_dim = network_checks.check_count("condition_dim", condition_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.projection_dim = network_checks.check_optional_count("projection_dim", projection_dim)
        self.form = form
        forms.get(form)
        self.conditional = True
        self.unconditional = network_checks.check_switch("unconditional", unconditional)
        self.normalization = check_choice("normalization", normalization, ("batch", None))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        text_kernel_initializer = kernel_initializer or forms.dense_initializer()
        if kernel_initializer is None and normalization is None:
            kernel_initializer = text_kernel_initializer = unnormalized_initializer()
        self.kernel_initializer = fresh_initializer(
            kernel_initializer or forms.kernel_initializer(form)
        )

        # === Layers ===
        paper = form == "paper"
        keywords = {
            "normalization": self.normalization or "bias",
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.trunk = self._make_trunk(keywords)
        self.head = JointLogits(
            unconditional=self.unconditional,
            conditioning_dim=self.conditioning_dim if paper else None,
            projection_dim=self.projection_dim,
            kernel_size=1 if paper else 3,
            code_first=False,
            use_bias=not paper,
            text_kernel_initializer=text_kernel_initializer,
            name="head",
            **keywords,
        )
        self.build()

    def _make_trunk(self, keywords):
        paper = self.form == "paper"
        halvings = network_checks.halvings(self.image_size)
        filters = widths(self.filters, self.max_filters, halvings)
        narrow = [k for k in reversed(range(3, halvings - 1)) if filters[k] != filters[-1]]
        trunk = []
        for k, width in enumerate(filters):
            # The release's Stage-I discriminator leaves its third and fourth layer linear; its
            # Stage-II the one in front of the bottleneck block.
            linear = paper and (k > 1 if halvings <= 4 else k == halvings - 1 and not narrow)
            first = None if self.normalization else "bias"
            trunk.append(
                DownsampleBlock(
                    width,
                    activation=None if linear else "leaky_relu",
                    name=f"downsample_{self.image_size // 2 ** (k + 1)}",
                    **{**keywords, "normalization": keywords["normalization"] if k else first},
                )
            )
        for k in narrow:
            trunk.append(
                ConvBlock(
                    filters[k],
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
            "image_size filters max_filters condition_dim conditioning_dim projection_dim form "
            "unconditional normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
