"""The moving average of the generator: weights and batch statistics."""

import numbers

import keras
from keras import ops


def check_decay(decay):
    """Raises a `ValueError` unless the decay is at least 0 and below 1."""
    if not isinstance(decay, numbers.Real) or not 0 <= decay < 1:
        raise ValueError(
            "`ema_decay` must be at least 0 (no averaging) and below 1. "
            f"Received: ema_decay={decay!r}."
        )


class Decay:
    """The average's decay as a variable, so that it can change under a step that was traced.

    It belongs to `compile`, as the other settings do, so Keras must not find and save it as a
    weight: hence an object of its own around it. In float64, since `1 - decay` is what counts.

    Args:
        value: float in [0, 1). The decay at first.
    """

    def __init__(self, value):
        self.variable = keras.Variable(value, dtype="float64", trainable=False, name="ema_decay")


def copy_weights(source, target):
    """Sets every weight of one network to that of its twin."""
    for weight, value in zip(target.weights, source.weights, strict=True):
        weight.assign(value)


def decay_at(step, decay, warmup):
    """The average's decay at a step; with warm-up the first steps count more.

    Args:
        step: scalar tensor. Updates done so far.
        decay: float in [0, 1). Share of the average that is kept.
        warmup: bool. Whether the decay is at most `(1 + step) / (10 + step)`.

    Returns:
        A float or a scalar tensor.
    """
    if not warmup:
        return decay
    step = ops.cast(step, "float32")
    return ops.minimum(decay, (1.0 + step) / (10.0 + step))


def update_average(average, live, decay):
    """Moves every weight and statistic of `average` towards its twin in `live`.

    The originals average weights only and pair them with the live statistics, which belong to
    other weights; here both are averaged alike.
    """
    for target, source in zip(average.weights, live.weights, strict=True):
        share = ops.cast(1.0 - decay, target.dtype)
        target.assign(target + (source - target) * share)
