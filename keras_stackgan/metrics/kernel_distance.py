"""Kernel distance (KID) between two sets of features."""

import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics.checks import check_features


def kernel_distance(real, fake, subsets=None, subset_size=1000, seed=0):
    """Returns the unbiased squared maximum mean discrepancy with the kernel (x.y / dim + 1)^3.

    Args:
        real: float array `(n, dim)`.
        fake: float array `(m, dim)`.
        subsets: int >= 1 or None. How many random subsets are compared. Defaults to None: all
            features at once, a number that nothing random enters.
        subset_size: int >= 2. Features a subset and side; at most n and m. Defaults to 1000.
        seed: int. Of the subsets.

    Returns:
        A float without `subsets`, else `(mean, std)` over them. It can be below 0.

    Raises:
        ValueError: the shapes do not fit, a feature is not finite, a side has fewer than two
            features, or a number is out of its range.

    Example:

    ```python
    features = np.random.normal(size=(2, 100, 8))
    kernel_distance(features[0], features[1])  # about 0
    ```

    Reference:
        [Binkowski et al., 2018](https://arxiv.org/abs/1801.01401), section 4.
    """
    real, fake = check_features(real=real, fake=fake)
    if min(len(real), len(fake)) < 2:
        raise ValueError(f"Two features a side are needed. Received: {len(real)}, {len(fake)}.")
    if subsets is None:
        return _discrepancy(real, fake)
    subsets = check_count("subsets", subsets)
    generator = np.random.default_rng(seed)
    # The unbiased estimate is a mean over pairs: there is none in one feature.
    size = min(check_count("subset_size", subset_size, minimum=2), len(real), len(fake))
    values = [
        _discrepancy(
            real[generator.choice(len(real), size, replace=False)],
            fake[generator.choice(len(fake), size, replace=False)],
        )
        for _ in range(subsets)
    ]
    return float(np.mean(values)), float(np.std(values))


def kernel_interval(real, groups, t=2.262):
    """Returns the distance and an interval for the chance of which pictures were generated.

    The jackknife of `frechet_interval`: it leaves one group out at a time, and the real side counts
    as given. Blocks of both sides would scatter more than the whole does.

    Args:
        real: float array `(n, dim)`.
        groups: list of float arrays `(n, dim)`: the generated side, in groups of about one size.
        t: float. Student's quantile of the interval. Defaults to that of 95 % and 10 groups.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: the shapes do not fit, a feature is not finite, or there are too few groups or
            features.

    Example:

    ```python
    parts = np.random.normal(size=(10, 50, 4))
    value, low, high = kernel_interval(np.random.normal(size=(500, 4)), list(parts))
    ```
    """
    if len(groups) < 2:
        raise ValueError(f"`groups` must be at least two. Received: {len(groups)}.")
    real, fake = check_features(real=real, groups=np.concatenate(groups))
    sizes = np.array([len(group) for group in groups])
    if len(real) < 2 or len(fake) - sizes.max() < 2:
        raise ValueError(
            "Two features a side are needed, whichever group is left out. "
            f"Received: {len(real)}, groups of {sizes.tolist()}."
        )
    # Sums over pairs of groups: every distance without one is a sum of these.
    parts = np.split(fake, np.cumsum(sizes)[:-1])
    between = np.array([_kernel(real, part).sum() for part in parts])
    within = np.array([[_kernel(x, y).sum() for y in parts] for x in parts])
    within -= np.diag([np.sum((np.sum(x * x, axis=1) / x.shape[1] + 1.0) ** 3) for x in parts])
    of_real = _mean_within(real)

    def distance_without(left_out):
        kept = np.arange(len(parts)) != left_out
        count = sizes[kept].sum()
        pairs = within[kept][:, kept].sum() / (count * (count - 1))
        return of_real + pairs - 2.0 * between[kept].sum() / (count * len(real))

    value = distance_without(-1)
    others = np.array([distance_without(k) for k in range(len(parts))])
    error = np.sqrt((len(parts) - 1) / len(parts) * np.sum((others - others.mean()) ** 2))
    return float(value), float(value - t * error), float(value + t * error)


def _discrepancy(x, y):
    return float(_mean_within(x) + _mean_within(y) - 2.0 * np.mean(_kernel(x, y)))


def _mean_within(x):
    kernel = _kernel(x, x)
    return (kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1))


def _kernel(x, y):
    return (x @ y.T / x.shape[1] + 1.0) ** 3
