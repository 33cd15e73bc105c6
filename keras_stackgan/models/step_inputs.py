"""From a batch to what the step needs: checks, picture sizes, condition, noise."""

from keras_stackgan.models.lazy_tensorflow import tf

DRAWS = {"noise": 0, "augmentation_noise": 1, "stage2_augmentation_noise": 2, "mix": 3}
DRAWS.update({"real_augmentation": 4, "fake_augmentation": 5})


def check_batch(batch, image_size, embedding_dim=None, num_classes=None):
    """Raises a `ValueError` that names the key, the rule and what was received.

    Args:
        batch: what the data set yielded: a dict, or a tuple that holds one and, as Keras makes it,
            perhaps `None`.
        image_size: int. Side of the largest picture in pixels.
        embedding_dim: int or `None`. Needed size of `embeddings`.
        num_classes: int or `None`. If set, `labels` are needed instead.

    Returns:
        The dict.
    """
    if isinstance(batch, (tuple, list)) and batch:
        batch, *rest = batch
        if any(part is not None for part in rest):
            raise ValueError(
                "A batch must be one dict: targets and sample weights have no place in these "
                f"losses. Received: a tuple of {1 + len(rest)}; yield the dict alone."
            )
    if not isinstance(batch, dict):
        raise ValueError(
            "A batch must be a dict such as {'images': ..., 'embeddings': ...}. "
            f"Received: {type(batch).__name__}."
        )
    needed = ["images"]
    if num_classes is not None:
        needed.append("labels")
    elif embedding_dim is not None:
        needed.append("embeddings")
    for key in needed:
        if key not in batch:
            raise ValueError(
                f"The batch has no '{key}', which this model needs. "
                f"Received: keys {sorted(batch)}; yield them from the data set."
            )
    _check_images("images", batch["images"], image_size)
    if "mismatched_images" in batch:
        _check_images("mismatched_images", batch["mismatched_images"], image_size)
    if "embeddings" in needed:
        shape = batch["embeddings"].shape
        if len(shape) != 2 or shape[-1] != embedding_dim:
            raise ValueError(
                f"'embeddings' must have shape (batch, embedding_dim={embedding_dim}). "
                f"Received: shape {tuple(shape)}; is this the encoder the model was made for?"
            )
    if "labels" in needed:
        labels = tf.convert_to_tensor(batch["labels"])
        if len(labels.shape) != 1 or not labels.dtype.is_integer:
            raise ValueError(
                "'labels' must have shape (batch,) with class numbers, which are integers. "
                f"Received: shape {tuple(labels.shape)}, dtype {labels.dtype.name}."
            )
    _check_rows({key: batch[key] for key in (*needed, "mismatched_images") if key in batch})
    return batch


def _check_rows(parts):
    rows = {key: tf.nest.flatten(part)[0].shape[0] for key, part in parts.items()}
    if len({number for number in rows.values() if number is not None}) > 1:
        raise ValueError(
            f"All parts of a batch must have one row a picture. Received: {rows} rows."
        )


def _check_images(key, images, image_size):
    if isinstance(images, (list, tuple)) and not images:
        raise ValueError(f"A list of '{key}' must hold one tensor a stage. Received: none.")
    image = images[-1] if isinstance(images, (list, tuple)) else images
    shape = tuple(image.shape)
    square = len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3
    if not square or not shape[1] or shape[1] % image_size:
        raise ValueError(
            f"'{key}' must have shape (batch, {image_size}, {image_size}, 3), or a multiple of "
            f"that height and width. Received: shape {shape}; resize the pictures or choose other "
            "`image_sizes`."
        )
    if shape[0] == 0:
        raise ValueError(f"'{key}' must hold at least one picture. Received: an empty batch.")


def to_float_images(images, key, dtype):
    """Brings uint8 pictures to [-1, 1] and checks floats to lie there already."""
    if images.dtype == tf.uint8:
        return tf.cast(images, dtype) / 127.5 - 1.0
    kind = tf.as_dtype(images.dtype)
    if not kind.is_floating:
        raise ValueError(
            f"'{key}' must be uint8, or floats in [-1, 1]. Received: dtype {kind.name}; cast them "
            "to uint8."
        )
    images = tf.cast(images, dtype)
    # A comparison is false for NaN, so one bound catches both mistakes.
    largest = tf.reduce_max(tf.abs(images))
    check = tf.debugging.Assert(
        largest <= 1.001,
        [f"'{key}' given as floats must be finite and lie in [-1, 1]; largest value:", largest],
    )
    with tf.control_dependencies([check]):
        return tf.identity(images)


