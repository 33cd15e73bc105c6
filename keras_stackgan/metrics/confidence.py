"""Confidence intervals by resampling."""

import numpy as np


def bootstrap_interval(measure, *arrays, resamples=1000, level=0.95, seed=0):
    """Returns a measure and the interval that resampled rows give it.

    Args:
        measure: callable from arrays to a float.
        *arrays: arrays of n rows each; rows with one index are drawn together.
        resamples: int. Draws of n rows with replacement. Defaults to 1000.
        level: float in (0, 1). Share of the draws that lie in the interval. Defaults to 0.95.
        seed: int. Of the draws.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: `level` is out of range, or the arrays differ in their rows.

    Example:

    ```python
    bootstrap_interval(np.mean, np.arange(100.0))[0]  # 49.5
    ```

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13 (percentiles).
    """
    arrays = [np.asarray(array) for array in arrays]
    count = len(arrays[0])
    if not 0 < level < 1 or any(len(array) != count for array in arrays):
        raise ValueError(
            "`level` must lie between 0 and 1, and all arrays have the same number of rows. "
            f"Received: level={level}, rows {[len(array) for array in arrays]}."
        )
    generator, values = np.random.default_rng(seed), []
    for _ in range(resamples):
        rows = generator.integers(count, size=count)
        values.append(measure(*(array[rows] for array in arrays)))
    edges = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(measure(*arrays)), float(edges[0]), float(edges[1])
