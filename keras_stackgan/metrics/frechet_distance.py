"""Frechet distance between two sets of features: FID, where the features are Inception's."""

import numpy as np

from keras_stackgan.metrics.feature_statistics import FeatureStatistics

# Of the extrapolation: fewer rows than three a feature lie on no line in 1/n, and from ten on what
# is left of the bias is under a tenth.
_FIRST_ROWS, ROWS_PER_FEATURE = 3, 10


def frechet_distance(real, fake):
    """Returns the squared Frechet distance of the Gaussians that fit two sets of features.

    It is biased upwards at small numbers of pictures: compare equal numbers, and see
    `frechet_distance_extrapolated`.

    Args:
        real: `FeatureStatistics`, or float array `(n, dim)` with n >= 2.
        fake: the same of the other set.

    Returns:
        A float >= 0.

    Raises:
        ValueError: extractors, resize modes or dimensions differ.

    Example:

    ```python
    features = np.random.normal(size=(50, 4))
    frechet_distance(features, features + 1.0)  # 4.0: the squared distance of the means
    ```

    Reference:
        [Heusel et al., 2017](https://arxiv.org/abs/1706.08500), equation 6.
    """
    real, fake = _statistics(real), _statistics(fake)
    return _distance(real, _root(real), fake)


def frechet_interval(real, groups, t=2.262):
    """Returns the distance and an interval for the chance of which pictures were generated.

    The jackknife that leaves one group out at a time: resampling with replacement, as a bootstrap
    does it, would make pictures appear twice and the distance larger. The real side counts as
    given.

    Args:
        real: `FeatureStatistics`, or float array `(n, dim)`.
        groups: list of `FeatureStatistics`, or of float arrays `(n, dim)`: the generated side, in
            groups of about one size. Arrays of fewer rows than features are much faster.
        t: float. Student's quantile of the interval. Defaults to that of 95 % and 10 groups.

    Returns:
        `(value, low, high)`, floats.

    Raises:
        ValueError: there are fewer than two groups, or they cannot be compared.

    Example:

    ```python
    parts = np.random.normal(size=(10, 50, 4))
    groups = [FeatureStatistics("given").update(part) for part in parts]
    value, low, high = frechet_interval(np.random.normal(size=(500, 4)), groups)
    ```

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 11.
    """
    if len(groups) < 2:
        raise ValueError(f"`groups` must be at least two. Received: {len(groups)}.")
    real = _statistics(real)
    root = _root(real)

    def distance_without(left_out):
        rest = [group for k, group in enumerate(groups) if k != left_out]
        if not isinstance(rest[0], FeatureStatistics):
            return _distance_of_rows(real, root, np.concatenate(rest))
        total = FeatureStatistics(rest[0].extractor, rest[0].resize)
        for group in rest:
            total.merge(group)
        return _distance(real, root, total)

    value = distance_without(None)
    others = np.array([distance_without(k) for k in range(len(groups))])
    count = len(groups)
    error = np.sqrt((count - 1) / count * np.sum((others - others.mean()) ** 2))
    return value, max(0.0, value - t * error), value + t * error


def frechet_distance_extrapolated(real, fake, points=10, seed=0):
    """Returns the distance that infinitely many generated pictures would have, by a line in 1/n.

    The bias is a line in 1/n only where there are several pictures a feature; through fewer it
    leads far below the distance.

    Args:
        real: `FeatureStatistics` or float array `(n, dim)`, of as many pictures as there are.
        fake: float array `(n, dim)`, n >= 20 and n >= 10 dim.
        points: int >= 2. Numbers of pictures, from n / 5 (but at least 3 dim) to n, at which the
            distance is taken.
        seed: int. Of the subsets.

    Returns:
        A float; it may be slightly below 0 where the true distance is about 0.

    Raises:
        ValueError: too few features or points.

    Example:

    ```python
    a, b = np.random.normal(size=(2, 500, 4))
    frechet_distance_extrapolated(a, b)  # about 0
    ```

    Reference:
        [Chong and Forsyth, 2020](https://arxiv.org/abs/1911.07023).
    """
    fake = np.asarray(fake, "float64")
    if fake.ndim != 2 or len(fake) < max(20, ROWS_PER_FEATURE * fake.shape[1]) or points < 2:
        raise ValueError(
            f"`fake` must have at least 20 rows and {ROWS_PER_FEATURE} for each feature, and "
            f"`points` be at least 2. Received: shape {fake.shape}, points={points}. Take more "
            "pictures, or frechet_distance at equal numbers."
        )
    real = _statistics(real)
    root = _root(real)
    generator = np.random.default_rng(seed)
    first = max(10, len(fake) // 5, _FIRST_ROWS * fake.shape[1])
    counts = np.unique(np.linspace(first, len(fake), points).astype(int))
    distances = []
    for count in counts:
        rows = fake[generator.permutation(len(fake))[:count]]
        distances.append(_distance_of_rows(real, root, rows))
    return float(np.polynomial.polynomial.polyfit(1.0 / counts, distances, 1)[0])


def _root(statistics):
    """A matrix whose product with its transpose is the covariance."""
    values, vectors = np.linalg.eigh(statistics.covariance)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _distance(real, root, fake):
    real.check_comparable(fake)
    if real.mean.shape != fake.mean.shape:
        raise ValueError(
            f"Both sets of features must have one dimension. Received: {len(real.mean)} and "
            f"{len(fake.mean)}."
        )
    # trace sqrt(A B) by way of the symmetric sqrt(A)^T B sqrt(A): no complex square roots.
    product = np.linalg.eigvalsh(root.T @ fake.covariance @ root)
    distance = np.sum((real.mean - fake.mean) ** 2)
    distance += np.trace(real.covariance) + np.trace(fake.covariance)
    distance -= 2.0 * np.sum(np.sqrt(np.maximum(product, 0.0)))
    return float(max(distance, 0.0))


def _distance_of_rows(real, root, rows):
    if len(rows) >= len(real.mean):
        part = FeatureStatistics(real.extractor, real.resize).update(rows)
        return _distance(real, root, part)
    # The same eigenvalues, but for zeros, from a matrix as small as the rows are few.
    mean = rows.mean(axis=0, dtype="float64")
    centered = (rows - mean) / np.sqrt(len(rows) - 1)
    across = centered @ root
    product = np.linalg.eigvalsh(across @ across.T)
    distance = np.sum((real.mean - mean) ** 2)
    distance += np.trace(real.covariance) + np.sum(centered**2)
    distance -= 2.0 * np.sum(np.sqrt(np.maximum(product, 0.0)))
    return float(max(distance, 0.0))


def _statistics(features):
    if isinstance(features, FeatureStatistics):
        return features
    return FeatureStatistics("given").update(features)
