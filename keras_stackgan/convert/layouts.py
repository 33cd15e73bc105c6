"""How a tensor of the PyTorch releases lies in memory, and how ours does."""

import numpy as np


def to_keras(array, layout):
    """Rearranges an original tensor to our weight's layout.

    Args:
        array: numpy array in the original layout.
        layout: `"vector"`; `"conv"` (out, in, h, w); `"dense"` (out, in); `"flat_dense"` and
            `"flat_vector"`, whose `out` counts channels first and then 4x4 pixels, for each of
            one or two halves (`"flat_dense_2"`, `"flat_vector_2"`: a gated layer); `"logit"`, a
            convolution (1, in, h, w) that covers the whole picture.

    Returns:
        A numpy array.

    Example:

    ```python
    to_keras(np.zeros((8, 3, 4, 4)), "conv").shape  # (4, 4, 3, 8)
    ```
    """
    array = np.asarray(array)
    if layout == "conv":
        return array.transpose(2, 3, 1, 0)
    if layout == "dense":
        return array.T
    if layout == "logit":
        return array[0].transpose(1, 2, 0).reshape(-1, 1)
    if layout.startswith("flat"):
        moved = array[_flat_order(len(array), layout)]
        return moved.T if "dense" in layout else moved
    return array


def to_original(array, layout):
    """Undoes `to_keras`; logits come back as `(1, in, 4, 4)`.

    Args:
        array: numpy array in our layout.
        layout: See `to_keras`.

    Returns:
        A numpy array.

    Example:

    ```python
    to_original(np.zeros((4, 4, 3, 8)), "conv").shape  # (8, 3, 4, 4)
    ```
    """
    array = np.asarray(array)
    if layout == "conv":
        return array.transpose(3, 2, 0, 1)
    if layout == "dense":
        return array.T
    if layout == "logit":
        return array.reshape(4, 4, -1).transpose(2, 0, 1)[None]
    if layout.startswith("flat"):
        moved = array.T if "dense" in layout else array
        restored = np.empty_like(moved)
        restored[_flat_order(len(moved), layout)] = moved
        return restored
    return array


def original_shape(shape, layout):
    """The shape that `to_original` gives a weight of our shape.

    Args:
        shape: tuple of ints, our weight's.
        layout: See `to_keras`.

    Returns:
        A tuple of ints.

    Example:

    ```python
    original_shape((4, 4, 3, 8), "conv")  # (8, 3, 4, 4)
    ```
    """
    shape = tuple(shape)
    if layout == "conv":
        return (shape[3], shape[2], *shape[:2])
    if layout == "logit":
        return (1, shape[0] // 16, 4, 4)
    return shape[::-1]


def _flat_order(size, layout):
    """Original index of each of our flat features: (half, row, column, channel)."""
    halves = 2 if layout.endswith("_2") else 1
    channels = size // halves // 16
    index = np.arange(size).reshape(halves, channels, 4, 4)
    return index.transpose(0, 2, 3, 1).reshape(-1)
