"""Caption embeddings, computed once and kept on disk."""

import hashlib
import json
import os
import uuid
from pathlib import Path

import numpy as np

from keras_stackgan.data.progress import progress_bar
from keras_stackgan.layers.utils import check_count

CACHE_FOLDER = ".caption_embeddings"


class CaptionEmbeddings:
    """The embeddings of all captions of a list of records.

    Args:
        array: float array `(num_captions, dim)`. The rows of the first record's captions, then of
            the second's, and so on. Also `(num_records, dim)` and `(num_records, captions, dim)`
            where `offsets` is None: one, or equally many, a record.
        offsets: int array `(num_records + 1,)` or None. Record `i` has the rows from `offsets[i]`
            to `offsets[i + 1]`.

    Raises:
        ValueError: the shapes do not fit together.

    Example:

    ```python
    embeddings = CaptionEmbeddings(np.zeros((5, 384), "float32"), offsets=[0, 2, 5])
    embeddings[1].shape  # (3, 384)
    ```
    """

    def __init__(self, array, offsets=None):
        if not hasattr(array, "ndim"):
            array = np.asarray(array)
        if offsets is None and array.ndim in (2, 3):
            per_record = 1 if array.ndim == 2 else array.shape[1]
            offsets = np.arange(len(array) + 1) * per_record
            array = array.reshape(-1, array.shape[-1])
        if array.ndim != 2 or offsets is None:
            raise ValueError(
                "`array` must have the shape (captions, dim), or without `offsets` (records, dim) "
                f"or (records, captions, dim). Received shape: {array.shape}"
            )
        offsets = np.asarray(offsets, dtype="int64")
        fits = offsets.ndim == 1 and len(offsets) > 0 and offsets[0] == 0
        if not fits or offsets[-1] != len(array) or (np.diff(offsets) < 0).any():
            raise ValueError(
                "`offsets` must rise from 0 to the number of rows of `array`, one entry a record "
                f"and one more. Received: {offsets[:4]}...{offsets[-1:]} for {len(array)} rows"
            )
        self.array = array
        self.offsets = offsets

    @property
    def dim(self):
        return self.array.shape[1]

    def __len__(self):
        return len(self.offsets) - 1

    def __getitem__(self, record):
        record = range(len(self))[record]
        return self.array[self.offsets[record] : self.offsets[record + 1]]

    def select(self, records):
        """Returns the embeddings of some of the records, copied into memory.

        Args:
            records: list of int. Their numbers, in the order wanted.
        """
        counts = [len(self[record]) for record in records]
        rows = np.concatenate([self[record] for record in records] or [self.array[:0]])
        return CaptionEmbeddings(rows, offsets=np.cumsum([0, *counts]))


def embed_captions(records, encoder, cache_dir=None, batch_size=256, progress=True):
    """Encodes all captions of some records, or finds them encoded on disk.

    The file belongs to the encoder's fingerprint and to the captions: another encoder or a changed
    caption gives another file, and a half-written one is found and written again. Equal captions
    are encoded once.

    Args:
        records: list of `Record`, each with at least one caption.
        encoder: callable. `encoder(list of str)` gives float `(N, dim)`; it has the attribute `dim`
            and the method `fingerprint()`, a text that differs for encoders that differ.
        cache_dir: str, path or None. Where the file is kept. Defaults to None: the folder
            `.caption_embeddings` beside the data.
        batch_size: int. Captions the encoder is given at a time. Defaults to 256.
        progress: bool. Whether to show a progress bar while encoding. Defaults to True.

    Returns:
        A `CaptionEmbeddings` whose array is float32 and memory-mapped, read only.

    Raises:
        ValueError: there are no records, a record has no caption, `batch_size` is below 1, or the
            encoder returns another shape than `(N, dim)` or numbers that are not finite.
        OSError: the folder of the cache cannot be written.

    Example:

    ```python
    records = read_records("my_birds")
    embeddings = embed_captions(records, encoder)
    dataset = caption_dataset(records, embeddings, image_size=64)
    ```
    """
    batch_size = check_count("batch_size", batch_size)
    captions, offsets = _all_captions(records)
    key = {
        "encoder": str(encoder.fingerprint()),
        "captions_sha256": _digest(captions),
        "shape": [len(captions), int(encoder.dim)],
    }
    folder = Path(cache_dir) if cache_dir is not None else records[0].root / CACHE_FOLDER
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:24]
    path = folder / f"{name}.npy"
    array = _open_cache(path, key)
    if array is None:
        _write_cache(path, key, captions, encoder, batch_size, progress)
        array = _open_cache(path, key)
    if array is None:
        raise OSError(f"The caption embeddings in '{path}' cannot be read back. Is the disk full?")
    return CaptionEmbeddings(array, offsets)


