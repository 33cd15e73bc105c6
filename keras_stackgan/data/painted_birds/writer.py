"""Writing the painted birds as a data folder: pictures, captions, boxes, attributes, split."""

import importlib.metadata
import json
import os
from pathlib import Path

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES
from keras_stackgan.data.painted_birds.captions import make_captions
from keras_stackgan.data.painted_birds.folder_texts import LICENSE, README
from keras_stackgan.data.painted_birds.individual import individual, species_of
from keras_stackgan.data.painted_birds.painting import paint_pictures
from keras_stackgan.data.painted_birds.species import all_species
from keras_stackgan.data.painted_birds.worker import picture_file
from keras_stackgan.data.progress import progress_bar
from keras_stackgan.data.records import read_records

# Raised whenever the same settings give other pictures or captions.
VERSION = 1

SETTINGS_FILE = "painted_birds.json"
ATTRIBUTES_FILE = "attributes.jsonl"
TEST_CLASSES_FILE = "testclasses.txt"
BOXES_FILE = ".boxes.jsonl"


def write_painted_birds(
    folder,
    count=11788,
    seed=0,
    size=256,
    split="all",
    hybrids=0.0,
    workers=None,
    progress=True,
):
    """Paints birds and writes them with captions, boxes and attributes as a data folder.

    The folder is one that `read_records` reads. Bird `i` is the same however many are painted and
    by however many processes. Calling again after an interruption goes on: pictures that are there
    are kept, and `captions.jsonl` comes last.

    Args:
        folder: str or path. Must be absent or empty, or begun with the same settings.
        count: int, at least 1. The birds of the whole set, before the split. Defaults to 11788, the
            size of CUB-200-2011.
        seed: int. Another seed gives other birds of the same species. Defaults to 0.
        size: int, at least 16. The pictures' side in pixels. Defaults to 256.
        split: `"all"`, `"train"` or `"test"`. Which species to write: all 200, the 150 for training
            or the 50 for testing. Defaults to `"all"`.
        hybrids: float in [0, 1]. Share of the training species' birds that take each attribute from
            a species of its own, so that models see more combinations than 150; the label is that
            of the species whose turn it is. Defaults to 0.
        workers: int or None. Processes that paint. Defaults to None: one for each core.
        progress: bool. Whether to show a progress bar. Defaults to True.

    Returns:
        The list of `Record` that `read_records(folder)` gives, with boxes. For training read them
        with `read_painted_birds`, or pass `use_boxes=False` to `caption_dataset`: cut to its box, a
        small bird looks as large as any.

    Raises:
        ValueError: an argument is out of its range, or the split has no bird.
        FileExistsError: the folder holds something else, or birds of other settings.
        ImportError: skia-python is not installed.

    Example:

    ```python
    records = write_painted_birds("birds", count=200, size=64)
    records[0].captions[0]
    ```
    """
    workers = _cores() if workers is None else workers
    settings = _check(count, seed, size, split, hybrids, workers)
    folder = Path(folder).expanduser()
    indices = [i for i in range(count) if split in ("all", species_of(i).split)]
    if not indices:
        raise ValueError(
            f"The first {count} birds hold none of the {split} split. Raise `count` to 4 or more."
        )
    _open_folder(folder, settings)
    boxes = _read_boxes(folder, set(indices))
    left = [index for index in indices if index not in boxes]
    # Of what is left only, so that rate and time left are true when a run goes on.
    bar = progress_bar(len(left), "picture") if progress and left else None
    with open(folder / BOXES_FILE, "a", encoding="utf-8") as journal:
        painted = paint_pictures(folder, left, seed, size, workers, hybrids)
        for done, (index, box) in enumerate(painted, start=1):
            boxes[index] = box
            # One write a line: a kill leaves at most the last line torn.
            journal.write(json.dumps({"index": index, "box": box}) + "\n")
            journal.flush()
            if bar is not None:
                bar.update(done)
    _write_texts(folder, indices, boxes, settings)
    return read_records(folder)


