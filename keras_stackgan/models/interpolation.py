"""Pictures on the way from one caption, or one noise, to another."""

import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.models import box_checks, generation


def interpolate_captions(
    model, first, second, steps=8, seed=0, *, boxes=None, stages="last", batch_size=16
):
    """Makes pictures of conditions between two, with one noise for all.

    The embeddings are mixed along a straight line, as in the papers' figures. Smooth changes of
    what the captions say, with all else at rest, speak against a generator that has learned its
    training captions by heart.

    Args:
        model: an `AdversarialModel` with a condition.
        first: str, int or float array `(embedding_dim,)`: a caption, a label or an embedding.
        second: the same, for the last picture.
        steps: int >= 2. Pictures, both ends included.
        seed: int from 0 to 2**31 - 1. Of the noise.
        boxes: float array `(4,)` or `(2, 4)`, for models that take them: one box for all pictures,
            or the first and the last one's, between which it moves.
        stages: See `AdversarialModel.generate`.
        batch_size: int. Pictures made at a time.

    Returns:
        uint8 array `(steps, size, size, 3)`, or a list of such arrays for `stages="all"`.

    Raises:
        ValueError: If `steps` is below 2, or an end or box is not what the model takes.

    Example:

    ```python
    pictures = interpolate_captions(model, "a red rose", "a yellow rose", steps=8)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), figure 9.
    """
    steps = check_count("steps", steps, minimum=2)
    start, end = _ends(boxes)
    rows = linear(_condition(model, first, start), _condition(model, second, end), steps)
    noise = generation.draw_noise(model, 1, seed)
    return generation.generate_from(model, noise, rows, stages, batch_size)


def interpolate_noise(
    model, condition=None, steps=8, seeds=(0, 1), *, boxes=None, stages="last", batch_size=16
):
    """Makes pictures of one condition from one noise to another.

    Normal noise is turned along the sphere that its draws lie near to: on a straight line the
    middle would be shorter than any noise that the generator was trained on. Uniform noise, as
    DCGAN's, goes straight: on the sphere it would leave the cube that it is drawn from.

    Args:
        model: an `AdversarialModel`.
        condition: str, int or float array `(embedding_dim,)`: a caption, a label or an embedding;
            `None` for unconditional models.
        steps: int >= 2. Pictures, both ends included.
        seeds: two ints from 0 to 2**31 - 1. Of the first and the last picture's noise.
        boxes: float array `(4,)` or `(2, 4)`, for models that take them: one box for all pictures,
            or the first and the last one's, between which it moves.
        stages: See `AdversarialModel.generate`.
        batch_size: int. Pictures made at a time.

    Returns:
        uint8 array `(steps, size, size, 3)`, or a list of such arrays for `stages="all"`.

    Raises:
        ValueError: If `steps` is below 2, or the condition or box is not what the model takes.

    Example:

    ```python
    pictures = interpolate_noise(model, "a red rose", steps=8, seeds=(3, 4))
    ```

    Reference:
        [White, 2016](https://arxiv.org/abs/1609.04468), section 2.1.
    """
    steps = check_count("steps", steps, minimum=2)
    seeds = check_seeds(seeds)
    start, end = _ends(boxes)
    rows = _condition(model, condition, start)
    if start is not end:
        rows = linear(rows, _condition(model, condition, end), steps)
    first, second = (generation.draw_noise(model, 1, seed) for seed in seeds)
    way = linear if model.noise_distribution == "uniform" else spherical
    noise = {name: way(first[name][0], second[name][0], steps) for name in first}
    return generation.generate_from(model, noise, rows, stages, batch_size)


def check_ends(model, first, second, boxes):
    """Raises a `ValueError` unless a model can draw both conditions in these boxes."""
    for value, box in zip((first, second), _ends(boxes), strict=True):
        _condition(model, value, box)


def check_seeds(seeds):
    """Returns two seeds as a tuple, or raises a `ValueError`."""
    if np.shape(seeds) != (2,):
        raise ValueError(f"`seeds` must be two whole numbers. Received: seeds={seeds!r}.")
    return tuple(generation.check_seed(seed) for seed in seeds)


def linear(first, second, steps):
    """Points on the straight line between two vectors: `(steps, dim)`, both ends included."""
    share = np.linspace(0.0, 1.0, steps)[:, None]
    return ((1.0 - share) * first + share * second).astype("float32")


def spherical(first, second, steps):
    """Points on the great circle between two vectors: `(steps, dim)`, both ends included."""
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    angle = np.arccos(np.clip(np.dot(first, second) / max(lengths, 1e-12), -1.0, 1.0))
    if lengths < 1e-12 or np.sin(angle) < 1e-4:
        # Parallel, where the circle is a line, or opposite or zero, where it is any.
        return linear(first, second, steps)
    share = np.linspace(0.0, 1.0, steps)[:, None]
    mixed = np.sin((1.0 - share) * angle) * first + np.sin(share * angle) * second
    return (mixed / np.sin(angle)).astype("float32")


def _ends(boxes):
    """The boxes of the first and the last picture."""
    if boxes is None or np.ndim(boxes) == 1:
        return boxes, boxes
    if np.ndim(boxes) != 2 or len(boxes) != 2:
        raise ValueError(
            "`boxes` must have shape (4,), one box for all pictures, or (2, 4), one for each end. "
            f"Received: shape {np.shape(boxes)}."
        )
    return boxes[0], boxes[1]


def _condition(model, value, box):
    """One raw condition `(1, dim)` of a caption, a label or an embedding, with its box."""
    kinds = {"captions": None, "embeddings": None, "labels": None}
    if isinstance(value, str):
        kinds["captions"] = value
    elif isinstance(value, (int, np.integer)):
        kinds["labels"] = value
    elif value is not None:
        try:
            kinds["embeddings"] = np.atleast_2d(np.asarray(value, "float32"))
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"An end must be one caption, one label or one embedding. Received: {value!r}."
            ) from error
    rows = generation.condition_rows(model, **kinds)
    if rows is not None and len(rows) != 1:
        raise ValueError(f"An end must be one condition. Received: {len(rows)} rows.")
    return box_checks.joined(model, rows, box)
