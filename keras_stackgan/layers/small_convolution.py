"""Convolutions of pictures of a few pixels and many channels, as matrix products."""

import functools

import numpy as np
from keras import ops

# Measured on a CPU: products win up to 4x4 pixels, by 1.3 to 4 times; at 8x8 they no longer do.
_MOST_PIXELS = 16


def is_small(height, width):
    """Whether a picture (before doubling, after striding) has so few pixels that products win."""
    return height is not None and width is not None and height * width <= _MOST_PIXELS


@functools.cache
def _taps(height, width, size, strides=1, doubled=False):
    """How often an output pixel meets an input pixel at a tap: `(outputs, size**2, inputs)`."""
    scale = 2 if doubled else 1
    rows, columns = (
        _axis_taps(length * scale, size, strides).reshape(-1, size, length, scale).sum(axis=-1)
        for length in (height, width)
    )
    taps = np.einsum("iax,jby->ijabxy", rows, columns)
    return taps.reshape(len(rows) * len(columns), size**2, height * width)


def _axis_taps(length, size, strides):
    outputs = -(-length // strides)
    padding = max((outputs - 1) * strides + size - length, 0) // 2
    taps = np.zeros((outputs, size, length))
    for output, tap in np.ndindex(outputs, size):
        source = output * strides + tap - padding
        if 0 <= source < length:
            taps[output, tap, source] = 1.0
    return taps


def small_convolution(inputs, kernel, strides=1):
    """Convolves with `"same"` padding: pixels are gathered by one product, weighted by another.

    With few pixels a convolution's time goes into reordering its kernel; a product takes the kernel
    as it lies, and so do its gradients.

    Args:
        inputs: tensor `(batch, height, width, in)` of known height and width.
        kernel: tensor `(size, size, in, out)` of the inputs' dtype.
        strides: int >= 1. Step in pixels.

    Returns:
        A tensor `(batch, height / strides, width / strides, out)`.

    Example:

    ```python
    x = keras.ops.ones((2, 4, 4, 8))
    small_convolution(x, keras.ops.ones((3, 3, 8, 16))).shape  # (2, 4, 4, 16)
    ```
    """
    _, height, width, channels = inputs.shape
    size = kernel.shape[0]
    taps = _taps(height, width, size, strides)
    gather = ops.convert_to_tensor(taps.reshape(-1, height * width), dtype=inputs.dtype)
    columns = ops.matmul(gather, ops.reshape(inputs, (-1, height * width, channels)))
    columns = ops.reshape(columns, (-1, size**2 * channels))
    outputs = ops.matmul(columns, ops.reshape(kernel, (size**2 * channels, kernel.shape[-1])))
    rows = -(-height // strides)
    return ops.reshape(outputs, (-1, rows, len(taps) // rows, kernel.shape[-1]))


def small_doubled_convolution(inputs, kernel):
    """Nearest doubling, then a convolution with `"same"` padding, on so few pixels.

    Each tap's product is taken at the low resolution, once for all output pixels that share it.

    Args:
        inputs: tensor `(batch, height, width, in)` of known height and width.
        kernel: tensor `(size, size, in, out)` of the inputs' dtype.

    Returns:
        A tensor `(batch, 2 * height, 2 * width, out)`.

    Example:

    ```python
    x = keras.ops.ones((2, 4, 4, 8))
    small_doubled_convolution(x, keras.ops.ones((3, 3, 8, 16))).shape  # (2, 8, 8, 16)
    ```
    """
    _, height, width, channels = inputs.shape
    size, filters = kernel.shape[0], kernel.shape[-1]
    taps = _taps(height, width, size, doubled=True)
    pixels = ops.reshape(inputs, (1, -1, channels))
    products = ops.matmul(pixels, ops.reshape(kernel, (size**2, channels, filters)))
    products = ops.reshape(products, (size**2, -1, height * width, filters))
    products = ops.reshape(
        ops.transpose(products, (1, 0, 2, 3)), (-1, size**2 * height * width, filters)
    )
    mix = ops.convert_to_tensor(taps.reshape(len(taps), -1), dtype=inputs.dtype)
    return ops.reshape(ops.matmul(mix, products), (-1, 2 * height, 2 * width, filters))
