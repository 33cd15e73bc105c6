"""The averaged generator's batch statistics: estimated again, and compared with a batch's own."""

import itertools

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.batch_normalization import BatchNormalization, penalty_scope
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models import box_checks, generation
from keras_stackgan.models.network_checks import stage_names


def recalibrate_batch_statistics(model, dataset, steps=100, seed=0):
    """Estimates the averaged generator's moving means and variances again, over many batches.

    While a model trains they are averages of the last steps' statistics, each of other weights.
    Here all belong to the weights that `generate` uses: each is the mean of what the layer measures
    on its own batch, over `steps` batches of conditions and new noise. Do it before the model is
    saved for others, and look at `compare_batch_statistics` before and after. A model without
    batch normalization stays as it is, and no batch is read.

    Args:
        model: `StackGANv1`, `StackGANv2` or another `AdversarialModel`. Of several stages all are
            estimated.
        dataset: batches as `fit` takes them. Only `embeddings` or `labels` are read, with
            `boxes` where the model takes them; for unconditional models the number of `images`.
            Batches as large as in training.
        steps: int >= 1. Batches.
        seed: int from 0 to 2**31 - 1. Of the noise.

    Raises:
        ValueError: If the data set ends before `steps` batches, the model does not train or a
            picture is not finite. The statistics are then as they were.

    Example:

    ```python
    recalibrate_batch_statistics(model, dataset, steps=200)
    ```

    Reference:
        [Wu & Johnson, 2021](https://arxiv.org/abs/2105.07576), section 3 ("PreciseBN"), with the
        mean of the batches' variances, which is what the moving variance stands for.
    """
    layers = [
        layer
        for layer in model.averaged_generator._flatten_layers(include_self=False)
        if isinstance(layer, BatchNormalization)
    ]
    if not layers:
        return
    variables = [v for layer in layers for v in (layer.moving_mean, layer.moving_variance)]
    before = [ops.convert_to_numpy(v) for v in variables]
    momenta = [layer.momentum for layer in layers]
    sums = [np.zeros(v.shape, "float64") for v in variables]
    try:
        for layer in layers:
            # A layer then holds the statistics of its last batch.
            layer.momentum = 0.0
        for inputs in _batches(model, dataset, steps, seed):
            images = model.averaged_generator(inputs, training=True)["images"]
            if not np.isfinite(ops.convert_to_numpy(images[-1])).all():
                raise ValueError(
                    "`model` must make finite pictures of `dataset`. Received: NaN or infinite "
                    "ones; look at its weights."
                )
            for total, variable in zip(sums, variables, strict=True):
                total += ops.convert_to_numpy(variable)
        results = [total / steps for total in sums]
    except BaseException:
        results = before
        raise
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        with model.distribute_strategy.scope():
            for variable, value in zip(variables, results, strict=True):
                variable.assign(value)


def compare_batch_statistics(model, dataset, steps=8, seed=0):
    """How far pictures with fixed statistics lie from those with their batch's own.

    `generate` uses the fixed ones, so that a picture does not depend on its neighbors; training
    used the batches'. Where the two lie many gray levels apart, `recalibrate_batch_statistics`
    brings them together; what remains is the noise of a batch's statistics.

    Args:
        model: See `recalibrate_batch_statistics`.
        dataset: See `recalibrate_batch_statistics`.
        steps: int >= 1. Batches.
        seed: int from 0 to 2**31 - 1. Of the noise.

    Returns:
        Dict from stage (as in the logs: `"64"`) to the mean absolute difference in gray levels, of
        255.

    Raises:
        ValueError: If the data set ends before `steps` batches or the model does not train.

    Example:

    ```python
    compare_batch_statistics(model, dataset)  # {"64": 3.1, "128": 4.0}
    ```
    """
    names = stage_names(model.output_sizes)
    totals = np.zeros(len(names))
    for inputs in _batches(model, dataset, steps, seed):
        fixed = model.averaged_generator(inputs, training=False)["images"]
        # Inside, the moving statistics are left alone.
        with penalty_scope():
            own = model.averaged_generator(inputs, training=True)["images"]
        totals += [_distance(a, b) for a, b in zip(fixed, own, strict=True)]
    return {name: float(total / steps) for name, total in zip(names, totals, strict=True)}


def _distance(first, second):
    first, second = (
        ops.convert_to_numpy(generation.to_uint8(images)).astype("int16")
        for images in (first, second)
    )
    return np.abs(first - second).mean()


def _batches(model, dataset, steps, seed):
    """The generator's inputs for so many batches, each with noise of its own."""
    steps = check_count("steps", steps)
    seed = np.int32(generation.check_seed(seed))
    if not model.averaged_generator.trainable:
        raise ValueError(
            "`model` must be one that trains: batch normalization of others has no statistics of "
            "a batch. Received: a model with trainable=False; load it with `trainable=True`."
        )
    seen = first = 0
    for batch in itertools.islice(dataset, steps):
        seen += 1
        rows, count = _conditions(model, batch)
        yield model.generation_inputs(rows, seed, np.int32(first), count, True)
        first += count
    if seen < steps:
        raise ValueError(
            f"`dataset` must have at least steps={steps} batches. Received: {seen}; use "
            "`dataset.repeat()` or fewer steps."
        )


def _conditions(model, batch):
    if isinstance(batch, (tuple, list)) and batch:
        batch = batch[0]
    key = "embeddings" if model.embedding_dim is not None else "images"
    if model.num_classes is not None:
        key = "labels"
    if not isinstance(batch, dict) or key not in batch:
        received = f"keys {sorted(batch)}" if isinstance(batch, dict) else type(batch).__name__
        raise ValueError(f"A batch of `dataset` must hold '{key}'. Received: {received}.")
    if key == "images":
        return None, len(keras.tree.flatten(batch[key])[0])
    rows = generation.condition_rows(
        model,
        None,
        embeddings=batch[key] if key == "embeddings" else None,
        labels=batch[key] if key == "labels" else None,
    )
    if model.takes_boxes:
        boxes = ops.convert_to_numpy(box_checks.check_batch(batch)["boxes"])
        rows = box_checks.joined(model, rows, boxes)
    return rows, len(rows)
