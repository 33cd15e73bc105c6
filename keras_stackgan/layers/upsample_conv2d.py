"""Nearest-neighbor doubling followed by a 3x3 convolution, computed at the low resolution."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers import utils
from keras_stackgan.layers.small_convolution import is_small, small_doubled_convolution

# Row taps at the low resolution, by phase: an output pixel of even row sees its source row twice
# and the row above once, one of odd row sees the row below instead. Columns are alike.
_ROWS = np.array([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], "float64")
_TAPS = np.einsum("pax,qby->pqabxy", _ROWS, _ROWS).reshape(16, 9)

# The same taps by their distance from the output pixel: the rows of the 4x4 kernel whose transposed
# convolution of stride 2 is both steps in one.
_SPREAD = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], "float64")
_TRANSPOSED_TAPS = np.einsum("ax,by->abxy", _SPREAD, _SPREAD).reshape(16, 9)


def phase_kernels(kernel):
    """Folds a 3x3 kernel that follows nearest doubling into four 2x2 kernels, one a phase.

    They compute the same sums at the low resolution with 2.25 times fewer products. The folding is
    written as one product with a constant matrix, whose gradient is one product too.

    Args:
        kernel: tensor `(3, 3, in, out)`.

    Returns:
        A tensor `(4, 2, 2, in, out)`; phases in the order (even, even), (even, odd), (odd, even),
        (odd, odd) of (row, column).
    """
    channels = kernel.shape[2:]
    taps = ops.convert_to_tensor(_TAPS, dtype=kernel.dtype)
    folded = ops.matmul(taps, ops.reshape(kernel, (9, channels[0] * channels[1])))
    return ops.reshape(folded, (4, 2, 2, *channels))


def transposed_kernel(kernel):
    """Spreads a 3x3 kernel that follows nearest doubling to a transposed convolution's 4x4 one.

    Args:
        kernel: tensor `(3, 3, in, out)`.

    Returns:
        A tensor `(4, 4, out, in)`, for a stride of 2 and `"same"` padding.
    """
    channels = kernel.shape[2:]
    taps = ops.convert_to_tensor(_TRANSPOSED_TAPS, dtype=kernel.dtype)
    spread = ops.matmul(taps, ops.reshape(kernel, (9, channels[0] * channels[1])))
    return ops.transpose(ops.reshape(spread, (4, 4, *channels)), (0, 1, 3, 2))


@keras.saving.register_keras_serializable("keras_stackgan")
class UpsampleConv2D(keras.layers.Layer):
    """Doubles a picture by nearest neighbor and applies a 3x3 convolution.

    The result, and the weights' shapes, are those of `UpSampling2D(2)` followed by
    `Conv2D(filters, 3, padding="same")`; the work is 2.25 times less.

    Args:
        filters: int >= 1. Output channels.
        use_bias: bool. Whether a bias is added.
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.

    Returns:
        A tensor `(batch, 2 * height, 2 * width, filters)`.

    Example:

    ```python
    layer = UpsampleConv2D(16)
    layer(keras.ops.ones((2, 8, 8, 4))).shape  # (2, 16, 16, 16)
    ```

    Reference:
        [Odena et al., 2016](https://distill.pub/2016/deconv-checkerboard/) for the operation;
        both forms are derived here, in `transposed_kernel` and `phase_kernels`.
    """

    def __init__(self, filters, use_bias=False, kernel_initializer="orthogonal", **kwargs):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(3, 3, input_shape[-1], self.filters),
            initializer=self.kernel_initializer,
            # The taps are summed before they are rounded to the compute dtype.
            autocast=False,
        )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        self.built = True

    def call(self, inputs):
        kernel = ops.convert_to_tensor(self.kernel)
        if is_small(*inputs.shape[1:3]):
            return self._biased(
                small_doubled_convolution(inputs, ops.cast(kernel, self.compute_dtype))
            )
        # The same sums in all forms. TensorFlow has fast kernels for all three passes of a
        # transposed convolution in float32 and bfloat16, and none for the phases' gradients; XLA on
        # a CPU computes the phases several times faster.
        if keras.backend.backend() == "tensorflow":
            return self._transposed(inputs, transposed_kernel(kernel))
        return self._by_phases(inputs, ops.cast(phase_kernels(kernel), self.compute_dtype))

    def _biased(self, outputs):
        return outputs + self.bias if self.use_bias else outputs

    def _transposed(self, inputs, kernel):
        kernel = ops.cast(kernel, self.compute_dtype)
        return self._biased(
            ops.conv_transpose(
                inputs, kernel, strides=2, padding="same", data_format="channels_last"
            )
        )

    def _by_phases(self, inputs, kernels):
        _, height, width, _ = ops.shape(inputs)
        phases = [
            [self._phase(inputs, kernels[2 * row + column], row, column) for column in (0, 1)]
            for row in (0, 1)
        ]
        rows = [ops.stack(row, axis=3) for row in phases]
        return ops.reshape(ops.stack(rows, axis=2), (-1, 2 * height, 2 * width, self.filters))

    def _phase(self, inputs, kernel, row, column):
        """A 2x2 convolution with one pixel of zeros in front of even phases, behind odd ones."""
        padded = ops.pad(inputs, [[0, 0], [1 - row, row], [1 - column, column], [0, 0]])
        return self._biased(ops.conv(padded, kernel, padding="valid", data_format="channels_last"))

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        height = None if height is None else 2 * height
        width = None if width is None else 2 * width
        return (batch, height, width, self.filters)

    def get_config(self):
        config = super().get_config()
        config["filters"] = self.filters
        config["use_bias"] = self.use_bias
        config["kernel_initializer"] = keras.initializers.serialize(self.kernel_initializer)
        return config
