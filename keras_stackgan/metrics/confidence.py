"""Confidence intervals by resampling and by formulas."""

import functools

import numpy as np

from keras_stackgan.layers.utils import check_count

# Steps of Student's integral: the quantile is right to six digits.
_CELLS = 50_000


def bootstrap_interval(measure, *arrays, groups=None, resamples=1000, level=0.95, seed=0):
    """Returns a measure and the interval that resampled rows give it.

    Args:
        measure: callable from arrays to a float.
        *arrays: arrays of n >= 1 rows each; rows with one index are drawn together.
        groups: int array `(n,)` or None. Rows of one number are drawn together, as they belong to
            one record. Defaults to None: every row on its own.
        resamples: int. Draws of n rows with replacement. Defaults to 1000.
        level: float in (0, 1). Share of the draws that lie in the interval. Defaults to 0.95.
        seed: int. Of the draws.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: `level` is out of range, there are no arrays or no rows, or the arrays differ in
            their rows.

    Example:

    ```python
    bootstrap_interval(np.mean, np.arange(100.0))[0]  # 49.5
    ```

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13 (percentiles).
    """
    arrays = [np.asarray(array) for array in arrays]
    lengths = [len(array) for array in arrays]
    if not lengths or lengths[0] < 1:
        raise ValueError(
            "`arrays` must be at least one, of at least one row: there is nothing to resample. "
            f"Received: rows {lengths}."
        )
    count = lengths[0]
    if not 0 < level < 1 or any(length != count for length in lengths):
        raise ValueError(
            "`level` must lie between 0 and 1, and all arrays have the same number of rows. "
            f"Received: level={level}, rows {lengths}."
        )
    resamples = check_count("resamples", resamples)
    order, starts, sizes = rows_of_groups(np.arange(count) if groups is None else groups, count)
    generator, values = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = generator.integers(len(starts), size=len(starts))
        # Every drawn group's rows, one after the other.
        ends = np.cumsum(sizes[drawn])
        first = np.repeat(starts[drawn] - ends + sizes[drawn], sizes[drawn])
        rows = order[first + np.arange(ends[-1])]
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


def mean_interval(values, groups=None):
    """Returns the mean of values and Student's interval of 95 %.

    Args:
        values: float array of at least two entries.
        groups: int array of as many, or None. Values of one number belong to one record, and only
            records are independent. Defaults to None: every value is.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: there are fewer than two values, or they are of fewer than two groups.

    Example:

    ```python
    mean_interval(np.arange(100.0))[0]  # 49.5
    ```
    """
    values = np.asarray(values, "float64").ravel()
    count = values.size
    units = count if groups is None else len(rows_of_groups(groups, count)[1])
    if units < 2:
        raise ValueError(
            "`values` must be at least two, of at least two `groups`. "
            f"Received: {count} values of {units}."
        )
    mean = values.mean()
    sums = values - mean
    if groups is not None:
        sums = np.bincount(np.unique(groups, return_inverse=True)[1], sums)
    # Of single values: their deviation over the root of their number.
    error = np.sqrt(units / (units - 1) * np.sum(sums**2)) / count
    half = student_quantile(units - 1) * error
    return float(mean), float(mean - half), float(mean + half)


@functools.lru_cache(maxsize=1024)
def student_quantile(freedom):
    """Returns the quantile of Student's distribution for an interval of 95 %.

    Args:
        freedom: float >= 1. Degrees of freedom: one less than the independent values; Welch's need
            not be whole.

    Raises:
        ValueError: `freedom` is no such number.

    Example:

    ```python
    student_quantile(9)  # 2.262
    ```
    """
    if not freedom >= 1:
        raise ValueError(f"`freedom` must be at least 1. Received: freedom={freedom!r}.")
    # For t = sqrt(freedom) tan(angle), the density of angles is cos(angle)^(freedom - 1).
    angles = np.linspace(0.0, np.pi / 2, _CELLS + 1)
    density = np.cos((angles[1:] + angles[:-1]) / 2) ** (freedom - 1)
    share = np.concatenate([[0.0], np.cumsum(density)])
    return float(np.sqrt(freedom) * np.tan(np.interp(0.95, share / share[-1], angles)))


def rows_of_groups(groups, count):
    """Sorts rows by their group.

    Args:
        groups: int array `(count,)`.
        count: int. Rows.

    Returns:
        `(order, starts, sizes)`: group `k` has the rows `order[starts[k] : starts[k] + sizes[k]]`.

    Raises:
        ValueError: there are not as many groups as rows.
    """
    groups = np.asarray(groups)
    if groups.shape != (count,):
        raise ValueError(
            f"`groups` must have a number for each of {count} rows. Received: shape {groups.shape}."
        )
    _, starts, sizes = np.unique(np.sort(groups), return_index=True, return_counts=True)
    return np.argsort(groups, kind="stable"), starts, sizes
