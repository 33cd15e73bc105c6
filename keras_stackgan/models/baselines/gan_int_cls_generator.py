"""GAN-INT-CLS's generator."""

import keras
from keras import ops

from keras_stackgan.layers import BottleneckBlock, TransposedConvBlock
from keras_stackgan.layers.utils import activate, check_choice, fresh_initializer, output_dtype
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.initializers import dcgan_initializer, torch_dense
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.generator import Generator


@keras.saving.register_keras_serializable("keras_stackgan")
class GANINTCLSGenerator(Generator):
    """Draws a picture from noise and a compressed text by 4x4 transposed convolutions.

    Args:
        image_size: int, a power of two of at least 16. Side of the picture in pixels.
        filters: int. Channels of the last features.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size to which it is compressed.
        latent_dim: int. Size of the noise.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise` `(batch, latent_dim)` and `embeddings` `(batch, embedding_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `images`, a list of one tensor `(batch, size, size, 3)` in [-1, 1].

    Example:

    ```python
    generator = GANINTCLSGenerator(image_size=16, filters=4, embedding_dim=8)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    generator(inputs)["images"][0].shape  # (2, 16, 16, 3)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396), section 4.1; the residual blocks at
        4x4 and 8x8 pixels are in the authors' `main_cls_int.lua`, which also holds the biases of
        convolutions at zero: there are none here.
    """

    def __init__(
        self,
        image_size=64,
        filters=128,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
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
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.normalization = check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = fresh_initializer(kernel_initializer or dcgan_initializer())

        # === Layers ===
        self.text = torch_dense(
            self.conditioning_dim, self.embedding_dim, dtype=self.dtype_policy, name="text"
        )
        self.blocks = self._make_blocks()
        self.image_head = TransposedConvBlock(
            3,
            activation=None,
            normalization=None,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="image_head",
        )
        self.build()

    def _make_blocks(self):
        keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        blocks = []
        for k, width in enumerate(widening(self.filters, self.image_size)):
            residual = k < 2
            blocks.append(
                TransposedConvBlock(
                    width,
                    strides=2 if k else 1,
                    activation=None if residual else "relu",
                    name=f"upsample_{4 * 2**k}",
                    **keywords,
                )
            )
            if residual:
                middle = max(1, width // 4)
                blocks.append(BottleneckBlock(middle, name=f"bottleneck_{4 * 2**k}", **keywords))
        return blocks

    def build(self, input_shape=None):
        self.text.build((None, self.embedding_dim))
        shape = (None, 1, 1, self.latent_dim + self.conditioning_dim)
        for block in (*self.blocks, self.image_head):
            block.build(shape)
            shape = block.compute_output_shape(shape)
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        code = activate(self.text(inputs["embeddings"]), "leaky_relu")
        x = ops.concatenate([ops.cast(inputs["noise"], code.dtype), code], axis=-1)
        x = x[:, None, None, :]
        for block in self.blocks:
            x = block(x, training=training)
        return {"images": [ops.tanh(ops.cast(self.image_head(x), output_dtype(self)))]}

    def get_config(self):
        names = (
            "image_size filters embedding_dim conditioning_dim latent_dim normalization "
            "synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
