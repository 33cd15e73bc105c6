"""Student's distribution: how far two rows' means lie apart by chance."""

import numpy as np

from keras_stackgan.metrics.confidence import student_quantile


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
    return student_quantile(1 / sum(parts)) * whole**0.5
