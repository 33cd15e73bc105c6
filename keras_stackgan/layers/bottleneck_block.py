"""The bottleneck residual block of StackGAN-v1's TensorFlow form."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.conv_block import ConvBlock


@keras.saving.register_keras_serializable("keras_stackgan")
class BottleneckBlock(keras.layers.Layer):
    """Adds a 1x1, 3x3, 3x3 branch of narrow middle to its input, then activates.

    Args:
        filters: int >= 1. Channels of the narrow middle; a quarter of the inputs' as published.
        activation: `"relu"` (generator) or `"leaky_relu"` (discriminator).
        normalization: `"batch"`, or `"bias"` for a bias in its place.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the kernels.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor of the inputs' shape.

    Example:

    ```python
    layer = BottleneckBlock(8)
    layer(keras.ops.ones((2, 4, 4, 32))).shape  # (2, 4, 4, 32)
    ```

    Reference:
        Not in the paper: the authors' TensorFlow release of
        [StackGAN](https://github.com/hanzhanggit/StackGAN), `stageI/model.py`.
    """

    def __init__(
        self,
        filters,
        activation="relu",
        normalization="batch",
        synchronized=False,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.activation = utils.check_choice("activation", activation, ("relu", "leaky_relu"))
        self.normalization = utils.check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)

    def build(self, input_shape):
        def block(filters, kernel_size, activation, name):
            return ConvBlock(
                filters,
                kernel_size=kernel_size,
                activation=activation,
                normalization=self.normalization,
                synchronized=self.synchronized,
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name=name,
            )

        self.blocks = [
            block(self.filters, 1, self.activation, "reduce"),
            block(self.filters, 3, self.activation, "middle"),
            block(input_shape[-1], 3, None, "expand"),
        ]
        shape = input_shape
        for layer in self.blocks:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.built = True

    def call(self, inputs, training=None):
        x = inputs
        for layer in self.blocks:
            x = layer(x, training=training)
        return utils.activate(inputs + x, self.activation)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "filters": self.filters,
                "activation": self.activation,
                "normalization": self.normalization,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
