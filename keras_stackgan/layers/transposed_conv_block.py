"""Transposed convolution, batch normalization, activation: how earlier GANs grew pictures."""

import keras

from keras_stackgan.layers import utils
from keras_stackgan.layers.conv_block import ConvBlock


@keras.saving.register_keras_serializable("keras_stackgan")
class TransposedConvBlock(ConvBlock):
    """Applies a transposed convolution, batch normalization and an activation.

    Args:
        filters: int >= 1. Output channels, after the activation.
        kernel_size: int >= 1. Side of the kernel in pixels.
        strides: int >= 1. With 2 or more the picture grows by this factor; with 1 it grows by
            `kernel_size - 1` pixels, as from a vector at one pixel to 4x4 pixels.
        activation: `"glu"`, `"relu"`, `"leaky_relu"` (slope 0.2) or `None`.
        normalization: `"batch"`, `"bias"` for a bias in its place, or `None` for neither.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, height * strides, width * strides, filters)`, or, for `strides=1`,
        `(batch, height + kernel_size - 1, width + kernel_size - 1, filters)`.

    Example:

    ```python
    layer = TransposedConvBlock(16)
    layer(keras.ops.ones((2, 8, 8, 32))).shape  # (2, 16, 16, 16)
    ```

    Reference:
        [Radford et al., 2016](https://arxiv.org/abs/1511.06434), section 3 ("fractional-strided
        convolutions").
    """

    def __init__(self, filters, kernel_size=4, strides=2, activation="relu", **kwargs):
        super().__init__(
            filters, kernel_size=kernel_size, strides=strides, activation=activation, **kwargs
        )

    def _make_convolution(self):
        return keras.layers.Conv2DTranspose(
            self.filters * utils.channel_factor(self.activation),
            self.kernel_size,
            strides=self.strides,
            padding="valid" if self.strides == 1 else "same",
            data_format="channels_last",
            use_bias=self.normalization == "bias",
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="convolution",
        )
