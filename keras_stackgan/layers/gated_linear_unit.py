"""The gated linear unit of StackGAN-v2's generator."""

import keras
from keras import ops


def gated_linear_unit(x):
    """Multiplies the first half of the channels by the sigmoid of the second half."""
    values, gates = ops.split(x, 2, axis=-1)
    return values * ops.sigmoid(gates)


@keras.saving.register_keras_serializable("keras_stackgan")
class GatedLinearUnit(keras.layers.Layer):
    """Gates one half of the channels by the other half.

    Args:
        **kwargs: Keywords of `keras.layers.Layer` (`name`, `dtype`).

    Call args:
        inputs: float tensor `(..., 2 * channels)`; the first half is kept, the second gates it.

    Returns:
        A tensor `(..., channels)`.

    Raises:
        ValueError: If the number of channels is odd.

    Example:

    ```python
    layer = GatedLinearUnit()
    layer(keras.ops.ones((2, 8))).shape  # (2, 4)
    ```

    Reference:
        [Dauphin et al., 2017](https://arxiv.org/abs/1612.08083), equation 1.
    """

    def build(self, input_shape):
        self._check(input_shape)
        self.built = True

    def call(self, inputs):
        return gated_linear_unit(inputs)

    def compute_output_shape(self, input_shape):
        self._check(input_shape)
        return (*input_shape[:-1], input_shape[-1] // 2)

    def _check(self, input_shape):
        if input_shape[-1] is None or input_shape[-1] % 2:
            raise ValueError(
                "`GatedLinearUnit` splits the last axis in two halves, so its size must be even. "
                f"Received: inputs of shape {tuple(input_shape)}."
            )
