"""Records and embeddings as endless batches."""

import numpy as np

from keras_stackgan.data import order
from keras_stackgan.data.embeddings import CaptionEmbeddings
from keras_stackgan.data.pictures import PictureLoader, crop_and_flip
from keras_stackgan.data.splits import class_names as names_of

IN_MEMORY_LIMIT = 2**30  # bytes


def caption_dataset(
    records,
    embeddings=None,
    image_size=256,
    batch_size=16,
    *,
    seed=0,
    start_step=0,
    steps=None,
    mismatched_images=False,
    average_captions=1,
    labels=False,
    class_names=None,
    load_scale=76 / 64,
    random_crop=True,
    flip=True,
    use_boxes=True,
    shuffle=True,
    cache="auto",
    num_parallel_calls=None,
):
    """Makes a `tf.data.Dataset` of batches for training, endless and full.

    Which pictures, captions, crops and flips batch `k` holds is a function of `seed` and `k` alone.
    So `start_step=k` continues exactly where an interrupted run stopped, and the number of threads
    changes nothing. An epoch shows every picture once; a batch may span two epochs.

    Args:
        records: list of `Record`.
        embeddings: `CaptionEmbeddings`, float array `(records, dim)` or
            `(records, captions, dim)`, or None. Defaults to None: batches without embeddings.
        image_size: int. The pictures' side in pixels. Defaults to 256.
        batch_size: int. Defaults to 16.
        seed: int, at least 0. Defaults to 0.
        start_step: int, at least 0. The number of batches that were used already. Defaults to 0.
        steps: int or None. How many batches to give, counted from `start_step`. Defaults to None:
            without end, so `fit` needs `steps_per_epoch`.
        mismatched_images: bool. Whether to add pictures of other records. Where all records have
            a label, one of the same label is drawn again, once, as in the original.
        average_captions: int. How many different captions of a picture are averaged (StackGAN-v1
            used 4). Defaults to 1.
        labels: bool. Whether to add the labels as numbers. Defaults to False.
        class_names: list of str or int, or None. A label's number is its place in this list.
            Defaults to None: `class_names(records)`. Give it where some records (a split) may
            not hold every class.
        load_scale: float, at least 1. The picture's shorter side before the crop, in units of
            `image_size`. Defaults to 76/64.
        random_crop: bool. False crops the centre. Defaults to True.
        flip: bool. Whether half of the pictures are mirrored. Defaults to True.
        use_boxes: bool. Whether records with a box are cut to it first. Defaults to True.
        shuffle: bool. False keeps the records' order in every epoch. Defaults to True.
        cache: bool or `"auto"`. Whether decoded pictures are held in memory. Defaults to `"auto"`:
            where they need less than 1 GiB.
        num_parallel_calls: int or None. Threads. Defaults to None: TensorFlow chooses.

    Returns:
        A `tf.data.Dataset` of dicts: `"images"` uint8 `(B, S, S, 3)` and, as asked for,
        `"embeddings"` float32 `(B, dim)`, `"mismatched_images"` like `"images"`, `"labels"` int32
        `(B,)`.

    Raises:
        ValueError: an argument is out of its range, or records and embeddings do not belong
            together.

    Example:

    ```python
    records = read_records("my_birds")
    embeddings = embed_captions(records, encoder)
    dataset = caption_dataset(records, embeddings, image_size=64, batch_size=32)
    model.fit(dataset, epochs=100, steps_per_epoch=len(records) // 32)
    ```

    Reference: `TextDataset` of StackGAN-v2 (loading, crop, flip, choice of caption and mismatch).
    """
    import tensorflow as tf

    _check(records, image_size, batch_size, seed, start_step, steps, load_scale, cache)
    if mismatched_images and len(records) < 2:
        raise ValueError("`mismatched_images=True` needs at least 2 records. Received: 1")
    with tf.device("CPU:0"):
        load_size = int(image_size * load_scale)
        load = PictureLoader(records, load_size, use_boxes, cache, num_parallel_calls)
        embed = _embedding_lookup(records, embeddings, average_captions)
        label_ids = _label_ids(tf, records, labels, class_names, mismatched_images)

    def picture(index, draws):
        return crop_and_flip(load(index), image_size, draws, random_crop, flip)

    def sample(position):
        index = position % len(records)
        if shuffle:
            index = order.shuffled_index(seed, position, len(records))
        draws = order.uniform_draws(seed, position, 10)
        result = {"images": picture(index, draws[0:3])}
        if embed is not None:
            result["embeddings"] = embed(index, draws[3:5])
        if mismatched_images:
            other = order.other_index(draws[5], index, len(records))
            if label_ids is not None:
                again = order.other_index(draws[6], index, len(records))
                other = tf.where(label_ids[other] == label_ids[index], again, other)
            result["mismatched_images"] = picture(other, draws[7:10])
        if labels:
            result["labels"] = label_ids[index]
        return result

    calls = num_parallel_calls or tf.data.AUTOTUNE
    dataset = tf.data.Dataset.counter(start=start_step * batch_size)
    dataset = dataset.map(sample, num_parallel_calls=calls, deterministic=True)
    dataset = dataset.batch(batch_size, drop_remainder=True)
    if steps is not None:
        dataset = dataset.take(steps)
    # Several workers share each batch; there are no files here by which they could share.
    options = tf.data.Options()
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    return dataset.with_options(options).prefetch(2)


