"""What measures check of the arrays that they are given."""

import numpy as np


def check_features(**given):
    """Returns sets of features as float64 arrays `(n, dim)` of one dimension, all finite.

    Args:
        **given: float arrays by the names of the arguments that they came in.

    Raises:
        ValueError: the shapes do not fit, or an entry is NaN or infinite.

    Example:

    ```python
    real, fake = check_features(real=real, fake=fake)
    ```
    """
    arrays = {name: np.asarray(array, "float64") for name, array in given.items()}
    shapes = [array.shape for array in arrays.values()]
    if any(len(shape) != 2 for shape in shapes) or len({shape[1] for shape in shapes}) > 1:
        names = " and ".join(f"`{name}`" for name in given)
        raise ValueError(
            f"{names} must have shapes (n, dim) and (m, dim). "
            f"Received: {' and '.join(map(str, shapes))}."
        )
    for name, array in arrays.items():
        wrong = np.count_nonzero(~np.isfinite(array).all(axis=1))
        if wrong:
            raise ValueError(
                f"`{name}` must be finite. Received: NaN or infinite entries in {wrong} of "
                f"{len(array)} rows. Look at the pictures and at what made their features."
            )
    return list(arrays.values())


def check_pictures(name, pictures, lowest, highest, channels=3):
    """Returns pictures as an array: uint8, or floats in the range in which a measure takes them.

    Args:
        name: str. The argument that they came in.
        pictures: array.
        lowest: float. Black, in floats.
        highest: float. White, in floats.
        channels: int or None. Defaults to 3; None: any number.

    Raises:
        ValueError: the shape, the type or the range is another.

    Example:

    ```python
    pictures = check_pictures("images", pictures, -1.0, 1.0)
    ```
    """
    pictures = np.asarray(pictures)
    if pictures.dtype.name == "bfloat16":
        pictures = pictures.astype("float32")
    wanted = f"(n, size, size, {'channels' if channels is None else channels})"
    if pictures.ndim != 4 or channels not in (None, pictures.shape[-1]):
        gray = pictures.ndim == 4 and pictures.shape[-1] == 1
        raise ValueError(
            f"`{name}` must have shape {wanted}. Received: shape {pictures.shape}."
            + (" Repeat the one channel of gray pictures." if gray else "")
        )
    if pictures.dtype == np.uint8:
        return pictures
    # Whole numbers of other types are most often uint8 that were computed with.
    floats = pictures.dtype.kind == "f"
    slack = 1e-3 * (highest - lowest)
    found = (lowest, lowest)
    if pictures.size:
        found = float(pictures.min()), float(pictures.max())
    # Written so that NaN fails.
    if not floats or not (found[0] >= lowest - slack and found[1] <= highest + slack):
        raise ValueError(
            f"`{name}` must be uint8, or floats in [{lowest:g}, {highest:g}]. Received: "
            f"{pictures.dtype} from {found[0]:.4g} to {found[1]:.4g}. Convert them: "
            "pictures.astype('uint8') of values from 0 to 255."
        )
    return pictures
