"""The generators' residual block."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.conv_block import ConvBlock


@keras.saving.register_keras_serializable("keras_stackgan")
class ResidualBlock(keras.layers.Layer):
    """Adds two 3x3 convolution blocks' output to their input.

    Args:
        activation: of the first convolution: `"glu"` (StackGAN-v2) or `"relu"` (StackGAN-v1).
        output_activation: after the sum: `None` (StackGAN-v2) or `"relu"` (StackGAN-v1).
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
    layer = ResidualBlock()
    layer(keras.ops.ones((2, 8, 8, 16))).shape  # (2, 8, 8, 16)
    ```

    Reference:
        [He et al., 2016](https://arxiv.org/abs/1512.03385), as used in
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), section 3.4.
    """

    def __init__(
        self,
        activation="glu",
        output_activation=None,
        normalization="batch",
        synchronized=False,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.activation = utils.check_choice("activation", activation, utils.ACTIVATIONS)
        self.output_activation = utils.check_choice(
            "output_activation", output_activation, ("relu", "leaky_relu", None)
        )
        self.normalization = utils.check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)

    def build(self, input_shape):
        def block(activation, name):
            return ConvBlock(
                input_shape[-1],
                activation=activation,
                normalization=self.normalization,
                synchronized=self.synchronized,
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name=name,
            )

        self.first = block(self.activation, "first")
        self.second = block(None, "second")
        self.first.build(input_shape)
        self.second.build(input_shape)
        self.built = True

    def call(self, inputs, training=None):
        x = self.second(self.first(inputs, training=training), training=training)
        return utils.activate(inputs + x, self.output_activation)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "activation": self.activation,
                "output_activation": self.output_activation,
                "normalization": self.normalization,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
