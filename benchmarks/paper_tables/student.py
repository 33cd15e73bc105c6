"""Student's distribution: how far two rows' means lie apart by chance."""

import functools

import numpy as np

LEVEL = 0.95
_CELLS = 50_000


@functools.lru_cache(maxsize=1024)
def quantile(freedom):
    """Returns what a value of Student's distribution stays below, without its sign, in 95 %.

    Args:
        freedom: float of at least 1. Degrees of freedom, which Welch's need not be whole.

    Raises:
        ValueError: there are fewer degrees of freedom.

    Example:

    ```python
    quantile(4)  # 2.776
    ```
    """
    if not freedom >= 1:
        raise ValueError(
            f"`freedom` must be at least 1. Received: {freedom}. Compare rows of several seeds."
        )
    # For t = sqrt(freedom) tan(angle), the density of angles is cos(angle)^(freedom - 1).
    angles = np.linspace(0.0, np.pi / 2, _CELLS + 1)
    density = np.cos((angles[1:] + angles[:-1]) / 2) ** (freedom - 1)
    share = np.concatenate([[0.0], np.cumsum(density)])
    return float(np.sqrt(freedom) * np.tan(np.interp(LEVEL, share / share[-1], angles)))


def welch(first, second):
    """Returns half of the interval of 95 % of two means' gap, each with a variance of its own.

    Args:
        first: list of at least two floats.
        second: the same.

    Example:

    ```python
    welch([3.0, 3.1, 2.9], [2.0, 2.1, 1.9])  # 0.227
    ```

    Reference:
        Welch, *The Generalization of Student's Problem when Several Different Population Variances
        are Involved*, 1947.
    """
    squares = [float(np.var(values, ddof=1)) / len(values) for values in (first, second)]
    whole = sum(squares)
    if not whole:
        return 0.0
    parts = [
        (square / whole) ** 2 / (len(values) - 1)
        for square, values in zip(squares, (first, second), strict=True)
    ]
    return quantile(1 / sum(parts)) * whole**0.5
