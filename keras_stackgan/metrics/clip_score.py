"""CLIP score: how near pictures lie to their captions, by any pair of encoders."""

import numpy as np


def clip_scores(picture_vectors, text_vectors, weight=2.5):
    """Returns `weight` times the cosine of each picture and its caption, 0 where it is negative.

    The published figures are of CLIP's vectors. Those of another pair of encoders measure the same
    in their own units: say which pair it was.

    Args:
        picture_vectors: float array `(n, dim)`.
        text_vectors: float array `(n, dim)`: row `i` is the caption of picture `i`.
        weight: float. Defaults to 2.5, the paper's; some packages take 100.

    Returns:
        A float array `(n,)`; the CLIP score of a set is its mean.

    Raises:
        ValueError: the shapes do not fit.

    Example:

    ```python
    clip_scores(np.eye(3), np.eye(3)).mean()  # 2.5
    ```

    Reference:
        [Hessel et al., 2021](https://arxiv.org/abs/2104.08718), section 3.
    """
    pictures, texts = np.asarray(picture_vectors, "float64"), np.asarray(text_vectors, "float64")
    if pictures.ndim != 2 or pictures.shape != texts.shape:
        raise ValueError(
            "`picture_vectors` and `text_vectors` must have one shape (n, dim). "
            f"Received: {pictures.shape} and {texts.shape}."
        )
    norms = np.linalg.norm(pictures, axis=1) * np.linalg.norm(texts, axis=1)
    cosines = np.sum(pictures * texts, axis=1) / np.maximum(norms, 1e-12)
    return weight * np.maximum(cosines, 0.0)
