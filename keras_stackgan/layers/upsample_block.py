"""The generators' block: nearest doubling, convolution, normalization, activation."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.conv_block import ConvBlock
from keras_stackgan.layers.upsample_conv2d import UpsampleConv2D


@keras.saving.register_keras_serializable("keras_stackgan")
class UpsampleBlock(ConvBlock):
    """Doubles a picture by nearest neighbor, then a 3x3 convolution, normalization, activation.

    Args:
        filters: int >= 1. Output channels, after the activation.
        activation: `"glu"` (StackGAN-v2), `"relu"` (StackGAN-v1) or `None`.
        normalization: `"batch"`, `"bias"` for a bias in its place, or `None` for neither.
        **kwargs: Further keywords of `ConvBlock` (`synchronized`, `kernel_initializer`, ...).

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, 2 * height, 2 * width, filters)`.

    Example:

    ```python
    layer = UpsampleBlock(16)
    layer(keras.ops.ones((2, 8, 8, 32))).shape  # (2, 16, 16, 16)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 5.1.
    """

    def __init__(self, filters, activation="glu", normalization="batch", **kwargs):
        super().__init__(
            filters,
            kernel_size=3,
            strides=1,
            activation=activation,
            normalization=normalization,
            **kwargs,
        )

    def _make_convolution(self):
        return UpsampleConv2D(
            self.filters * utils.channel_factor(self.activation),
            use_bias=self.normalization == "bias",
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="convolution",
        )

    def get_config(self):
        config = super().get_config()
        del config["kernel_size"], config["strides"]
        return config
