"""Convolution, batch normalization, activation: the unit that the other blocks are made of."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.batch_normalization import BatchNormalization
from keras_stackgan.layers.small_convolution import is_small, small_convolution


class _Conv2D(keras.layers.Conv2D):
    """Keras' layer, as products where the outputs are a few pixels."""

    def convolution_op(self, inputs, kernel):
        _, height, width, _ = self.compute_output_shape(inputs.shape)
        if is_small(height, width):
            return small_convolution(inputs, kernel, self.strides[0])
        return super().convolution_op(inputs, kernel)


@keras.saving.register_keras_serializable("keras_stackgan")
class ConvBlock(keras.layers.Layer):
    """Applies a convolution, batch normalization and an activation.

    Args:
        filters: int >= 1. Output channels, after the activation.
        kernel_size: int >= 1. Side of the kernel in pixels.
        strides: int >= 1. Step in pixels.
        activation: `"glu"`, `"relu"`, `"leaky_relu"` (slope 0.2) or `None`.
        normalization: `"batch"`, `"bias"` for a bias in its place, or `None` for neither (the
            published discriminators' first block).
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, height / strides, width / strides, filters)`.

    Example:

    ```python
    layer = ConvBlock(16, activation="glu")
    layer(keras.ops.ones((2, 8, 8, 3))).shape  # (2, 8, 8, 16)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 5.1.
    """

    def __init__(
        self,
        filters,
        kernel_size=3,
        strides=1,
        activation="leaky_relu",
        normalization="batch",
        synchronized=False,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.kernel_size = utils.check_count("kernel_size", kernel_size)
        self.strides = utils.check_count("strides", strides)
        self.activation = utils.check_choice("activation", activation, utils.ACTIVATIONS)
        self.normalization = utils.check_choice(
            "normalization", normalization, ("batch", "bias", None)
        )
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)
        self.convolution = self._make_convolution()
        self.norm = None
        if normalization == "batch":
            self.norm = BatchNormalization(
                synchronized=self.synchronized, dtype=self.dtype_policy, name="norm"
            )

    def _make_convolution(self):
        return _Conv2D(
            self.filters * utils.channel_factor(self.activation),
            self.kernel_size,
            strides=self.strides,
            padding="same",
            data_format="channels_last",
            use_bias=self.normalization == "bias",
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="convolution",
        )

    def build(self, input_shape):
        self.convolution.build(input_shape)
        if self.norm is not None:
            self.norm.build(self.convolution.compute_output_shape(input_shape))
        self.built = True

    def call(self, inputs, training=None):
        x = self.convolution(inputs)
        if self.norm is not None:
            x = self.norm(x, training=training)
        return utils.activate(x, self.activation)

    def compute_output_shape(self, input_shape):
        shape = self.convolution.compute_output_shape(input_shape)
        return (*shape[:-1], self.filters)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "filters": self.filters,
                "kernel_size": self.kernel_size,
                "strides": self.strides,
                "activation": self.activation,
                "normalization": self.normalization,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
