"""The moving average of the generator: weights and batch statistics."""

from keras import ops


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
