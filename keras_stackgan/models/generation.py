"""From sentences, embeddings or labels to pictures, on any backend."""

from collections.abc import Iterable

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_count
from keras_stackgan.models import counter_noise, folding
from keras_stackgan.models.lazy_tensorflow import tf


def generate(
    model,
    captions,
    num_images,
    seed,
    *,
    embeddings,
    labels,
    stages,
    batch_size,
    augmentation,
):
    """See `AdversarialModel.generate`."""
    num_images = check_count("num_images", num_images)
    condition = condition_rows(model, captions, embeddings, labels)
    arrays, total = {}, num_images
    if condition is not None:
        arrays = {"condition": np.repeat(condition, num_images, axis=0)}
        total = len(arrays["condition"])
    mode = "augmented" if augmentation else "mean"
    return _in_chunks(model, arrays, total, check_seed(seed), mode, stages, batch_size)


def generate_from(model, noise, condition, stages, batch_size):
    """See `AdversarialModel.generate_from`; `condition` is raw, `(n, dim)` or `None`."""
    arrays = _check_noise(model, noise)
    if condition is not None:
        arrays["condition"] = np.asarray(condition, "float32")
    counts = {name: len(array) for name, array in arrays.items()}
    total = max(counts.values())
    if set(counts.values()) - {1, total}:
        raise ValueError(
            "Each noise and the condition must have one row a picture, or one for all of them. "
            f"Received: rows {counts}."
        )
    arrays = {name: np.repeat(array, total // len(array), axis=0) for name, array in arrays.items()}
    return _in_chunks(model, arrays, total, 0, "given", stages, batch_size)


def call_inputs(model, inputs):
    """What `AdversarialModel.call` gives the generator: the condition is standardized or coded."""
    condition = None
    if model.conditional:
        condition = "embeddings" if model.num_classes is None else "labels"
    needed = ["noise"] if condition is None else ["noise", condition]
    if not isinstance(inputs, dict) or not set(needed) <= set(inputs):
        received = f"keys {sorted(inputs)}" if isinstance(inputs, dict) else type(inputs).__name__
        raise ValueError(
            f"A call of the model takes a dict with {needed}; `draw_noise` makes the noise. "
            f"Received: {received}. To draw without noise of your own use `generate`."
        )
    inputs = dict(inputs)
    if condition == "labels":
        inputs["embeddings"] = ops.one_hot(inputs.pop("labels"), model.num_classes)
    elif condition is not None:
        inputs["embeddings"] = model.standardize(inputs["embeddings"])
    return inputs


def draw_noise(model, num_images, seed):
    """See `AdversarialModel.draw_noise`."""
    count = check_count("num_images", num_images)
    width = model.embedding_dim if model.num_classes is None else model.num_classes
    rows = None if width is None else np.zeros((count, width), "float32")
    inputs = model.generation_inputs(rows, np.int32(check_seed(seed)), np.int32(0), count, True)
    # Copies: a caller changes them.
    return {
        name: np.array(ops.convert_to_numpy(value))
        for name, value in inputs.items()
        if name in _STREAMS
    }


def _check_noise(model, noise):
    widths = {name: array.shape[1] for name, array in draw_noise(model, 1, 0).items()}
    names = sorted(noise) if isinstance(noise, dict) else None
    if names is None or "noise" not in names or not set(names) <= set(widths):
        received = type(noise).__name__ if names is None else f"keys {names}"
        raise ValueError(
            f"`noise` must be a dict with 'noise' and at most the keys {sorted(widths)}; "
            f"`draw_noise` makes one. Received: {received}."
        )
    arrays = {name: np.asarray(ops.convert_to_numpy(x), "float32") for name, x in noise.items()}
    for name, array in arrays.items():
        if array.ndim != 2 or array.shape[1] != widths[name] or not len(array):
            raise ValueError(
                f"'{name}' must have shape (n, {widths[name]}) with n >= 1. "
                f"Received: shape {array.shape}."
            )
        if not np.isfinite(array).all():
            raise ValueError(f"'{name}' must be finite. Received: NaN or infinite entries.")
    return arrays


def check_seed(seed):
    """Returns a seed of `generate`, or raises a `ValueError`."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**31:
        raise ValueError(f"`seed` must be a whole number from 0 to 2**31 - 1. Received: {seed!r}.")
    return seed


def _in_chunks(model, arrays, total, seed, mode, stages, batch_size):
    """Makes `total` pictures, so many at a time; `arrays` have one row a picture."""
    num_stages, wanted = _stages(model, stages)
    # Powers of two, so that few functions are compiled, whatever numbers are asked for.
    chunk = min(check_count("batch_size", batch_size), 1 << (total - 1).bit_length())
    generator = folding.folded_generator(model)
    parts = []
    for first in range(0, total, chunk):
        missing = max(0, first + chunk - total)
        # Every chunk has one shape, so that the compiled function is traced once.
        rows = {
            name: np.pad(array[first : first + chunk], ((0, missing), (0, 0)), mode="edge")
            for name, array in arrays.items()
        }
        function = _function(model, generator, num_stages, mode, chunk, tuple(sorted(rows)), wanted)
        images = function(rows, np.int32(seed), np.int32(first))
        parts.append([ops.convert_to_numpy(image)[: total - first] for image in images])
    results = [np.concatenate(chunks) for chunks in zip(*parts, strict=True)]
    return results if stages == "all" else results[0]


def condition_rows(model, captions, embeddings, labels):
    """The raw condition as a float array `(n, dim)`, or `None` for an unconditional model."""
    given = [
        name
        for name, value in (("captions", captions), ("embeddings", embeddings), ("labels", labels))
        if value is not None
    ]
    accepted = ["captions", "embeddings"] if model.embedding_dim is not None else []
    if model.num_classes is not None:
        accepted = ["labels"]
    if len(given) != bool(accepted) or not set(given) <= set(accepted):
        rule = f"exactly one of {accepted}" if accepted else "no condition: it is unconditional"
        raise ValueError(f"`generate` of this model takes {rule}. Received: {given or 'none'}.")
    if labels is not None:
        labels = np.atleast_1d(ops.convert_to_numpy(labels))
        whole = labels.dtype.kind in "iu" and labels.ndim == 1 and len(labels) > 0
        if not whole or labels.min() < 0 or labels.max() >= model.num_classes:
            raise ValueError(
                f"`labels` must be whole numbers from 0 to {model.num_classes - 1}. "
                f"Received: {labels!r}."
            )
        return np.eye(model.num_classes, dtype="float32")[labels]
    if captions is not None:
        embeddings = _encode(model, captions)
    if embeddings is None:
        return None
    try:
        embeddings = np.asarray(ops.convert_to_numpy(embeddings), "float32")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`embeddings` must be a float array (n, embedding_dim={model.embedding_dim}). "
            f"Received: embeddings={embeddings!r}."
        ) from error
    if embeddings.ndim != 2 or embeddings.shape[1] != model.embedding_dim or not len(embeddings):
        raise ValueError(
            f"`embeddings` must have shape (n, embedding_dim={model.embedding_dim}) with n >= 1. "
            f"Received: shape {embeddings.shape}."
        )
    if not np.isfinite(embeddings).all():
        raise ValueError("`embeddings` must be finite. Received: NaN or infinite entries.")
    return embeddings


def _encode(model, captions):
    given = captions
    captions = [captions] if isinstance(captions, str) else captions
    captions = list(captions) if isinstance(captions, Iterable) else []
    if not captions or not all(isinstance(caption, str) for caption in captions):
        raise ValueError(
            f"`captions` must be a string or a list of strings. Received: captions={given!r}."
        )
    if model.text_encoder is None:
        raise ValueError(
            "`captions` need `model.text_encoder`, a callable from a list of strings to an array "
            f"(n, {model.embedding_dim}). Received: text_encoder=None; set it, or pass "
            "`embeddings=`."
        )
    embeddings = model.text_encoder(captions)
    if len(embeddings) != len(captions):
        raise ValueError(
            "`text_encoder` must return one row a caption. Received: "
            f"{len(embeddings)} rows for {len(captions)} captions."
        )
    return embeddings


def _stages(model, stages):
    """How many stages to compute, and which of the pictures made are wanted."""
    count = len(model.output_sizes)
    if stages == "all":
        return None, tuple(range(count))
    if stages == "last":
        return None, (count - 1,)
    whole = isinstance(stages, (int, np.integer)) and not isinstance(stages, bool)
    if whole and 1 <= stages <= count:
        # Where the last stage alone makes pictures, the stages before it are computed all the same.
        return None if stages == count else stages, (stages - 1,)
    raise ValueError(
        f"`stages` must be 'last', 'all' or a stage from 1 to {count}. Received: {stages!r}."
    )


def _function(model, generator, num_stages, mode, chunk, names, wanted):
    key = (num_stages, mode, chunk, names, wanted)
    if key not in model._generate_functions:

        def run(arrays, seed, first):
            arrays = dict(arrays)
            rows = arrays.pop("condition", None)
            inputs = model.generation_inputs(rows, seed, first, chunk, mode == "augmented")
            # What is left of the arrays is noise that was given.
            inputs.update(arrays)
            outputs = generator(inputs, training=False, num_stages=num_stages)
            # Only what is returned is computed: no heads of stages that nobody wants.
            return [to_uint8(outputs["images"][k]) for k in wanted]

        if keras.backend.backend() == "tensorflow":
            run = tf.function(run, reduce_retracing=True)
        model._generate_functions[key] = run
    return model._generate_functions[key]


def to_uint8(images):
    """Brings pictures in [-1, 1] to the nearest of 256 gray levels."""
    scaled = ops.round((ops.cast(images, "float32") + 1.0) * 127.5)
    return ops.cast(ops.clip(scaled, 0.0, 255.0), "uint8")


_STREAMS = {"noise": 0, "augmentation_noise": 1, "stage2_augmentation_noise": 2}


def noise(seed, first, count, dim, name, truncated=False):
    """The noise called `name` of pictures `first` to `first + count - 1`, `(count, dim)`."""
    return counter_noise.normal(seed, first, count, dim, _STREAMS[name], truncated=truncated)


def uniform_noise(seed, first, count, dim, name):
    """The same, uniform between -1 and 1."""
    return counter_noise.uniform(seed, first, count, dim, _STREAMS[name])
