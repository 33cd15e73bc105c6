"""Records of any source, written as a data folder."""

import io
import json
import os
import shutil
import uuid
from pathlib import Path

from PIL import Image

from keras_stackgan.data.progress import progress_bar
from keras_stackgan.data.records import read_records

SUFFIXES = {
    "JPEG": ".jpg",
    # Pillow's name for a phone's JPEG with a second picture behind it.
    "MPO": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "GIF": ".gif",
    "BMP": ".bmp",
}


def write_folder(records, folder, progress=True):
    """Writes records as a data folder: pictures, captions, labels and boxes.

    The pictures' bytes are copied as they are. The folder appears whole or not at all.

    Args:
        records: list of `Record`.
        folder: str or path. Must be absent.
        progress: bool. Whether to show a progress bar. Defaults to True.

    Returns:
        The list of `Record` that `read_records(folder, uncaptioned="keep")` gives.

    Raises:
        FileExistsError: the folder is there.
        ValueError: there are no records, or a picture is of no known kind.

    Example:

    ```python
    write_folder(read_cub("birds", "train"), "birds_train")
    ```
    """
    folder = Path(folder).expanduser()
    if folder.exists():
        raise FileExistsError(f"`folder` must be absent. '{folder}' is there; choose another name.")
    if not records:
        raise ValueError("`records` must hold at least one record. Received an empty list")
    bar = progress_bar(len(records), "picture") if progress and len(records) > 100 else None
    scratch = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        (scratch / "pictures").mkdir(parents=True)
        with open(scratch / "captions.jsonl", "w", encoding="utf-8") as lines:
            for number, record in enumerate(records):
                lines.write(json.dumps(_write(scratch, number, record), ensure_ascii=False) + "\n")
                if bar is not None and (number % 100 == 99 or number + 1 == len(records)):
                    bar.update(number + 1)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return read_records(folder, uncaptioned="keep")


def _write(folder, number, record):
    data = record.read()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            suffix = SUFFIXES[picture.format]
    except (OSError, KeyError) as error:
        raise ValueError(
            f"'{record.file}' must be a JPEG, PNG, WebP, GIF or BMP picture ({error}). Audit the "
            "data set, and leave out what is damaged."
        ) from error
    # A thousand a folder: some tools and file systems are slow with a million.
    file = f"pictures/{number // 1000:04d}/{number:07d}{suffix}"
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    line = {"file": file, "captions": list(record.captions)}
    if record.label is not None:
        line["label"] = record.label
    if record.box is not None:
        line["box"] = list(record.box)
    return line
