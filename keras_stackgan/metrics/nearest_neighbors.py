"""The training pictures that generated ones are nearest to: were they learned by heart?"""

import numpy as np

from keras_stackgan.metrics.checks import check_features


def nearest_neighbors(features, training_features, count=5):
    """Finds the nearest training pictures of generated ones, by the distance of features.

    Args:
        features: float array `(n, dim)`.
        training_features: float array `(m, dim)`, m >= count.
        count: int. Neighbors of each.

    Returns:
        `(rows, distances)`: int and float64 arrays `(n, count)`, the nearest first.

    Raises:
        ValueError: the shapes do not fit, or a feature is not finite.

    Example:

    ```python
    rows, distances = nearest_neighbors(extractor(pictures), extractor(training_pictures))
    ```
    """
    features, training = check_features(features=features, training_features=training_features)
    if not 1 <= count <= len(training):
        raise ValueError(f"`count` must be from 1 to {len(training)}. Received: count={count}.")
    norms = np.sum(training**2, axis=1)
    rows, distances = [], []
    for row in features:
        squares = np.maximum(norms - 2.0 * (training @ row) + row @ row, 0.0)
        nearest = np.argsort(squares, kind="stable")[:count]
        rows.append(nearest)
        distances.append(np.sqrt(squares[nearest]))
    return np.array(rows).reshape(-1, count), np.array(distances).reshape(-1, count)


def neighbor_sheet(pictures, training_pictures, rows, gap=8):
    """Lays generated pictures out, each with its nearest training pictures to the right.

    Args:
        pictures: uint8 array `(n, size, size, 3)`, generated.
        training_pictures: uint8 array `(m, size, size, 3)`, or a callable from an index to one
            picture.
        rows: int array `(n, count)`, as `nearest_neighbors` gives them.
        gap: int. White pixels between the generated picture and the others.

    Returns:
        uint8 array `(n * size, (count + 1) * size + gap, 3)`.

    Example:

    ```python
    save_png(neighbor_sheet(pictures[:8], training_pictures, rows[:8]), "neighbors.png")
    ```
    """
    find = training_pictures if callable(training_pictures) else training_pictures.__getitem__
    lines = []
    for picture, neighbors in zip(pictures, rows, strict=True):
        white = np.full((picture.shape[0], gap, 3), 255, "uint8")
        found = [np.asarray(find(int(row))) for row in neighbors]
        lines.append(np.concatenate([picture, white, *found], axis=1))
    return np.concatenate(lines)