def check_noise(name, noise, shape, number):
    """Raises a `ValueError` unless a batch's own noise has the shape of what would be drawn.

    Args:
        name: str. The key in the batch.
        noise: tensor, `shape` or `(rows, draws, dim)`.
        shape: `(rows, dim)`; the rows may be a tensor.
        number: int. Which of the draws is to be taken.
    """
    rows, dim = shape
    found = noise.shape
    same_rows = tf.is_tensor(rows) or found.rank == 0 or found[0] in (rows, None)
    draws = found[1] if found.rank == 3 else None
    if found.rank not in (2, 3) or found[-1] != dim or not same_rows:
        raise ValueError(
            f"'{name}' in a batch must have shape (rows, {dim}) with a row a picture, or (rows, "
            f"draws, {dim}). Received: shape {tuple(found)} for {rows} pictures."
        )
    if draws is not None and number >= draws:
        raise ValueError(
            f"'{name}' in a batch must hold a draw for each time that a step draws. Received: "
            f"{draws} draws, shape {tuple(found)}; draw {number + 1} is needed."
        )


def check_labels(labels, num_classes):
    """An assertion that class numbers lie in their range: `one_hot` makes zeros of others."""
    labels = tf.convert_to_tensor(labels)
    inside = tf.reduce_all((labels >= 0) & (labels < num_classes))
    rule = f"'labels' must lie from 0 to num_classes - 1 = {num_classes - 1}. Received:"
    return tf.debugging.Assert(inside, [rule, labels])


def picture_sizes(images, sizes, key, dtype):
    """Makes one picture a size by averaging areas; a list, one a size, is used as given."""
    if isinstance(images, (list, tuple)):
        sides = tuple(image.shape[1] for image in images)
        if sides != tuple(sizes):
            raise ValueError(
                f"A list of '{key}' must hold one tensor for each of the sizes {tuple(sizes)}. "
                f"Received: pictures of {sides}."
            )
        return [to_float_images(image, key, dtype) for image in images]
    largest = to_float_images(images, key, dtype)
    return [shrink(largest, largest.shape[1] // size) for size in sizes]


def shrink(images, factor):
    """Averages blocks of `factor` by `factor` pixels."""
    if factor == 1:
        return images
    return tf.nn.avg_pool2d(images, factor, factor, "VALID")


def draw(name, shape, seed, step, number, dtype, kind="normal"):
    """Noise as a function of seed, step, replica and purpose.

    It is drawn outside of compiled functions: inside XLA the same seed gives other numbers.

    Args:
        name: key of `DRAWS`: the purpose.
        shape: shape of the noise.
        seed: int. The run's seed.
        step: scalar integer tensor. Batches seen so far.
        number: int. Tells draws of one purpose in one step apart.
        dtype: float dtype.
        kind: `"normal"`, `"truncated_normal"` (cut at 2) or `"uniform"`.

    Returns:
        A tensor.
    """
    context = tf.distribute.get_replica_context()
    replica = 0 if context is None else context.replica_id_in_sync_group
    state = tf.constant([seed, DRAWS[name] + len(DRAWS) * number], "int64")
    for value in (step, replica):
        state = tf.random.fold_in(state, tf.cast(value, "int64"))
    function = {
        "normal": tf.random.stateless_normal,
        "truncated_normal": tf.random.stateless_truncated_normal,
        "uniform": tf.random.stateless_uniform,
    }[kind]
    return tf.cast(function(shape, seed=state, dtype="float32"), dtype)


def num_rows(batch):
    """Number of rows of a batch, static where it is known."""
    image = tf.nest.flatten(batch["images"])[0]
    return image.shape[0] or tf.shape(image)[0]


def tied(inputs):
    """Makes all inputs wait for the pictures' check, so that a bad batch changes nothing at all."""
    with tf.control_dependencies(tf.nest.flatten(inputs["images"])):
        return tf.nest.map_structure(tf.identity, inputs)
