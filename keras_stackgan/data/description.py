"""What tells one data set from another, for runs that are resumed."""

import dataclasses
import hashlib

import numpy as np


def describe_data(records, embeddings, augmenter, start_step, **settings):
    """Describes a data set as JSON can hold it.

    Where the files lie does not count, nor what changes speed alone.

    Args:
        records: list of `Record`.
        embeddings: `CaptionEmbeddings`, array or `None`.
        augmenter: Keras layer or `None`.
        start_step: int.
        **settings: the arguments that change what batches hold.

    Returns:
        A dict; runs that go on from one another differ in its `start_step` alone.
    """
    import keras

    digest = hashlib.blake2b(digest_size=16)
    for record in records:
        digest.update(repr((record.file, record.captions, record.label, record.box)).encode())
    described = {
        "start_step": int(start_step),
        "count": len(records),
        "records": digest.hexdigest(),
    }
    described["embeddings"] = _hash_of(embeddings)
    described["augmenter"] = None
    if augmenter is not None:
        described["augmenter"] = _plain(keras.saving.serialize_keras_object(augmenter))
    return {**described, **{name: _plain(value) for name, value in settings.items()}}


def _hash_of(embeddings):
    if embeddings is None:
        return None
    array = np.asarray(getattr(embeddings, "array", embeddings))
    offsets = np.asarray(getattr(embeddings, "offsets", ()), "int64")
    digest = hashlib.blake2b(f"{array.dtype} {array.shape}".encode(), digest_size=16)
    digest.update(np.ascontiguousarray(offsets).data)
    # Row by row, as the array may be a file that is larger than the memory.
    for start in range(0, len(array), 4096):
        digest.update(np.ascontiguousarray(array[start : start + 4096]).data)
    return digest.hexdigest()


def _plain(value):
    if dataclasses.is_dataclass(value):
        value = dataclasses.asdict(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
