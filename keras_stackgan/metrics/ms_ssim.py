"""MS-SSIM: how alike two pictures are in structure, at several scales."""

import numpy as np

from keras_stackgan.metrics.checks import check_pictures

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ms_ssim(first, second, scales=None):
    """Returns the multi-scale structural similarity of pairs of pictures.

    The definition is that of `tf.image.ssim_multiscale`; other packages treat borders otherwise and
    differ in the fourth digit.

    Args:
        first: uint8 array `(n, size, size, channels)`, or float array with values in [0, 255].
        second: the same of the other pictures.
        scales: int from 1 to 5, or None. Each halves the size, and the smallest must still hold the
            window of 11 pixels. Defaults to None: as many as fit, 5 from 161 pixels on, 3 at 64.
            Fewer scales' weights are scaled to the sum of all five, and figures of different
            numbers of scales do not compare.

    Returns:
        float64 array `(n,)`, at most 1, which equal pictures have.

    Raises:
        ValueError: the shapes do not fit, the values are of another type or range, or the pictures
            are too small for so many scales.

    Example:

    ```python
    ms_ssim(pictures[:4], pictures[4:8])  # four similarities
    ```

    Reference:
        Wang, Simoncelli and Bovik, *Multiscale structural similarity*, 2003;
        [Odena et al., 2017](https://arxiv.org/abs/1610.09585), as a measure of diversity.
    """
    first = check_pictures("first", first, 0.0, 255.0, channels=None).astype("float64")
    second = check_pictures("second", second, 0.0, 255.0, channels=None).astype("float64")
    if first.shape != second.shape:
        raise ValueError(
            "`first` and `second` must have one shape (n, size, size, channels). "
            f"Received: {first.shape} and {second.shape}."
        )
    most = _scales_that_fit(min(first.shape[1:3]))
    count = most if scales is None else scales
    if not 1 <= count <= most:
        raise ValueError(
            f"`scales` must be from 1 to {most} for pictures of {first.shape[1]} pixels; the "
            f"smallest scale must hold {_WINDOW}. Received: scales={scales}."
        )
    weights = np.array(_WEIGHTS[:count]) * (sum(_WEIGHTS) / sum(_WEIGHTS[:count]))
    result = 1.0
    for scale, weight in enumerate(weights):
        if scale:
            first, second = _halved(first), _halved(second)
        luminance, structure = _compared(first, second)
        last = scale == count - 1
        value = np.mean(luminance * structure if last else structure, axis=(1, 2))
        result = result * np.maximum(value, 0.0) ** weight
    return result.mean(axis=-1)


def _scales_that_fit(size):
    count = 0
    while count < len(_WEIGHTS) and size >= _WINDOW:
        size, count = -(-size // 2), count + 1
    return count


def _halved(x):
    # Odd sizes are continued by their mirror, as TensorFlow does.
    odd = [(0, 0), (0, x.shape[1] % 2), (0, x.shape[2] % 2), (0, 0)]
    x = np.pad(x, odd, mode="symmetric")
    n, height, width, channels = x.shape
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def _compared(x, y):
    mean_x, mean_y = _blurred(x), _blurred(y)
    product = mean_x * mean_y
    squares = mean_x**2 + mean_y**2
    luminance = (2 * product + _C1) / (squares + _C1)
    covariance = 2 * (_blurred(x * y) - product)
    variances = _blurred(x * x + y * y) - squares
    return luminance, (covariance + _C2) / (variances + _C2)


def _blurred(x):
    places = np.arange(_WINDOW) - (_WINDOW - 1) / 2
    window = np.exp(-(places**2) / (2 * _SIGMA**2))
    window /= window.sum()
    for axis in (1, 2):
        x = np.lib.stride_tricks.sliding_window_view(x, _WINDOW, axis=axis) @ window
    return x
