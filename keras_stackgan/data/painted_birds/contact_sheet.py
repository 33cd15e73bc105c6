"""Many painted birds on one sheet."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

from keras_stackgan.data.painted_birds.individual import individual, painting_seed


def write_contact_sheet(path, columns=8, rows=5, size=144, seed=0, first=0):
    """Paints birds side by side into one picture file.

    Args:
        path: str or path. The file; its ending says the format, such as `.jpg` or `.png`.
        columns, rows: ints, at least 1. How many birds.
        size: int, at least 16. The side of each in pixels. Defaults to 144.
        seed: int. The seed of the data set. Defaults to 0.
        first: int, at least 0. The first bird's place in the data set. Defaults to 0.

    Returns:
        The Path of the file.

    Raises:
        ValueError: `columns` or `rows` is too small, or the ending is of no known format.
        ImportError: skia-python is not installed.

    Example:

    ```python
    write_contact_sheet("birds.jpg", columns=4, rows=2)
    ```
    """
    path = Path(path)
    if columns < 1 or rows < 1:
        raise ValueError(
            f"`columns` and `rows` must be >= 1. Received: columns={columns}, rows={rows}"
        )
    if path.suffix.lower() not in Image.registered_extensions():
        raise ValueError(f"`path` must end like a picture file, e.g. '.jpg'. Received: '{path}'")
    from keras_stackgan.data.painted_birds.painter import paint_with_box

    sheet = np.empty((rows * size, columns * size, 3), "uint8")
    for place in range(rows * columns):
        row, column = divmod(place, columns)
        index = first + place
        picture, _ = paint_with_box(individual(index, seed), painting_seed(index, seed), size)
        sheet[row * size : (row + 1) * size, column * size : (column + 1) * size] = picture
    scratch = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        Image.fromarray(sheet).save(scratch, quality=88)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
    return path
