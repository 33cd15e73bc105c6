"""R-precision: does a picture find the caption that it was made from."""

import numpy as np


def retrieval_precision(picture_vectors, text_vectors, captions=None, candidates=100, seed=0):
    """Returns how often a picture's own caption is the nearest of some random ones.

    Args:
        picture_vectors: float array `(n, dim)`, of an encoder pair's picture side.
        text_vectors: float array `(n, dim)`: row `i` is the text that picture `i` belongs to.
        captions: list of n str, or None. Equal captions never compete. Defaults to None: all
            count as different.
        candidates: int >= 2. Captions to choose from, the right one among them. Defaults to 100.
        seed: int. Of the wrong ones.

    Returns:
        A float in [0, 1]; chance is 1 / candidates.

    Raises:
        ValueError: the shapes do not fit, or there are not enough different captions.

    Example:

    ```python
    vectors = np.random.normal(size=(200, 16))
    retrieval_precision(vectors, vectors)  # 1.0
    ```

    Reference:
        [Xu et al., 2018](https://arxiv.org/abs/1711.10485), section 4 (R = 1 of 100).
    """
    return float(np.mean(retrieval_hits(picture_vectors, text_vectors, captions, candidates, seed)))


def retrieval_hits(picture_vectors, text_vectors, captions=None, candidates=100, seed=0):
    """Returns what `retrieval_precision` takes the mean of: whether each picture finds its caption.

    Args:
        picture_vectors: See `retrieval_precision`.
        text_vectors: See `retrieval_precision`.
        captions: See `retrieval_precision`.
        candidates: See `retrieval_precision`.
        seed: See `retrieval_precision`.

    Returns:
        A bool array `(n,)`.

    Raises:
        ValueError: the shapes do not fit, or there are not enough different captions.
    """
    pictures, texts = _unit(picture_vectors), _unit(text_vectors)
    if pictures.shape != texts.shape or pictures.ndim != 2:
        raise ValueError(
            "`picture_vectors` and `text_vectors` must have one shape (n, dim). "
            f"Received: {pictures.shape} and {texts.shape}."
        )
    names = (
        np.arange(len(texts)) if captions is None else np.unique(captions, return_inverse=True)[1]
    )
    if candidates < 2 or len(np.unique(names)) < candidates:
        raise ValueError(
            f"`candidates` must be at least 2 and at most the number of different captions, "
            f"{len(np.unique(names))}. Received: candidates={candidates}."
        )
    generator, hits = np.random.default_rng(seed), np.zeros(len(texts), bool)
    for row in range(len(texts)):
        others = generator.permutation(len(texts))
        others = others[names[others] != names[row]]
        # One row a caption, so that a frequent one does not fill the list.
        _, first = np.unique(names[others], return_index=True)
        others = others[np.sort(first)[: candidates - 1]]
        hits[row] = pictures[row] @ texts[row] > np.max(texts[others] @ pictures[row])
    return hits


def _unit(vectors):
    vectors = np.asarray(vectors, "float64")
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
