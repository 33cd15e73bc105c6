"""A map on which pictures lie near those that look alike."""

import numpy as np
from PIL import Image

from keras_stackgan.metrics.checks import check_features

REAL, GENERATED = (0, 114, 178), (213, 94, 0)


def tsne_map(real_pictures, real_features, pictures, features, size=2000, thumbnail=None, seed=0):
    """Draws pictures where t-SNE places their features, real and generated in two colors.

    Generated pictures in a few heaps, or beside the real ones, are what mode collapse looks like.

    Args:
        real_pictures: uint8 array `(n, side, side, 3)`.
        real_features: float array `(n, dim)`.
        pictures: uint8 array `(m, side, side, 3)`, generated ones, framed in orange; the real ones
            are framed in blue.
        features: float array `(m, dim)`, of the same extractor.
        size: int. Side of the map in pixels.
        thumbnail: int or None. Side of a picture on it, its frame included. Defaults to None: so
            that all together would cover about a third of the map.
        seed: int. Of t-SNE.

    Returns:
        uint8 array `(size, size, 3)`.

    Raises:
        ImportError: scikit-learn is not installed.
        ValueError: the arrays do not belong together or hold fewer than 10 pictures, or features
            are all equal or not finite.

    Example:

    ```python
    drawn = tsne_map(real, extractor(real), generated, extractor(generated))
    save_png(drawn, "map.png")
    ```

    Reference:
        van der Maaten and Hinton, 2008; figure of mode collapse in
        [Zhang et al., 2017](https://arxiv.org/abs/1710.10916).
    """
    counts = [len(x) for x in (real_pictures, real_features, pictures, features)]
    if counts[0] != counts[1] or counts[2] != counts[3] or counts[0] + counts[2] < 10:
        raise ValueError(
            "Pictures and features must be as many, and 10 or more together. "
            f"Received: {counts[0]} and {counts[1]} real, {counts[2]} and {counts[3]} generated."
        )
    real_features, features = check_features(real_features=real_features, features=features)
    rows = np.concatenate([real_features, features])
    # t-SNE divides by their spread, and without one ends the whole process.
    if np.ptp(rows, axis=0).max() <= 1e-9 * np.abs(rows).max():
        raise ValueError(
            f"`real_features` and `features` must differ. Received: {len(rows)} equal rows. Look "
            "at what made them."
        )
    if thumbnail is None:
        thumbnail = int(np.clip(size / np.sqrt(3 * (counts[0] + counts[2])), 16, size // 8))
    places = _in_unit_square(_tsne(rows, seed))
    canvas = np.full((size, size, 3), 255, "uint8")
    thumbs = [_framed(x, thumbnail, REAL) for x in real_pictures]
    thumbs += [_framed(x, thumbnail, GENERATED) for x in pictures]
    # In a random order: neither kind may cover the other.
    for k in np.random.default_rng(seed).permutation(len(thumbs)):
        top, left = (places[k] * (size - thumbnail)).astype(int)
        canvas[top : top + thumbnail, left : left + thumbnail] = thumbs[k]
    return canvas


def _tsne(rows, seed):
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise ImportError(
            "The map needs scikit-learn. Install it: pip install scikit-learn"
        ) from error
    perplexity = min(30.0, (len(rows) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(rows)


def _in_unit_square(places):
    # A few far-off ones would press all others together.
    low, high = np.quantile(places, [0.005, 0.995], axis=0)
    return np.clip((places - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)


def _framed(picture, side, color, width=2):
    framed = np.empty((side, side, 3), "uint8")
    framed[:] = color
    inner = side - 2 * width
    small = Image.fromarray(picture).resize((inner, inner), Image.Resampling.BOX)
    framed[width:-width, width:-width] = small
    return framed
