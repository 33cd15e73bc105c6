"""How far raters agree."""

import numpy as np


def kendall_w(rankings):
    """Returns Kendall's coefficient of concordance of full rankings without ties.

    It is 1 where all raters rank alike; raters who rank at random reach 1 / raters on average.

    Args:
        rankings: int array `(raters, objects)`, both at least 2; each row holds the ranks 1 to
            `objects`, once each.

    Returns:
        float in [0, 1].

    Raises:
        ValueError: `rankings` are not as described.

    Example:

    ```python
    kendall_w([[1, 2, 3], [1, 3, 2]])  # 0.75
    ```

    Reference:
        Kendall and Babington Smith, *The Problem of m Rankings*, 1939.
    """
    ranks = np.asarray(rankings)
    if (
        ranks.ndim != 2
        or min(ranks.shape) < 2
        or (np.sort(ranks, axis=1) != np.arange(1, ranks.shape[1] + 1)).any()
    ):
        raise ValueError(
            "`rankings` must have a row a rater, two at least, each with the ranks 1 to n, n >= 2, "
            f"once each. Received: {np.array2string(ranks, threshold=20)}."
        )
    raters, objects = ranks.shape
    sums = ranks.sum(axis=0)
    spread = ((sums - sums.mean()) ** 2).sum()
    return float(12 * spread / (raters**2 * (objects**3 - objects)))
