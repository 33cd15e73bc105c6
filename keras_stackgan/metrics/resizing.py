"""Bringing pictures to the size of a feature extractor, by rules that have names.

The rule is part of every result: distances change by far more than models differ, if one side is
resized by another.
"""

import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_choice, check_count

MODES = ("tf1_bilinear", "bilinear", "bicubic", "area")


def resize(pictures, size, mode):
    """Resizes pictures to squares.

    Args:
        pictures: uint8 or float array `(n, height, width, 3)`, values in [0, 255].
        size: int. The side wanted.
        mode: str. `"tf1_bilinear"`: bilinear without half-pixel centers or antialiasing, as the
            original FID network's graph does it; `"bilinear"`: with half-pixel centers, without
            antialiasing, as pytorch-fid; `"bicubic"`: Pillow's, antialiased, in floats, as
            clean-fid; `"area"`: means over areas.

    Returns:
        float32 array or tensor `(n, size, size, 3)`, values in [0, 255].

    Raises:
        ValueError: `mode` is none of these, or the pictures have another shape.

    Example:

    ```python
    resize(np.zeros((2, 64, 64, 3), "uint8"), 299, "tf1_bilinear").shape  # (2, 299, 299, 3)
    ```

    Reference:
        [Parmar et al., 2022](https://arxiv.org/abs/2104.11222), on what resizing does to FID.
    """
    check_choice("mode", mode, MODES)
    size = check_count("size", size)
    if np.ndim(pictures) != 4 or pictures.shape[-1] != 3:
        raise ValueError(
            "`pictures` must have shape (n, height, width, 3). Received: shape "
            f"{tuple(np.shape(pictures))}."
        )
    if mode == "tf1_bilinear":
        return _without_centers(ops.cast(pictures, "float32"), size)
    if mode == "bilinear":
        pictures = ops.cast(pictures, "float32")
        return ops.image.resize(pictures, (size, size), interpolation="bilinear")
    return _by_pillow(np.asarray(pictures), size, mode)


def _without_centers(pictures, size):
    # In TensorFlow's order of additions, so that the results are equal to the last bit.
    top, bottom, down = _neighbors(pictures.shape[1], size)
    left, right, across = _neighbors(pictures.shape[2], size)
    down, across = down[:, None, None], across[:, None]
    rows = []
    for row in (top, bottom):
        taken = ops.take(pictures, row, axis=1)
        first, second = ops.take(taken, left, axis=2), ops.take(taken, right, axis=2)
        rows.append(first + (second - first) * across)
    return rows[0] + (rows[1] - rows[0]) * down


def _neighbors(length, size):
    place = np.arange(size, dtype="float32") * np.float32(length / size)
    low = np.floor(place).astype("int32")
    return low, np.minimum(low + 1, length - 1), (place - low).astype("float32")


def _by_pillow(pictures, size, mode):
    from PIL import Image

    rule = {"bicubic": Image.Resampling.BICUBIC, "area": Image.Resampling.BOX}[mode]
    resized = np.empty((len(pictures), size, size, 3), "float32")
    for k, picture in enumerate(pictures):
        for channel in range(3):
            plane = Image.fromarray(np.ascontiguousarray(picture[..., channel], "float32"))
            resized[k, ..., channel] = plane.resize((size, size), rule)
    return np.clip(resized, 0.0, 255.0)
