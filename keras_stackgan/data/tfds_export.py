"""Data sets that TensorFlow Datasets has prepared, as data folders."""

import io
import json
import os
import shutil
import uuid
from pathlib import Path

from PIL import Image

from keras_stackgan.data.folder_export import SUFFIXES
from keras_stackgan.data.records import read_records
from keras_stackgan.data.sources import FOLDER

DESCRIPTION = "exported_from.json"
FEATURES = ("image", "captions", "label", "bbox")


def read_tfds(builder, split, folder):
    """Writes a data set of TensorFlow Datasets as a data folder, once, and reads it.

    The pictures' bytes are copied as they are. Captions (of `coco_captions`), labels and boxes (of
    `caltech_birds2011`, `oxford_flowers102`, `tf_flowers`, `lsun/bedroom`) come along. Nothing is
    downloaded: prepare the data set first, by `builder.download_and_prepare()`.

    Args:
        builder: builder of TensorFlow Datasets, or its name, such as `"tf_flowers"`.
        split: str, such as `"train"` or `"train[:90%]"`.
        folder: str or path. The data folder; is written where it is absent.

    Returns:
        A list of `Record`.

    Raises:
        FileExistsError: the folder holds something else, or another data set or split.
        FileNotFoundError: the data set is not prepared.
        ImportError: the package `tensorflow-datasets` is not installed and a name was given.

    Example:

    ```python
    records = read_tfds("tf_flowers", "train", "flowers_from_tfds")
    ```
    """
    builder = _builder(builder)
    folder = Path(folder).expanduser()
    description = {"builder": builder.info.full_name, "split": str(split)}
    if not folder.exists():
        _write(builder, split, folder, description)
    found = _description(folder)
    if found != description:
        raise FileExistsError(
            f"`folder` must be absent or hold {description}. '{folder}' holds "
            f"{found or 'something else'}; choose another name."
        )
    return read_records(folder, uncaptioned="keep")


def load(builder, split, folder, image_size=256, batch_size=16, **arguments):
    """Reads a data set of TensorFlow Datasets and makes batches of it.

    Args:
        builder: as in `read_tfds`.
        split: as in `read_tfds`.
        folder: as in `read_tfds`.
        image_size: int or ints. As in `caption_dataset`. Defaults to 256.
        batch_size: int. Defaults to 16.
        **arguments: further arguments of `Source.load`.

    Returns:
        A `tf.data.Dataset` of batches, as `caption_dataset` makes it.

    Example:

    ```python
    dataset = load("tf_flowers", "train", "flowers_from_tfds", image_size=64, labels=True)
    ```
    """
    read_tfds(builder, split, folder)
    arguments = {"options": {"uncaptioned": "keep"}, **arguments}
    return FOLDER.load(folder, "all", image_size, batch_size, **arguments)


def _builder(builder):
    if not isinstance(builder, str):
        return builder
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ImportError(
            "A data set's name needs the package tensorflow-datasets: pip install "
            "tensorflow-datasets"
        ) from error
    return tfds.builder(builder)


def _description(folder):
    try:
        return json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(builder, split, folder, description):
    scratch = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        (scratch / "pictures").mkdir(parents=True)
        with open(scratch / "captions.jsonl", "w", encoding="utf-8") as lines:
            for number, example in enumerate(_examples(builder, split)):
                line = _write_example(scratch, number, example, builder.info.features)
                lines.write(json.dumps(line) + "\n")
        (scratch / DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _examples(builder, split):
    import tensorflow_datasets as tfds

    # Only what is used, and the encoded pictures: decoded and encoded again they would be others.
    decoders = tfds.decode.PartialDecoding(
        {name: True for name in FEATURES if name in builder.info.features},
        decoders={"image": tfds.decode.SkipDecoding()},
    )
    try:
        dataset = builder.as_dataset(split=split, decoders=decoders, shuffle_files=False)
    except AssertionError as error:
        raise FileNotFoundError(
            f"'{builder.info.full_name}' is not prepared. Nothing is downloaded unless you ask for "
            f"it: call builder.download_and_prepare() first. ({error})"
        ) from error
    return dataset.as_numpy_iterator()


def _write_example(folder, number, example, features):
    data = example["image"]
    with Image.open(io.BytesIO(data)) as picture:
        suffix, size = SUFFIXES[picture.format], picture.size
    # A thousand a folder: some tools and file systems are slow with a million.
    file = f"pictures/{number // 1000:04d}/{number:07d}{suffix}"
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    line = {"file": file, "captions": []}
    if "captions" in example:
        texts = (text.decode("utf-8", errors="replace") for text in example["captions"]["text"])
        line["captions"] = [text.strip() for text in texts if text.strip()]
    if "label" in example:
        line["label"] = features["label"].int2str(int(example["label"]))
    if "bbox" in example:
        line["box"] = _pixels(example["bbox"], size)
    return line


def _pixels(box, size):
    """Turns (top, left, bottom, right), as shares of the picture, into x, y, width, height."""
    top, left, bottom, right = (float(value) for value in box)
    width, height = size
    return [left * width, top * height, (right - left) * width, (bottom - top) * height]
