"""The discriminators' block: a strided convolution that halves the picture."""

import keras

from keras_stackgan.layers.conv_block import ConvBlock


@keras.saving.register_keras_serializable("keras_stackgan")
class DownsampleBlock(ConvBlock):
    """Halves height and width by a 4x4 convolution of stride 2, then normalizes and activates.

    Args:
        filters: int >= 1. Output channels.
        activation: `"leaky_relu"` (slope 0.2), `"relu"`, `"glu"` or `None`.
        normalization: `"batch"`, `"bias"` for a bias in its place, or `None` for neither.
        **kwargs: Further keywords of `ConvBlock`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)` of even height and width.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, height / 2, width / 2, filters)`.

    Raises:
        ValueError: If height or width is odd: the published padding of one pixel a side and
            Keras' `"same"` agree on even sizes only.

    Example:

    ```python
    layer = DownsampleBlock(16)
    layer(keras.ops.ones((2, 64, 64, 3))).shape  # (2, 32, 32, 16)
    ```

    Reference:
        [Radford et al., 2016](https://arxiv.org/abs/1511.06434), section 3.
    """

    def __init__(self, filters, activation="leaky_relu", normalization="batch", **kwargs):
        super().__init__(
            filters,
            kernel_size=4,
            strides=2,
            activation=activation,
            normalization=normalization,
            **kwargs,
        )

    def build(self, input_shape):
        self._check(input_shape)
        super().build(input_shape)

    def call(self, inputs, training=None):
        self._check(inputs.shape)
        return super().call(inputs, training=training)

    def _check(self, input_shape):
        if any(size is not None and size % 2 for size in input_shape[1:3]):
            raise ValueError(
                "`DownsampleBlock` needs inputs of even height and width. "
                f"Received: shape {tuple(input_shape)}."
            )

    def get_config(self):
        config = super().get_config()
        del config["kernel_size"], config["strides"]
        return config
