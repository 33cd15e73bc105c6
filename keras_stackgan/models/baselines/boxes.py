"""Features inside of a box: cut out and enlarged, or shrunk into it, by bilinear interpolation.

A box is `(left, top, width, height)` in units of the picture. Along an axis the resampled pixels
are a matrix times the pixels, so a box takes two small products instead of a gather.
"""

import numpy as np
from keras import ops


def crop_to_box(features, boxes):
    """Enlarges what lies inside of each box to the whole map.

    Args:
        features: float tensor `(batch, size, size, channels)`.
        boxes: float tensor `(batch, 4)`.

    Returns:
        A tensor of the features' shape.

    Example:

    ```python
    whole = keras.ops.convert_to_tensor([[0.0, 0.0, 1.0, 1.0]])
    crop_to_box(keras.ops.ones((1, 4, 4, 2)), whole)  # the features themselves
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1610.02454), section 4.1, by spatial transformers
        ([Jaderberg et al., 2015](https://arxiv.org/abs/1506.02025)) whose grid has the outermost
        pixels' centers at -1 and 1.
    """
    return _resample(features, boxes, lambda grid, center, half: center + half * grid)


def paste_into_box(features, boxes):
    """Shrinks the whole map into each box; outside of it there are zeros.

    Args:
        features: float tensor `(batch, size, size, channels)`.
        boxes: float tensor `(batch, 4)`, wider and higher than zero.

    Returns:
        A tensor of the features' shape.

    Example:

    ```python
    corner = keras.ops.convert_to_tensor([[0.0, 0.0, 0.5, 0.5]])
    paste_into_box(keras.ops.ones((1, 4, 4, 2)), corner)[0, 3, 3]  # zeros
    ```

    Reference: see `crop_to_box`.
    """
    return _resample(features, boxes, lambda grid, center, half: (grid - center) / half)


def _resample(features, boxes, place):
    size = features.shape[1]
    boxes = ops.cast(boxes, "float64" if features.dtype == "float64" else "float32")
    grid = ops.convert_to_tensor(np.linspace(-1.0, 1.0, size)[None], dtype=boxes.dtype)
    pixels = ops.convert_to_tensor(np.arange(size, dtype="float64"), dtype=boxes.dtype)
    columns, rows = [], []
    for axis, matrices in ((0, columns), (1, rows)):
        half = boxes[:, axis + 2, None]
        center = 2.0 * boxes[:, axis, None] + half - 1.0
        places = (place(grid, center, half) + 1.0) * (0.5 * (size - 1))
        weights = ops.relu(1.0 - ops.abs(places[:, :, None] - pixels))
        matrices.append(ops.cast(weights, features.dtype))
    x = ops.einsum("bij,bjwc->biwc", rows[0], features)
    return ops.einsum("bkw,biwc->bikc", columns[0], x)
