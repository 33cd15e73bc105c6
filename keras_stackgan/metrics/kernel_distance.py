"""Kernel distance (KID) between two sets of features."""

import numpy as np


def kernel_distance(real, fake, subsets=None, subset_size=1000, seed=0):
    """Returns the unbiased squared maximum mean discrepancy with the kernel (x.y / dim + 1)^3.

    Args:
        real: float array `(n, dim)`.
        fake: float array `(m, dim)`.
        subsets: int or None. How many random subsets are compared. Defaults to None: all
            features at once, a number that nothing random enters.
        subset_size: int. Features a subset and side; at most n and m. Defaults to 1000.
        seed: int. Of the subsets.

    Returns:
        A float without `subsets`, else `(mean, std)` over them. It can be below 0.

    Raises:
        ValueError: the shapes do not fit, or a side has fewer than two features.

    Example:

    ```python
    features = np.random.normal(size=(2, 100, 8))
    kernel_distance(features[0], features[1])  # about 0
    ```

    Reference:
        [Binkowski et al., 2018](https://arxiv.org/abs/1801.01401), section 4.
    """
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            "`real` and `fake` must have shapes (n, dim) and (m, dim). "
            f"Received: {real.shape} and {fake.shape}."
        )
    if min(len(real), len(fake)) < 2:
        raise ValueError(f"Two features a side are needed. Received: {len(real)}, {len(fake)}.")
    if subsets is None:
        return _discrepancy(real, fake)
    generator = np.random.default_rng(seed)
    size = min(subset_size, len(real), len(fake))
    values = [
        _discrepancy(
            real[generator.choice(len(real), size, replace=False)],
            fake[generator.choice(len(fake), size, replace=False)],
        )
        for _ in range(subsets)
    ]
    return float(np.mean(values)), float(np.std(values))


def _discrepancy(x, y):
    return float(_mean_within(x) + _mean_within(y) - 2.0 * np.mean(_kernel(x, y)))


def _mean_within(x):
    kernel = _kernel(x, x)
    return (kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1))


def _kernel(x, y):
    return (x @ y.T / x.shape[1] + 1.0) ** 3