def _cores():
    # macOS and Windows do not say which cores are this process's.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check(count, seed, size, split, hybrids, workers):
    for name, value, least in (("count", count, 1), ("size", size, 16), ("workers", workers, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"`{name}` must be an int >= {least}. Received: {value!r}")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ValueError(f"`seed` must be an int. Received: {seed!r}")
    if split not in ("all", "train", "test"):
        raise ValueError(f"`split` must be all, train or test. Received: {split!r}")
    if isinstance(hybrids, bool) or not (isinstance(hybrids, (int, float)) and 0 <= hybrids <= 1):
        raise ValueError(f"`hybrids` must be a number from 0 to 1. Received: {hybrids!r}")
    return {
        "version": VERSION,
        "count": count,
        "seed": seed,
        "size": size,
        "split": split,
        "hybrids": float(hybrids),
        "skia": _skia_version(),
    }


def _skia_version():
    try:
        return importlib.metadata.version("skia-python")
    except importlib.metadata.PackageNotFoundError as error:
        raise ImportError(
            "Painting birds needs skia-python. Install it: pip install 'keras_stackgan[paint]'"
        ) from error


def _open_folder(folder, settings):
    path = folder / SETTINGS_FILE
    if path.is_file():
        # The first folders were written before there were hybrids.
        found = {"hybrids": 0.0, **json.loads(path.read_text(encoding="utf-8"))}
        names = [name for name in settings if found.get(name) != settings[name]]
        if names:
            differences = ", ".join(
                f"{name} {found.get(name)!r} there and {settings[name]!r} here" for name in names
            )
            raise FileExistsError(
                f"'{folder}' holds painted birds of other settings: {differences}. Choose another "
                "folder, remove this one, or pass its settings."
            )
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(
            f"`folder` must be absent, empty, or begun by this function. '{folder}' is not; choose "
            "another or remove it."
        )
    folder.mkdir(parents=True, exist_ok=True)
    _write_whole(path, json.dumps(settings, indent=2) + "\n")


def _read_boxes(folder, wanted):
    """Returns the boxes of the pictures that are there, of a finished folder or of one begun."""
    numbers = {picture_file(index): index for index in wanted}
    boxes = {}
    for name in ("captions.jsonl", BOXES_FILE):
        path = folder / name
        lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
        for line in lines[:-1]:
            # A line that a kill tore and the next run went on from: the picture is painted again.
            try:
                value = json.loads(line)
                index = value["index"] if "index" in value else numbers.get(value["file"])
                box = value["box"]
            except (json.JSONDecodeError, KeyError, TypeError):
                continue
            if index in wanted and (folder / picture_file(index)).is_file():
                boxes[index] = box
    return boxes


def _write_texts(folder, indices, boxes, settings):
    captions, attributes, seed = [], [], settings["seed"]
    for index in indices:
        file, bird = picture_file(index), individual(index, seed, settings["hybrids"])
        made = make_captions(bird, (seed, index))
        captions.append(
            {
                "file": file,
                "captions": [caption.text for caption in made],
                "label": species_of(index).name,
                "box": boxes[index],
            }
        )
        attributes.append(
            {
                "file": file,
                "attributes": {name: getattr(bird, name) for name in ATTRIBUTES},
                "mentioned": [list(caption.mentioned) for caption in made],
            }
        )
    test = [one.name for one in all_species() if one.split == "test"]
    _write_whole(folder / TEST_CLASSES_FILE, "\n".join(test) + "\n")
    _write_whole(folder / "LICENSE", LICENSE)
    _write_whole(folder / "README.md", README.format(pictures=len(indices), **settings))
    _write_lines(folder / ATTRIBUTES_FILE, attributes)
    _write_lines(folder / "captions.jsonl", captions)
    (folder / BOXES_FILE).unlink()
    # What a kill left half-written.
    for path in folder.glob("pictures/*/.*.tmp"):
        path.unlink(missing_ok=True)


def _write_lines(path, values):
    _write_whole(path, "".join(json.dumps(value) + "\n" for value in values))


def _write_whole(path, text):
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)
