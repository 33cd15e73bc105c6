"""The block that brings text and features together."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.batch_normalization import BatchNormalization
from keras_stackgan.layers.joint_conv2d import JointConv2D


@keras.saving.register_keras_serializable("keras_stackgan")
class JointBlock(keras.layers.Layer):
    """Convolves features together with a code that is the same at every pixel.

    Args:
        filters: int >= 1. Output channels, after the activation.
        kernel_size: 3 or 1.
        code_first: bool. Whether the code stands before the features in the kernel.
        activation: `"glu"`, `"relu"`, `"leaky_relu"` (slope 0.2) or `None`.
        normalization: `"batch"`, or `"bias"` for a bias in its place.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        features: float tensor `(batch, height, width, channels)`.
        code: float tensor `(batch, code)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, height, width, filters)`.

    Example:

    ```python
    layer = JointBlock(16)
    layer(keras.ops.ones((2, 8, 8, 4)), keras.ops.ones((2, 128))).shape  # (2, 8, 8, 16)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), figure 2.
    """

    def __init__(
        self,
        filters,
        kernel_size=3,
        code_first=True,
        activation="glu",
        normalization="batch",
        synchronized=False,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.kernel_size = kernel_size
        self.code_first = bool(code_first)
        self.activation = utils.check_choice("activation", activation, utils.ACTIVATIONS)
        self.normalization = utils.check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)
        self.convolution = JointConv2D(
            self.filters * utils.channel_factor(activation),
            kernel_size=kernel_size,
            code_first=code_first,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="convolution",
        )
        self.norm = None
        if normalization == "batch":
            self.norm = BatchNormalization(
                synchronized=self.synchronized, dtype=self.dtype_policy, name="norm"
            )

    def build(self, features_shape, code_shape):
        self.convolution.build(features_shape, code_shape)
        shape = self.convolution.compute_output_shape(features_shape, code_shape)
        if self.norm is not None:
            self.norm.build(shape)
        else:
            self.bias = self.add_weight(name="bias", shape=(shape[-1],), initializer="zeros")
        self.built = True

    def call(self, features, code, training=None):
        x = self.convolution(features, code)
        x = x + self.bias if self.norm is None else self.norm(x, training=training)
        return utils.activate(x, self.activation)

    def compute_output_shape(self, features_shape, code_shape):
        return (*features_shape[:-1], self.filters)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "filters": self.filters,
                "kernel_size": self.kernel_size,
                "code_first": self.code_first,
                "activation": self.activation,
                "normalization": self.normalization,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
