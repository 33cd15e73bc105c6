"""Records and embeddings as endless batches."""

import numpy as np

from keras_stackgan.data.augmenter import Augmenter
from keras_stackgan.data.description import describe_data
from keras_stackgan.data.lookups import embedding_lookup, label_numbers
from keras_stackgan.data.pictures import PictureLoader
from keras_stackgan.data.preprocessing import PREPROCESSINGS, Preprocessing
from keras_stackgan.data.row_sampler import RowSampler


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
    preprocessing=None,
    load_scale=76 / 64,
    random_crop=True,
    flip=True,
    use_boxes=True,
    boxes=False,
    augmenter=None,
    shuffle=True,
    cache="auto",
    num_parallel_calls=None,
):
    """Makes a `tf.data.Dataset` of batches for training, endless and full.

    Which pictures, captions, crops, flips and augmentations batch `k` holds is a function of `seed`
    and `k` alone. So `start_step=k` continues exactly where an interrupted run stopped, and the
    number of threads changes nothing. An epoch shows every picture once; a batch may span two
    epochs.

    Args:
        records: list of `Record`.
        embeddings: `CaptionEmbeddings`, float array `(records, dim)` or
            `(records, captions, dim)`, or None. Defaults to None: batches without embeddings.
        image_size: int, or ints that rise. The pictures' side in pixels, or one a stage. Defaults
            to 256. With several the batches hold a tuple of pictures, one a stage, the smaller ones
            made as the published code makes them; with one the model averages areas.
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
        preprocessing: `"v2"`, `"v1_pytorch"`, `"v1_tensorflow"`, `"center"`, a `Preprocessing`, or
            None. How pictures are resized, cropped and flipped. Defaults to None: as `"v2"`, with
            `load_scale`, `random_crop` and `flip` as given.
        load_scale: float in [1, 8]. The picture's shorter side before the crop, in units of
            `image_size`. Defaults to 76/64.
        random_crop: bool. False crops the center. Defaults to True.
        flip: bool. Whether half of the pictures are mirrored. Defaults to True.
        use_boxes: bool. Whether records with a box are cut to it first. Defaults to True.
        boxes: bool. Whether to add the boxes, as they lie in the batch's pictures. Defaults to
            False. All records must have one.
        augmenter: Keras layer or None. Changes the pictures after crop and flip, e.g.
            `keras.layers.RandomColorJitter` or one of keras-cv. It sees one picture at a time, with
            values in [0, 255]; what it draws belongs to the seed and the picture's place, too.
        shuffle: bool. False keeps the records' order in every epoch. Defaults to True.
        cache: bool or `"auto"`. Whether decoded pictures are held in memory. Defaults to `"auto"`:
            where they need less than 1 GiB.
        num_parallel_calls: int or None. Threads. Defaults to None: TensorFlow chooses.

    Returns:
        A `tf.data.Dataset` of dicts: `"images"` uint8 `(B, S, S, 3)`, or a tuple of them, and, as
        asked for, `"embeddings"` float32 `(B, dim)`, `"mismatched_images"` like `"images"`,
        `"labels"` int32 `(B,)`, `"boxes"` float32 `(B, 4)`: left, top, width and height in units
        of the picture's side, as far as the crop shows them. An augmenter does not move them.

    Raises:
        TypeError: `augmenter` is no Keras layer.
        ValueError: an argument is out of its range, records and embeddings do not belong together,
            or a picture cannot be decoded (where they are cached).

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

    sizes = _checked_sizes(image_size)
    _check(records, batch_size, seed, start_step, steps, cache, mismatched_images)
    _check_boxes(records, boxes)
    preprocessing = _resolve(preprocessing, load_scale, random_crop, flip, sizes)
    # On the CPU by name: these tensors are captured by functions that run in tf.data.
    with tf.device("CPU:0"):
        sampler = RowSampler(
            count=len(records),
            seed=int(seed),
            sizes=sizes,
            preprocessing=preprocessing,
            load=PictureLoader(
                records, preprocessing, sizes[-1], use_boxes, cache, num_parallel_calls, boxes
            ),
            augment=None if augmenter is None else Augmenter(augmenter, sizes[-1], int(seed)),
            embed=embedding_lookup(records, embeddings, average_captions),
            label_ids=label_numbers(records, labels, class_names, mismatched_images),
            shuffle=shuffle,
            mismatched_images=mismatched_images,
            labels=labels,
            boxes=boxes,
        )
    dataset = _batches(sampler, batch_size, start_step, steps, num_parallel_calls)
    # For `TrainingState`, which refuses to go on with another data set.
    dataset.description = describe_data(
        records,
        embeddings,
        augmenter,
        start_step,
        image_size=sizes,
        batch_size=batch_size,
        seed=seed,
        mismatched_images=mismatched_images,
        average_captions=average_captions,
        labels=labels,
        class_names=class_names,
        preprocessing=preprocessing,
        use_boxes=use_boxes,
        shuffle=shuffle,
        # Left out where they are not asked for: descriptions of earlier runs have no such entry.
        **({"boxes": True} if boxes else {}),
    )
    return dataset


def _batches(sampler, batch_size, start_step, steps, num_parallel_calls):
    import tensorflow as tf

    calls = num_parallel_calls or tf.data.AUTOTUNE
    dataset = tf.data.Dataset.counter(start=start_step * batch_size)
    dataset = dataset.map(sampler.sample, num_parallel_calls=calls, deterministic=True)
    dataset = dataset.batch(batch_size, drop_remainder=True)
    if steps is not None:
        dataset = dataset.take(steps)
    # Several workers share each batch; there are no files here by which they could share.
    options = tf.data.Options()
    policy = tf.data.experimental.AutoShardPolicy.DATA
    options.experimental_distribute.auto_shard_policy = policy
    return dataset.with_options(options).prefetch(2)


# === Checks ===


def _check(records, batch_size, seed, start_step, steps, cache, mismatched_images):
    if not records:
        raise ValueError("`records` must hold at least one record. Received an empty list")
    lowest = {"batch_size": 1, "seed": 0, "start_step": 0, "steps": 1}
    values = (batch_size, seed, start_step, 1 if steps is None else steps)
    for (name, low), value in zip(lowest.items(), values, strict=True):
        _check_whole(name, low, value)
    if cache not in (True, False, "auto"):
        raise ValueError(f"`cache` must be True, False or 'auto'. Received: {cache!r}")
    if mismatched_images and len(records) < 2:
        raise ValueError("`mismatched_images=True` needs at least 2 records. Received: 1")


def _check_boxes(records, boxes):
    missing = [record.path for record in records if record.box is None] if boxes else []
    if missing:
        raise ValueError(
            f"`boxes=True` needs a box of every record. Received: {len(missing)} of {len(records)} "
            f"without, the first '{missing[0]}'; leave them out or write their 'box'."
        )


def _check_whole(name, low, value):
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < low:
        raise ValueError(f"`{name}` must be a whole number >= {low}. Received: {value!r}")


def _checked_sizes(image_size):
    sizes = tuple(image_size) if isinstance(image_size, list | tuple) else (image_size,)
    for size in sizes:
        _check_whole("image_size", 1, size)
    if not sizes or any(a > b for a, b in zip(sizes, sizes[1:], strict=False)):
        raise ValueError(
            f"`image_size` must be one size or several that rise. Received: {image_size!r}"
        )
    return tuple(int(size) for size in sizes)


def _resolve(preprocessing, load_scale, random_crop, flip, sizes):
    if preprocessing is None:
        return Preprocessing(load_scale=load_scale, random_crop=random_crop, flip=flip)
    if (load_scale, random_crop, flip) != (76 / 64, True, True):
        raise ValueError(
            "`load_scale`, `random_crop` and `flip` are parts of `preprocessing`. Received both; "
            "give them to dataclasses.replace(PREPROCESSINGS['v2'], ...)."
        )
    if isinstance(preprocessing, str):
        if preprocessing not in PREPROCESSINGS:
            raise ValueError(
                f"`preprocessing` must be one of {sorted(PREPROCESSINGS)}, a Preprocessing or "
                f"None. Received: {preprocessing!r}"
            )
        preprocessing = PREPROCESSINGS[preprocessing]
    if not isinstance(preprocessing, Preprocessing):
        raise ValueError(
            f"`preprocessing` must be one of {sorted(PREPROCESSINGS)}, a Preprocessing or None. "
            f"Received: {preprocessing!r}"
        )
    if preprocessing.smaller == "subsample" and any(sizes[-1] % size for size in sizes):
        raise ValueError(
            "`image_size` must hold divisors of the last size, for pictures that are subsampled. "
            f"Received: {sizes}"
        )
    return preprocessing
