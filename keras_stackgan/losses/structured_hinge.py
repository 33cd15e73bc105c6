"""The loss that the papers' text encoder was trained with."""

import keras
from keras import ops

from keras_stackgan.layers.utils import check_choice

DIRECTIONS = ("both", "images", "texts")


def structured_hinge(image_vectors, text_vectors, margin=1.0, directions="both"):
    """Structured joint embedding: each picture scores its own text above all others by a margin.

    The scores are products: `S[i, j] = <image i, text j>`. A picture costs `max(0, S[i, j] -
    S[i, i] + margin)` for each text that is not its own, and a text likewise for each picture;
    both sums are divided by the batch's size squared. Rows of one number belong together; each
    should come from a class of its own, as any other row counts as wrong.

    Args:
        image_vectors: float tensor `(batch, dim)`.
        text_vectors: float tensor `(batch, dim)`.
        margin: float. By how much the right score must lead. Defaults to 1.
        directions: `"both"` (the symmetric loss), `"images"` (only what pictures cost) or
            `"texts"` (only what texts cost).

    Returns:
        A scalar, at least float32.

    Raises:
        ValueError: If the shapes differ or `directions` is unknown.

    Example:

    ```python
    vectors = keras.ops.eye(4)
    float(structured_hinge(vectors, 2.0 * vectors))  # 0.0
    float(structured_hinge(vectors, 0.0 * vectors))  # 1.5
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05395), with the factor of
        the authors' release.
    """
    check_choice("directions", directions, DIRECTIONS)
    image_vectors = ops.convert_to_tensor(image_vectors)
    text_vectors = ops.convert_to_tensor(text_vectors)
    shapes = tuple(image_vectors.shape), tuple(text_vectors.shape)
    if len(shapes[0]) != 2 or shapes[0] != shapes[1]:
        raise ValueError(
            f"`image_vectors` and `text_vectors` must have one shape (batch, dim). Received: "
            f"{shapes[0]} and {shapes[1]}. Bring both to one size, row for row."
        )
    dtype = keras.backend.result_type(image_vectors.dtype, text_vectors.dtype, "float32")
    scores = ops.matmul(
        ops.cast(image_vectors, dtype), ops.transpose(ops.cast(text_vectors, dtype))
    )
    batch = ops.shape(scores)[0]
    others = 1.0 - ops.eye(batch, dtype=dtype)
    right = ops.diagonal(scores)
    costs = []
    if directions != "texts":
        costs.append(ops.relu(scores - right[:, None] + margin))
    if directions != "images":
        costs.append(ops.relu(scores - right[None, :] + margin))
    return ops.sum(others * sum(costs)) / ops.cast(batch, dtype) ** 2
