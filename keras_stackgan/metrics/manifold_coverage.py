"""Precision, recall, density and coverage: how two sets of features overlap."""

import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics.checks import check_features


def manifold_coverage(real, fake, neighbors=5):
    """Returns how far generated features lie among real ones, and how many real ones they reach.

    Args:
        real: float array `(n, dim)`, n > neighbors.
        fake: float array `(m, dim)`, m > neighbors.
        neighbors: int. A feature's ball reaches to its so-manieth neighbor. Defaults to 5.

    Returns:
        A dict of floats: `precision` and `recall` in [0, 1], `density` >= 0, `coverage` in [0, 1].

    Raises:
        ValueError: the shapes do not fit, a feature is not finite, or there are too few features.

    Example:

    ```python
    features = np.random.normal(size=(40, 4))
    manifold_coverage(features, features)["coverage"]  # 1.0
    ```

    Reference:
        [Kynkaanniemi et al., 2019](https://arxiv.org/abs/1904.06991) (precision, recall);
        [Naeem et al., 2020](https://arxiv.org/abs/2002.09797) (density, coverage).
    """
    return {name: float(rows.mean()) for name, rows in coverage_rows(real, fake, neighbors).items()}


def coverage_rows(real, fake, neighbors=5):
    """Returns what `manifold_coverage` takes the means of: a row a picture.

    Args:
        real: float array `(n, dim)`, n > neighbors.
        fake: float array `(m, dim)`, m > neighbors.
        neighbors: int.

    Returns:
        A dict of float arrays: `precision` and `density` `(m,)`, `recall` and `coverage` `(n,)`.

    Raises:
        ValueError: the shapes do not fit, a feature is not finite, or there are too few features.
    """
    real, fake = check_features(real=real, fake=fake)
    neighbors = check_count("neighbors", neighbors)
    if min(len(real), len(fake)) <= neighbors:
        raise ValueError(
            f"More than neighbors={neighbors} features a side are needed. "
            f"Received: {len(real)} and {len(fake)}."
        )
    real_radii = np.sort(_distances(real, real), axis=1)[:, neighbors]
    fake_radii = np.sort(_distances(fake, fake), axis=1)[:, neighbors]
    between = _distances(real, fake)
    inside_real = between < real_radii[:, None]
    return {
        "precision": inside_real.any(axis=0).astype("float64"),
        "recall": (between < fake_radii[None, :]).any(axis=1).astype("float64"),
        "density": inside_real.sum(axis=0) / neighbors,
        "coverage": (between.min(axis=1) < real_radii).astype("float64"),
    }


def _distances(x, y):
    squares = np.sum(x * x, axis=1)[:, None] + np.sum(y * y, axis=1)[None, :] - 2.0 * (x @ y.T)
    if x is y:
        # A feature is its own nearest neighbor, whatever rounding says.
        np.fill_diagonal(squares, 0.0)
    return np.sqrt(np.maximum(squares, 0.0))
