"""What a batch holds beside pictures, found by a record's index inside `tf.data`."""

import numpy as np

from keras_stackgan.data import order
from keras_stackgan.data.embeddings import CaptionEmbeddings
from keras_stackgan.data.splits import class_names as names_of

IN_MEMORY_LIMIT = 2**28  # bytes


def embedding_lookup(records, embeddings, average_captions):
    """Makes the function that chooses a record's caption embedding.

    Args:
        records: list of `Record`.
        embeddings: `CaptionEmbeddings`, an array that it takes, or None.
        average_captions: int. How many different captions are averaged.

    Returns:
        A function of a record's index and two draws, or None where `embeddings` is None.

    Raises:
        ValueError: embeddings and records do not belong together.

    Example:

    ```python
    embed = embedding_lookup(records, embeddings, average_captions=1)
    embed(tf.constant(0, tf.int64), order.uniform_draws(0, tf.constant(5, tf.int64), 2))
    ```
    """
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


def label_numbers(records, labels, class_names, mismatched_images):
    """Numbers the labels of records.

    Args:
        records: list of `Record`.
        labels: bool. Whether the batches are to hold labels.
        class_names: list of str or int, or None. A label's number is its place in this list.
        mismatched_images: bool. Whether mismatches are chosen by label where all records have one.

    Returns:
        int32 tensor `(records,)`, or None where no numbers are needed.

    Raises:
        ValueError: a record has no label, or one that `class_names` does not hold.

    Example:

    ```python
    label_numbers(records, True, ["daisy", "tulip"], mismatched_images=False)
    ```
    """
    import tensorflow as tf

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
