"""WGAN-GP's generator."""

import keras
from keras import ops

from keras_stackgan.layers import BatchNormalization, ResampleBlock
from keras_stackgan.layers.resample_block import he_uniform
from keras_stackgan.layers.utils import fresh_initializer, output_dtype
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.single_stage_model import widening
from keras_stackgan.models.generator import Generator


@keras.saving.register_keras_serializable("keras_stackgan")
class WGANGPGenerator(Generator):
    """Projects noise to 4x4 pixels and doubles them by residual blocks.

    Args:
        image_size: int, a power of two of at least 16. Side of the picture in pixels.
        filters: int. Channels of the last features.
        latent_dim: int. Size of the noise.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the 3x3 kernels; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise` `(batch, latent_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `images`, a list of one tensor `(batch, size, size, 3)` in [-1, 1].

    Example:

    ```python
    generator = WGANGPGenerator(image_size=16, filters=4)
    generator({"noise": keras.ops.ones((2, 128))})["images"][0].shape  # (2, 16, 16, 3)
    ```

    Reference:
        [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), by the authors' `gan_64x64.py`
        (`GoodGenerator`).
    """

    def __init__(
        self,
        image_size=64,
        filters=64,
        latent_dim=128,
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = fresh_initializer(kernel_initializer or he_uniform())

        # === Layers ===
        widths = widening(self.filters, self.image_size)
        # Four times doubled from 512 channels to 512, 256, 128 and 64: the first keeps its width.
        self.first_width = min(8 * self.filters, 2 * widths[0])
        self.dense = keras.layers.Dense(
            16 * self.first_width,
            kernel_initializer="glorot_uniform",
            dtype=self.dtype_policy,
            name="dense",
        )
        self.blocks = [
            ResampleBlock(
                width,
                "up",
                synchronized=self.synchronized_batch_norm,
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name=f"upsample_{8 * 2**k}",
            )
            for k, width in enumerate(widths)
        ]
        self.norm = BatchNormalization(
            gamma_initializer="ones",
            synchronized=self.synchronized_batch_norm,
            dtype=self.dtype_policy,
            name="norm",
        )
        self.image_head = keras.layers.Conv2D(
            3,
            3,
            padding="same",
            data_format="channels_last",
            kernel_initializer=fresh_initializer(self.kernel_initializer),
            dtype=self.dtype_policy,
            name="image_head",
        )
        self.build()

    def build(self, input_shape=None):
        self.dense.build((None, self.latent_dim))
        shape = (None, 4, 4, self.first_width)
        for block in self.blocks:
            block.build(shape)
            shape = block.compute_output_shape(shape)
        self.norm.build(shape)
        self.image_head.build(shape)
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        x = self.dense(ops.cast(inputs["noise"], self.compute_dtype))
        x = ops.reshape(x, (-1, 4, 4, self.first_width))
        for block in self.blocks:
            x = block(x, training=training)
        x = self.image_head(ops.relu(self.norm(x, training=training)))
        return {"images": [ops.tanh(ops.cast(x, output_dtype(self)))]}

    def get_config(self):
        names = "image_size filters latent_dim synchronized_batch_norm kernel_initializer".split()
        return {**super().get_config(), **network_checks.configured(self, names)}
