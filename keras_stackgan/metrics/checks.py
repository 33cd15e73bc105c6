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
