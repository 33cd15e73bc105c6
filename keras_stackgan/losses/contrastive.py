"""The contrastive loss of pairs of pictures and texts."""

import keras
from keras import ops


def contrastive(
    image_vectors, text_vectors, scale=20.0, same=None, hard_vectors=None, hard_mask=None
):
    """Symmetric InfoNCE: each picture finds its text in the batch, each text its picture.

    The scores are cosines times `scale`. Every row pays the cross-entropy of its own partner among
    all of the batch; pictures also choose among hard texts of their own.

    Args:
        image_vectors: float tensor `(batch, dim)`.
        text_vectors: float tensor `(batch, dim)`; row `i` belongs to picture `i`.
        scale: float or scalar tensor. The inverse temperature.
        same: bool tensor `(batch, batch)`, or None. `same[i, j]` says that text `j` may be true of
            picture `i` as well, such as an equal caption or one of the same picture: it does not
            count as wrong. Defaults to None: all other rows are wrong.
        hard_vectors: float tensor `(batch, count, dim)`, or None. Texts that are almost right for
            picture `i`, but wrong.
        hard_mask: number or bool tensor `(batch, count)`, or None. 1 where there is such a text.
            Defaults to None: everywhere.

    Returns:
        A scalar, at least float32: the mean of both directions.

    Raises:
        ValueError: If the shapes do not fit.

    Example:

    ```python
    vectors = keras.ops.eye(4)
    float(contrastive(vectors, vectors))  # 0.0, as good as
    float(contrastive(vectors, keras.ops.ones((4, 4))))  # 1.386: the logarithm of 4
    ```

    Reference:
        [Oord et al., 2018](https://arxiv.org/abs/1807.03748);
        [Radford et al., 2021](https://arxiv.org/abs/2103.00020), both directions;
        [Xu et al., 2018](https://arxiv.org/abs/1711.10485), as a guide of generators.
    """
    image_scores, text_scores = contrastive_scores(
        image_vectors, text_vectors, scale, same, hard_vectors, hard_mask
    )
    return (_cross_entropy(image_scores) + _cross_entropy(text_scores)) / 2


def contrastive_scores(
    image_vectors, text_vectors, scale=20.0, same=None, hard_vectors=None, hard_mask=None
):
    """The scores that `contrastive` compares; takes what it takes.

    Returns:
        `(image_scores, text_scores)`, of shapes `(batch, batch + count)` and `(batch, batch)`. Row
        `i`'s right one is column `i`; what does not count is very negative.

    Raises:
        ValueError: If the shapes do not fit.

    Example:

    ```python
    scores, _ = contrastive_scores(keras.ops.eye(4), keras.ops.eye(4))
    keras.ops.argmax(scores, axis=-1)  # [0, 1, 2, 3]
    ```
    """
    images, texts = _unit(image_vectors), _unit(text_vectors)
    if len(images.shape) != 2 or tuple(images.shape) != tuple(texts.shape):
        raise ValueError(
            "`image_vectors` and `text_vectors` must have one shape (batch, dim). Received: "
            f"{tuple(images.shape)} and {tuple(texts.shape)}. Bring both to one size, row for row."
        )
    dtype = keras.backend.result_type(images.dtype, texts.dtype)
    images, texts = ops.cast(images, dtype), ops.cast(texts, dtype)
    scale = ops.cast(scale, dtype)
    scores = scale * ops.matmul(images, ops.transpose(texts))
    very_negative = ops.cast(-1e9, dtype)
    if same is not None:
        other = ops.logical_not(ops.eye(ops.shape(scores)[0], dtype="bool"))
        scores = ops.where(ops.logical_and(ops.cast(same, "bool"), other), very_negative, scores)
    text_scores = ops.transpose(scores)
    if hard_vectors is None:
        return scores, text_scores
    hard = ops.cast(_unit(hard_vectors), dtype)
    if len(hard.shape) != 3 or hard.shape[-1] != images.shape[-1]:
        raise ValueError(
            "`hard_vectors` must have the shape (batch, count, dim) with the other vectors' dim. "
            f"Received: {tuple(hard.shape)} beside {tuple(images.shape)}."
        )
    hard_scores = scale * ops.sum(images[:, None] * hard, axis=-1)
    if hard_mask is not None:
        hard_scores = ops.where(ops.cast(hard_mask, "bool"), hard_scores, very_negative)
    return ops.concatenate([scores, hard_scores], axis=1), text_scores


def hardest_hinge(image_vectors, text_vectors, margin=0.2, same=None):
    """Each row's cosine with its partner must lead that with the hardest other row by a margin.

    Args:
        image_vectors: float tensor `(batch, dim)`.
        text_vectors: float tensor `(batch, dim)`; row `i` belongs to picture `i`.
        margin: float in [0, 2].
        same: bool tensor `(batch, batch)`, or None. As `contrastive` takes it.

    Returns:
        A scalar, at least float32: the mean of both directions.

    Raises:
        ValueError: If the shapes do not fit.

    Example:

    ```python
    float(hardest_hinge(keras.ops.eye(4), keras.ops.eye(4)))  # 0.0
    float(hardest_hinge(keras.ops.eye(4), keras.ops.ones((4, 4))))  # 0.2
    ```

    Reference:
        [Faghri et al., 2018](https://arxiv.org/abs/1707.05612).
    """
    costs = []
    for scores in contrastive_scores(image_vectors, text_vectors, 1.0, same):
        own = ops.diagonal(scores)
        right = ops.eye(ops.shape(scores)[0], dtype="bool")
        others = ops.where(right, ops.cast(-1e9, scores.dtype), scores)
        costs.append(ops.mean(ops.relu(ops.max(others, axis=-1) - own + margin)))
    return (costs[0] + costs[1]) / 2


def _unit(vectors):
    vectors = ops.convert_to_tensor(vectors)
    vectors = ops.cast(vectors, keras.backend.result_type(vectors.dtype, "float32"))
    # Inside of the root, so that the gradient at zero is finite.
    return vectors * ops.rsqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-12)


def _cross_entropy(scores):
    return ops.mean(ops.logsumexp(scores, axis=-1) - ops.diagonal(scores))