def _all_captions(records):
    if not records:
        raise ValueError("`records` must hold at least one record. Received an empty list")
    bare = [record.file for record in records if not record.captions]
    if bare:
        raise ValueError(
            f"Every record must have a caption to be embedded. {len(bare)} of {len(records)} have "
            f"none, e.g. '{bare[0]}'. Read them with uncaptioned='error' or 'skip'."
        )
    captions = [caption for record in records for caption in record.captions]
    offsets = np.cumsum([0] + [len(record.captions) for record in records])
    return captions, offsets


def _digest(captions):
    # JSON keeps the borders between captions: ["ab", "c"] and ["a", "bc"] must differ.
    return hashlib.sha256(json.dumps(captions, ensure_ascii=True).encode()).hexdigest()


def _description(path):
    return path.with_suffix(".json")


def _open_cache(path, key):
    """Returns the array, or None unless every sign says that the file is whole and right."""
    try:
        description = json.loads(_description(path).read_text(encoding="utf-8"))
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = array.shape == tuple(key["shape"]) and array.dtype == np.float32
    return array if whole and description == key else None


def _write_cache(path, key, captions, encoder, batch_size, progress):
    temporary = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A description left from before would vouch for the array that is about to be replaced.
        _description(path).unlink(missing_ok=True)
        array = np.lib.format.open_memmap(
            temporary, mode="w+", dtype="float32", shape=tuple(key["shape"])
        )
    except OSError as error:
        raise OSError(
            f"The caption embeddings cannot be kept in '{path.parent}' ({error.strerror}). Pass "
            "`cache_dir`, a folder that can be written."
        ) from error
    try:
        _encode(array, captions, encoder, batch_size, progress)
        array.flush()
        del array
        _replace(temporary, path)
        temporary.write_text(json.dumps(key, indent=1), encoding="utf-8")
        _replace(temporary, _description(path))
    finally:
        temporary.unlink(missing_ok=True)


def _replace(temporary, path):
    # The name must not reach the disk before the bytes do.
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _encode(array, captions, encoder, batch_size, progress):
    rows = {}
    for row, caption in enumerate(captions):
        rows.setdefault(caption, []).append(row)
    # Captions of like length share a batch: encoders pad to the longest.
    texts = sorted(rows, key=lambda text: (len(text), text))
    bar = progress_bar(len(texts), "caption") if progress and len(texts) > batch_size else None
    for start in range(0, len(texts), batch_size):
        chunk = texts[start : start + batch_size]
        vectors = np.asarray(encoder(chunk), dtype="float32")
        if vectors.shape != (len(chunk), array.shape[1]):
            raise ValueError(
                f"`encoder` must return the shape {(len(chunk), array.shape[1])} for {len(chunk)} "
                f"captions (its `dim` is {array.shape[1]}). Received shape: {vectors.shape}"
            )
        finite = np.isfinite(vectors).all(axis=1)
        if not finite.all():
            raise ValueError(
                "`encoder` must return finite numbers. It does not for the caption "
                f"{chunk[int(np.argmin(finite))]!r}"
            )
        for text, vector in zip(chunk, vectors, strict=True):
            array[rows[text]] = vector
        if bar is not None:
            bar.update(start + len(chunk))
