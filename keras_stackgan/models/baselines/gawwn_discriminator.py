"""GAWWN's discriminator."""

import keras

from keras_stackgan.layers import ConvBlock, DownsampleBlock
from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.gawwn_generator import check_size
from keras_stackgan.models.baselines.gawwn_head import GAWWNHead
from keras_stackgan.models.baselines.initializers import discriminator_initializer
from keras_stackgan.models.discriminator import Discriminator


@keras.saving.register_keras_serializable("keras_stackgan")
class GAWWNDiscriminator(Discriminator):
    """Judges whether a picture is real and shows what its text says where its box is.

    Args:
        image_size: int, a power of two of at least 32. Side of the pictures in pixels.
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
        condition: float tensor `(batch, embedding_dim + 4)`: embeddings and boxes.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict with the logits `conditional`, `(batch,)`.

    Example:

    ```python
    discriminator = GAWWNDiscriminator(32, filters=4, embedding_dim=8)
    boxes = keras.ops.convert_to_tensor([[0.2, 0.2, 0.5, 0.5]] * 2)
    condition = keras.ops.concatenate([keras.ops.ones((2, 8)), boxes], axis=1)
    discriminator(keras.ops.ones((2, 32, 32, 3)), condition)["conditional"].shape  # (2,)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1610.02454), section 4.1, by the authors'
        `main_cub_bbox.lua`. Biases in front of batch normalization are left out.
    """

    conditional = True

    def __init__(
        self,
        image_size=128,
        filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = check_size(image_size)
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
        biased = {**keywords, "normalization": "bias"}
        filters = self.filters
        self.trunk = [
            DownsampleBlock(filters, name="downsample_1", **biased),
            DownsampleBlock(filters, name="downsample_2", **biased),
            DownsampleBlock(2 * filters, name="downsample_3", **keywords),
            ConvBlock(2 * filters, name="last", **keywords),
        ]
        self.head = GAWWNHead(
            filters, self.embedding_dim, self.conditioning_dim, name="head", **keywords
        )
        self.build()

    @property
    def condition_dim(self):
        return self.embedding_dim + 4

    def get_config(self):
        names = (
            "image_size filters embedding_dim conditioning_dim normalization "
            "synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
