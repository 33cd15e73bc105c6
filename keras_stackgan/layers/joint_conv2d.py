"""A convolution over a feature map and a code that is the same at every pixel."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers import utils
from keras_stackgan.layers.small_convolution import is_small, small_convolution

# Which taps of a 3x3 kernel fall inside of the picture in its top, middle and bottom rows.
_INSIDE = np.array([[0, 1, 1], [1, 1, 1], [1, 1, 0]], "float64")
_CLASSES = np.einsum("rx,cy->rcxy", _INSIDE, _INSIDE).reshape(9, 9)


def border_kernels(kernel):
    """Sums a 3x3 kernel's taps for each place of a constant picture under zero padding.

    Args:
        kernel: tensor `(3, 3, in, out)`.

    Returns:
        A tensor `(3, 3, in, out)`: what a constant input is multiplied by in the top, middle and
        bottom rows (first axis) and the left, middle and right columns (second axis).
    """

    channels = kernel.shape[2:]
    classes = ops.convert_to_tensor(_CLASSES, dtype=kernel.dtype)
    summed = ops.matmul(classes, ops.reshape(kernel, (9, channels[0] * channels[1])))
    return ops.reshape(summed, (3, 3, *channels))


def _stretch(x, axis, size):
    """Repeats the middle of three entries along `axis` so that the axis has `size` entries."""
    first, middle, last = ops.split(x, 3, axis=axis)
    shape = list(ops.shape(middle))
    shape[axis] = size - 2
    return ops.concatenate([first, ops.broadcast_to(middle, shape), last], axis=axis)


@keras.saving.register_keras_serializable("keras_stackgan")
class JointConv2D(keras.layers.Layer):
    """Convolves `[tiled code, features]` without tiling the code, without bias.

    The result, and the weight's shape `(k, k, code + channels, filters)`, are those of a `Conv2D`
    over the concatenation. A constant input contributes one vector a border class, so its part is
    a dense layer instead of a convolution: the work falls by `(code + channels) / channels`.

    Args:
        filters: int >= 1. Output channels.
        kernel_size: 3 (StackGAN-v2, v1's PyTorch release) or 1 (StackGAN-v1's TensorFlow form).
        code_first: bool. Whether the code stands before the features in the kernel's input
            channels (v2; v1's generators and discriminators put it after).
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        features: float tensor `(batch, height, width, channels)`, at least 2 pixels a side.
        code: float tensor `(batch, code)`.

    Returns:
        A tensor `(batch, height, width, filters)`.

    Example:

    ```python
    layer = JointConv2D(32)
    layer(keras.ops.ones((2, 16, 16, 8)), keras.ops.ones((2, 128))).shape  # (2, 16, 16, 32)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396), section 4.1 (depth concatenation).
    """

    def __init__(
        self, filters, kernel_size=3, code_first=True, kernel_initializer="orthogonal", **kwargs
    ):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.kernel_size = utils.check_choice("kernel_size", kernel_size, (1, 3))
        self.code_first = bool(code_first)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)

    def build(self, features_shape, code_shape):
        if min(size or 2 for size in features_shape[1:3]) < 2:
            raise ValueError(
                "`features` must be at least 2 pixels high and wide. "
                f"Received: shape {tuple(features_shape)}."
            )
        self.code_dim = code_shape[-1]
        channels = self.code_dim + features_shape[-1]
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, self.kernel_size, channels, self.filters),
            initializer=self.kernel_initializer,
            autocast=False,
        )
        self.built = True

    def call(self, features, code):
        kernel = ops.convert_to_tensor(self.kernel)
        channels = kernel.shape[2]
        first = self.code_dim if self.code_first else channels - self.code_dim
        # One operation with one gradient: a slice's gradient is as large as the whole kernel.
        parts = ops.split(kernel, [first], axis=2)
        code_kernel, feature_kernel = parts if self.code_first else reversed(parts)
        feature_kernel = ops.cast(feature_kernel, self.compute_dtype)
        if is_small(*features.shape[1:3]):
            x = small_convolution(features, feature_kernel)
        else:
            x = ops.conv(features, feature_kernel, padding="same", data_format="channels_last")
        return x + self._constant_part(code, code_kernel, ops.shape(features))

    def _constant_part(self, code, kernel, shape):
        size = self.kernel_size
        if size == 3:
            kernel = border_kernels(kernel)
        kernel = ops.transpose(ops.cast(kernel, self.compute_dtype), (2, 0, 1, 3))
        flat = ops.matmul(code, ops.reshape(kernel, (self.code_dim, -1)))
        part = ops.reshape(flat, (-1, size, size, self.filters))
        if size == 3:
            part = _stretch(_stretch(part, 1, shape[1]), 2, shape[2])
        return part

    def compute_output_shape(self, features_shape, code_shape):
        return (*features_shape[:-1], self.filters)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "filters": self.filters,
                "kernel_size": self.kernel_size,
                "code_first": self.code_first,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
