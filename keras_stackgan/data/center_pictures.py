"""A record's picture as it is measured and shown: the middle, with no chance in it."""

import numpy as np

from keras_stackgan.data.pictures import PictureLoader, box_in_square
from keras_stackgan.data.preprocessing import PREPROCESSINGS

_CENTER = PREPROCESSINGS["center"]


def center_picture(record, size, use_boxes=True):
    """Returns a record's picture as uint8 `(size, size, 3)`.

    Args:
        record: `Record`.
        size: int. Side in pixels.
        use_boxes: bool. Whether it is cut to its box, if it has one, as for training. Defaults to
            True.

    Example:

    ```python
    center_picture(records[0], 64).shape  # (64, 64, 3)
    ```
    """
    loaded = PictureLoader([record], _CENTER, size, use_boxes, cache=False).load(0)
    top, left = (loaded.shape[0] - size) // 2, (loaded.shape[1] - size) // 2
    return loaded[top : top + size, left : left + size]


def center_box(record, size, use_boxes=True):
    """Returns where the box lies in `center_picture`.

    Args:
        record: `Record` with a box.
        size: int. Side in pixels.
        use_boxes: bool. See `center_picture`.

    Returns:
        float32 array `(4,)`: left, top, width and height in units of the picture.

    Raises:
        ValueError: the record has no box.

    Example:

    ```python
    center_box(records[0], 64, use_boxes=False)  # [0.25, 0.125, 0.5, 0.75]
    ```
    """
    if record.box is None:
        raise ValueError(
            f"Every record must have a box. Received: '{record.file}' without one. Read the data "
            "set with its boxes."
        )
    loader = PictureLoader([record], _CENTER, size, use_boxes, cache=False, boxes=True)
    picture, box = loader.load_with_box(0)
    return np.asarray(box_in_square(box, picture, size, np.zeros(3), _CENTER))
