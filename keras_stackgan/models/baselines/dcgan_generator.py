"""DCGAN's generator."""

import keras
from keras import ops

from keras_stackgan.layers import BatchNormalization, TransposedConvBlock
from keras_stackgan.layers.utils import check_choice, fresh_initializer, output_dtype
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.initializers import dcgan_initializer
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.generator import Generator


@keras.saving.register_keras_serializable("keras_stackgan")
class DCGANGenerator(Generator):
    """Projects noise to 4x4 pixels and doubles them by 5x5 transposed convolutions.

    Args:
        image_size: int, a power of two of at least 16. Side of the picture in pixels.
        filters: int. Channels of the last features.
        latent_dim: int. Size of the noise.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the paper's.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise` `(batch, latent_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `images`, a list of one tensor `(batch, size, size, 3)` in [-1, 1].

    Example:

    ```python
    generator = DCGANGenerator(image_size=16, filters=4)
    generator({"noise": keras.ops.ones((2, 100))})["images"][0].shape  # (2, 16, 16, 3)
    ```

    Reference:
        [Radford et al., 2016](https://arxiv.org/abs/1511.06434), figure 1. Where 5x5 kernels lie
        against the grid (half a pixel to one side or the other) differs between frameworks.
    """

    def __init__(
        self,
        image_size=64,
        filters=128,
        latent_dim=100,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.normalization = check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = fresh_initializer(kernel_initializer or dcgan_initializer())

        # === Layers ===
        self.widths = widening(self.filters, self.image_size)
        self.dense = keras.layers.Dense(
            16 * self.widths[0],
            use_bias=self.normalization == "bias",
            kernel_initializer=fresh_initializer(self.kernel_initializer),
            dtype=self.dtype_policy,
            name="dense",
        )
        self.norm = None
        if self.normalization == "batch":
            # Over the units of the dense layer, not the channels, as the authors have it.
            self.norm = BatchNormalization(
                synchronized=self.synchronized_batch_norm, dtype=self.dtype_policy, name="norm"
            )
        keywords = {
            "kernel_size": 5,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.blocks = [
            TransposedConvBlock(
                width,
                normalization=self.normalization,
                synchronized=self.synchronized_batch_norm,
                name=f"upsample_{8 * 2**k}",
                **keywords,
            )
            for k, width in enumerate(self.widths[1:])
        ]
        self.image_head = TransposedConvBlock(
            3, activation=None, normalization=None, name="image_head", **keywords
        )
        self.build()

    def build(self, input_shape=None):
        self.dense.build((None, self.latent_dim))
        if self.norm is not None:
            self.norm.build((None, self.dense.units))
        shape = (None, 4, 4, self.widths[0])
        for block in (*self.blocks, self.image_head):
            block.build(shape)
            shape = block.compute_output_shape(shape)
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        x = self.dense(ops.cast(inputs["noise"], self.compute_dtype))
        if self.norm is not None:
            x = self.norm(x, training=training)
        x = ops.reshape(ops.relu(x), (-1, 4, 4, self.widths[0]))
        for block in self.blocks:
            x = block(x, training=training)
        return {"images": [ops.tanh(ops.cast(self.image_head(x), output_dtype(self)))]}

    def get_config(self):
        names = (
            "image_size filters latent_dim normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
