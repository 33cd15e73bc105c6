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


def proportion_interval(share, count, z=1.96):
    """Returns Wilson's interval of a share of independent cases.

    Args:
        share: float in [0, 1]. What was found.
        count: int >= 1. Of how many.
        z: float. The normal quantile. Defaults to that of 95 %.

    Returns:
        `(low, high)`, floats in [0, 1].

    Raises:
        ValueError: an argument is out of its range.

    Example:

    ```python
    proportion_interval(0.5, 100)  # (0.404, 0.596)
    ```

    Reference:
        Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, 1927.
    """
    if not 0 <= share <= 1 or count < 1:
        raise ValueError(
            "`share` must lie in [0, 1] and `count` be at least 1. "
            f"Received: share={share}, count={count}."
        )
    scale = 1 + z**2 / count
    center = (share + z**2 / (2 * count)) / scale
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / scale
    return float(max(0.0, center - half)), float(min(1.0, center + half))


def mean_interval(values, z=1.96):
    """Returns the mean of independent values and its normal interval.

    Args:
        values: float array of at least two entries.
        z: float. The normal quantile. Defaults to that of 95 %.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: there are fewer than two values.

    Example:

    ```python
    mean_interval(np.arange(100.0))[0]  # 49.5
    ```
    """
    values = np.asarray(values, "float64")
    if values.size < 2:
        raise ValueError(f"`values` must be at least two. Received: {values.size}.")
    mean, half = values.mean(), z * values.std(ddof=1) / np.sqrt(values.size)
    return float(mean), float(mean - half), float(mean + half)
