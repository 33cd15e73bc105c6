"""Checks of boxes: `(left, top, width, height)` in units of the picture."""

import numpy as np

from keras_stackgan.models.lazy_tensorflow import tf

# Where none is given: the middle, three quarters of the picture high and wide.
DEFAULT_BOX = (0.125, 0.125, 0.75, 0.75)
# Rounding of float32 coordinates.
_SLACK = 1e-3


def check_batch(batch):
    """Returns a batch with boxes of a right shape, or raises a `ValueError`."""
    if "boxes" not in batch:
        raise ValueError(
            "The batch has no 'boxes', which this model needs. "
            f"Received: keys {sorted(batch)}; use `caption_dataset(boxes=True)`."
        )
    shape = batch["boxes"].shape
    if len(shape) != 2 or shape[-1] != 4:
        raise ValueError(
            "'boxes' must have shape (batch, 4): left, top, width and height in units of the "
            f"picture. Received: shape {tuple(shape)}."
        )
    return batch


def checked(boxes, dtype):
    """Boxes as floats; the step fails if one is not inside of the picture."""
    boxes = tf.cast(boxes, dtype)
    starts, sizes = boxes[:, :2], boxes[:, 2:]
    inside = (starts >= -_SLACK) & (sizes > 0) & (starts + sizes <= 1 + _SLACK)
    check = tf.debugging.Assert(
        tf.reduce_all(inside),
        ["'boxes' must lie inside of the picture, in units of its side:", boxes],
    )
    with tf.control_dependencies([check]):
        return tf.identity(boxes)


def for_rows(boxes, rows):
    """One box for each of so many pictures, float32 `(rows, 4)`, from boxes given to `generate`."""
    boxes = np.atleast_2d(np.asarray(boxes, "float32"))
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not len(boxes) or rows % len(boxes):
        raise ValueError(
            "`boxes` must have shape (4,) or (n, 4), with one box for all pictures, one a caption "
            f"or one a picture. Received: shape {boxes.shape} for {rows} pictures."
        )
    starts, sizes = boxes[:, :2], boxes[:, 2:]
    if not ((starts >= -_SLACK) & (sizes > 0) & (starts + sizes <= 1 + _SLACK)).all():
        raise ValueError(
            "`boxes` must be (left, top, width, height) inside of the picture, in units of its "
            f"side. Received: {boxes.tolist()}."
        )
    return np.repeat(boxes, rows // len(boxes), axis=0)


def given(model, boxes):
    """Boxes as keywords of a model's `generate`: none where none are given."""
    if boxes is None:
        return {}
    if not model.takes_boxes:
        raise ValueError(
            f"`boxes` are for models that are conditioned on them, such as GAWWN. "
            f"Received: boxes for a {type(model).__name__}; leave them out."
        )
    return {"boxes": boxes}


def joined(model, rows, boxes):
    """Conditions with their boxes beside them, as `generation_inputs` takes them apart again."""
    if not given(model, boxes):
        return rows
    return np.concatenate([rows, for_rows(boxes, len(rows))], axis=1)