def _check(records, image_size, batch_size, seed, start_step, steps, load_scale, cache):
    if not records:
        raise ValueError("`records` must hold at least one record. Received an empty list")
    lowest = {"image_size": 1, "batch_size": 1, "seed": 0, "start_step": 0, "steps": 1}
    values = (image_size, batch_size, seed, start_step, 1 if steps is None else steps)
    for (name, low), value in zip(lowest.items(), values, strict=True):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < low:
            raise ValueError(f"`{name}` must be a whole number >= {low}. Received: {value!r}")
    if not 1 <= load_scale <= 8:
        raise ValueError(
            "`load_scale` must be between 1 (no room for random crops but along the longer side) "
            f"and 8. Received: {load_scale}"
        )
    if cache not in (True, False, "auto"):
        raise ValueError(f"`cache` must be True, False or 'auto'. Received: {cache!r}")


def _embedding_lookup(records, embeddings, average_captions):
    import tensorflow as tf

    if embeddings is None:
        return None
    if not isinstance(embeddings, CaptionEmbeddings):
        embeddings = CaptionEmbeddings(embeddings)
    if len(embeddings) != len(records):
        raise ValueError(
            f"`embeddings` must belong to `records`, one group of rows a record. Received "
            f"{len(embeddings)} groups for {len(records)} records. Make them with "
            "embed_captions(records, encoder)."
        )
    if (np.diff(embeddings.offsets) == 0).any():
        raise ValueError(
            "`embeddings` must hold at least one row a record. Record "
            f"{int(np.argmin(np.diff(embeddings.offsets)))} has none."
        )
    if not isinstance(average_captions, int) or average_captions < 1:
        raise ValueError(
            f"`average_captions` must be a whole number >= 1. Received: {average_captions!r}"
        )
    offsets = tf.constant(embeddings.offsets, tf.int64)
    rows_at = _rows(tf, embeddings.array)

    def lookup(index, draws):
        count = offsets[index + 1] - offsets[index]
        chosen = order.distinct_choices(draws, count, average_captions)
        rows = rows_at(offsets[index] + chosen)
        rows.set_shape((None, embeddings.dim))
        return tf.reduce_mean(rows, axis=0)

    return lookup


def _rows(tf, array):
    if array.nbytes < IN_MEMORY_LIMIT:
        table = tf.constant(np.asarray(array, dtype="float32"))
        return lambda rows: tf.gather(table, rows)
    # Left on disk: only the rows that are asked for are read.
    return lambda rows: tf.numpy_function(
        lambda wanted: np.asarray(array[wanted], dtype="float32"), [rows], tf.float32
    )


def _label_ids(tf, records, labels, class_names, mismatched_images):
    """Returns int32 labels, or None where none are needed or mismatches go by index."""
    complete = all(record.label is not None for record in records)
    if not labels and not (mismatched_images and complete):
        return None
    names = names_of(records) if class_names is None else list(class_names)
    numbers = {name: number for number, name in enumerate(names)}
    unknown = sorted({repr(record.label) for record in records if record.label not in numbers})
    if unknown:
        raise ValueError(
            f"`class_names` must hold the label of every record. It lacks: {', '.join(unknown[:8])}"
        )
    return tf.constant([numbers[record.label] for record in records], tf.int32)
