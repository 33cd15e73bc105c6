"""Records of any source, written as a data folder."""

import hashlib
import io
import json
import os
import shutil
import unicodedata
import uuid
from pathlib import Path, PurePosixPath

from PIL import Image

from keras_stackgan.data.captions_file import PICTURE_SUFFIXES, leads_outside
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

    The pictures' bytes are copied as they are. Below `pictures` they keep their names, by which
    `split_records` splits: what it made of a data folder stays when pictures are left out. Names
    that are taken, unsafe or without a picture's suffix become a hash. The folder appears whole or
    not at all.

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
            names = _Names()
            for number, record in enumerate(records):
                lines.write(json.dumps(_write(scratch, names, record), ensure_ascii=False) + "\n")
                if bar is not None and (number % 100 == 99 or number + 1 == len(records)):
                    bar.update(number + 1)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return read_records(folder, uncaptioned="keep")


def _write(folder, names, record):
    data = record.read()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            suffix = SUFFIXES[picture.format]
    except (OSError, KeyError) as error:
        raise ValueError(
            f"'{record.file}' must be a JPEG, PNG, WebP, GIF or BMP picture ({error}). Audit the "
            "data set, and leave out what is damaged."
        ) from error
    file = f"pictures/{names.give(record.file, suffix)}"
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    line = {"file": file, "captions": list(record.captions)}
    if record.label is not None:
        line["label"] = record.label
    if record.box is not None:
        line["box"] = list(record.box)
    return line


class _Names:
    """Names of pictures below one folder, each given once."""

    def __init__(self):
        self._files, self._folders = set(), set()

    def give(self, file, suffix):
        """The picture's own name where it will do, else a hash of it."""
        name = str(PurePosixPath(file)).removeprefix("pictures/")
        if _is_plain(name) and self._claim(name):
            return name
        count = 0
        while True:
            text = f"{count}\0{file}".encode("utf-8", "surrogatepass")
            digest = hashlib.sha256(text).hexdigest()
            # Over folders: some tools and file systems are slow with a million files in one.
            name = f"{digest[:3]}/{digest[3:23]}{suffix}"
            if self._claim(name):
                return name
            count += 1

    def _claim(self, name):
        # As systems see names that know no case and one form of each letter.
        path = PurePosixPath(unicodedata.normalize("NFC", name).casefold())
        file, folders = str(path), {str(parent) for parent in path.parents}
        if file in self._files or file in self._folders or folders & self._files:
            return False
        self._files.add(file)
        self._folders |= folders
        return True


def _is_plain(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.lower().endswith(PICTURE_SUFFIXES) and not leads_outside(name)
