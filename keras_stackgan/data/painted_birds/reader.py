"""Reading painted birds: records of a split, and what is known of every picture."""

import dataclasses
import json
from pathlib import Path

import numpy as np

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES
from keras_stackgan.data.painted_birds.writer import ATTRIBUTES_FILE, TEST_CLASSES_FILE
from keras_stackgan.data.records import read_records
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import check_split

LAYOUT = """FOLDER as write_painted_birds(FOLDER) makes it: nothing is downloaded
    FOLDER/pictures/001.*/*.jpg, captions.jsonl, attributes.jsonl, testclasses.txt"""


def read_painted_birds(root, split="train", strict=True, boxes=False):
    """Reads the records of a folder of painted birds.

    Unlike `read_records`, it leaves the boxes out: `caption_dataset` cuts pictures to their boxes,
    and a small bird would then look as large as any.

    Args:
        root: str or path. The folder.
        split: `"train"` (150 species), `"test"` (the other 50) or `"all"`.
        strict: bool. Whether missing pictures are an error. Defaults to True.
        boxes: bool. Whether the records have their boxes. Defaults to False.

    Returns:
        A list of `Record`, in the order of `captions.jsonl`.

    Raises:
        FileNotFoundError: files are absent.
        ValueError: a file is malformed, or the split has no picture here.

    Example:

    ```python
    write_painted_birds("birds", count=200, size=64)
    records = read_painted_birds("birds", "test")
    ```
    """
    check_split(split, ("train", "test", "all"))
    root = Path(root).expanduser()
    records = read_records(root, missing="error" if strict else "keep")
    if not boxes:
        records = [dataclasses.replace(record, box=None) for record in records]
    if split == "all":
        return records
    path = root / TEST_CLASSES_FILE
    if not path.is_file():
        raise FileNotFoundError(f"'{path}' is missing. {PAINTED_BIRDS.how_to_get()}")
    test = set(path.read_text(encoding="utf-8").split())
    found = [record for record in records if (record.label in test) == (split == "test")]
    if not found:
        raise ValueError(
            f"'{root}' holds no picture of the {split} split: it was written as another split, or "
            "with a small `count`. Write it again, or read split='all'."
        )
    return found


def read_bird_attributes(folder, records=None):
    """Reads what every picture shows and what every caption states.

    Args:
        folder: str or path. A folder of painted birds.
        records: list of `Record` or None. Whose attributes, in their order. Defaults to None: those
            of `read_records(folder)`.

    Returns:
        `(numbers, mentioned)`: int32 `(pictures, attributes)`, the places of the values in
        `ATTRIBUTES`, and bool `(pictures, captions, attributes)`.

    Raises:
        FileNotFoundError: there is no `attributes.jsonl`.
        ValueError: a line is malformed, or a record has none.

    Example:

    ```python
    write_painted_birds("birds", count=200, size=64)
    records = read_painted_birds("birds", "test")
    numbers, mentioned = read_bird_attributes("birds", records)
    numbers.shape, mentioned.shape  # (50, 17), (50, 10, 17)
    ```
    """
    path = Path(folder).expanduser() / ATTRIBUTES_FILE
    if not path.is_file():
        raise FileNotFoundError(f"'{path}' is missing. {PAINTED_BIRDS.how_to_get()}")
    records = read_records(folder) if records is None else records
    known = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            value = json.loads(line)
            known[value["file"]] = _encode(value)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}, line {number}: it must give the attributes of a picture ({error!r}). "
                "Write the folder again."
            ) from None
    absent = [record.file for record in records if record.file not in known]
    if absent:
        raise ValueError(
            f"{path} has no line for {len(absent)} of {len(records)} pictures, e.g. "
            f"'{absent[0]}'. Write the folder again."
        )
    numbers, mentioned = zip(*(known[record.file] for record in records), strict=True)
    return np.array(numbers, "int32"), np.array(mentioned, bool)


def _encode(value):
    attributes = value["attributes"]
    numbers = [values.index(attributes[name]) for name, values in ATTRIBUTES.items()]
    mentioned = [[name in names for name in ATTRIBUTES] for names in value["mentioned"]]
    return numbers, mentioned


PAINTED_BIRDS = Source(
    name="painted_birds",
    title="Painted birds with ten captions a picture",
    reader=read_painted_birds,
    license="CC0 1.0, public domain",
    layout=LAYOUT,
    captioned=True,
    class_disjoint=True,
)

load = PAINTED_BIRDS.load
