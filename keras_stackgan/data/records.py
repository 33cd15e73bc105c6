"""The user's own data: a folder with pictures and one file of captions."""

import dataclasses
import os
from pathlib import Path

from keras_stackgan.data.captions_file import PICTURE_SUFFIXES, read_captions_file
from keras_stackgan.data.lmdb_store import read_lmdb

CAPTION_FILES = ("captions.jsonl", "captions.csv")

LAYOUT = """The folder wanted:
    FOLDER/pictures/**      JPEG, PNG, WebP, BMP or GIF files, in sub-folders or not
    FOLDER/captions.jsonl   one line a picture:
        {"file": "pictures/a.jpg", "captions": ["a red bird", "..."], "label": "cardinal"}
or, instead of captions.jsonl, FOLDER/captions.csv with the columns file,caption[,label], one row
a caption. "file" is relative to FOLDER; "label" (text or a whole number) and "box"
([x, y, width, height] in pixels) may be left out."""


# Slots, because large sets have millions of records.
@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One picture and what is known about it.

    Args:
        root: Path. The data folder.
        file: str. The picture, relative to `root`, with forward slashes.
        captions: tuple of str. Sentences that describe the picture.
        label: str, int or None. The picture's class.
        box: tuple of four floats or None. `(x, y, width, height)` of the object in pixels of the
            upright picture.
        store: `None` or `"lmdb"`. With `"lmdb"`, `root` is an LMDB database and `file` a key of it.
            Defaults to `None`: `file` is a file.

    Example:

    ```python
    record = Record(Path("my_birds"), "pictures/a.jpg", ("a red bird",))
    record.path  # my_birds/pictures/a.jpg
    ```
    """

    root: Path
    file: str
    captions: tuple[str, ...]
    label: str | int | None = None
    box: tuple[float, float, float, float] | None = None
    store: str | None = None

    @property
    def path(self):
        return self.root / self.file

    def read(self):
        """Returns the picture's encoded bytes."""
        if self.store == "lmdb":
            return read_lmdb(self.root, self.file)
        return self.path.read_bytes()


def read_records(folder, uncaptioned="error", missing="error"):
    """Reads a folder of pictures with its captions and checks all of it.

    Args:
        folder: str or path. It holds `pictures/**` and `captions.jsonl` (one line a picture:
            `{"file", "captions": [...], "label"?, "box"?}`) or `captions.csv` (columns
            `file,caption[,label]`, one row a caption). Files are relative to the folder.
        uncaptioned: `"error"`, `"skip"` or `"keep"`. What to do with pictures that have no caption:
            refuse the folder, leave them out, or keep them with no captions, as models without
            text want it (the captions file may then be absent). Defaults to `"error"`.
        missing: `"error"` or `"keep"`. What to do with captions whose picture is not there: refuse
            the folder, or keep them, as `audit` wants it. Defaults to `"error"`.

    Returns:
        A list of `Record`, in the order of the captions file.

    Raises:
        FileNotFoundError: the folder, its captions file or pictures that it names are absent.
        ValueError: a line is malformed or names a file outside of the folder, a picture has no
            caption, or there is no picture at all.

    Example:

    ```python
    records = read_records("my_birds")
    train, test = split_records(records, test_fraction=0.1)
    ```
    """
    if uncaptioned not in ("error", "skip", "keep"):
        raise ValueError(
            f"`uncaptioned` must be 'error', 'skip' or 'keep'. Received: {uncaptioned!r}"
        )
    if missing not in ("error", "keep"):
        raise ValueError(f"`missing` must be 'error' or 'keep'. Received: {missing!r}")
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise _with_layout(FileNotFoundError(f"The data folder '{folder}' {what}."))
    pictures = pictures_under(folder, "pictures")
    source = _captions_file(folder, required=uncaptioned != "keep")
    entries = {}
    if source is not None:
        entries = read_captions_file(source)
    if missing == "error":
        check_present(folder, entries, source, known=pictures)
    _resolve_uncaptioned(source, entries, pictures, uncaptioned)
    if not entries:
        raise _with_layout(
            ValueError(f"The data folder '{folder}' holds no pictures with captions.")
        )
    return [Record(folder, file, **entry) for file, entry in entries.items()]


# === Checks of the whole folder ===


def _with_layout(error):
    # As a note: programs that show an error in one line leave it out, tracebacks have it.
    error.add_note(LAYOUT)
    return error


def _captions_file(folder, required):
    found = [folder / name for name in CAPTION_FILES if (folder / name).is_file()]
    if len(found) > 1:
        raise ValueError(
            f"The data folder '{folder}' holds both captions.jsonl and captions.csv, and which one "
            "counts is not clear. Keep one of them."
        )
    if not found and required:
        raise _with_layout(FileNotFoundError(f"No captions.jsonl or captions.csv in '{folder}'."))
    return found[0] if found else None


def pictures_under(folder, subfolder):
    """Lists the pictures below a sub-folder, relative to `folder`, sorted.

    Args:
        folder: Path. The data folder.
        subfolder: str. Where to look; need not exist.

    Returns:
        A list of str, with forward slashes.

    Example:

    ```python
    pictures_under(Path("my_birds"), "pictures")
    ```
    """
    found = []
    for place, folders, files in os.walk(folder / subfolder):
        folders.sort()
        inside = Path(place).relative_to(folder)
        found += [
            (inside / file).as_posix()
            for file in files
            if file.lower().endswith(PICTURE_SUFFIXES) and not file.startswith(".")
        ]
    return sorted(found)


def check_present(folder, files, source, known=()):
    """Raises an error if pictures that a list names are not there.

    Args:
        folder: Path. The data folder.
        files: iterable of str. The pictures, relative to `folder`.
        source: str or path. The list's name, for the message.
        known: iterable of str. Pictures that are known to be there.

    Raises:
        FileNotFoundError: with the number of missing pictures and the first of them.

    Example:

    ```python
    check_present(Path("my_birds"), ["pictures/a.jpg"], "captions.jsonl")
    ```
    """
    files, known = list(files), set(known)
    missing = [file for file in files if file not in known and not (folder / file).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{len(missing)} of the {len(files)} pictures that {source} names are missing: "
            f"{_some(missing)}. Files are looked for relative to '{folder}', with forward slashes; "
            "copy the pictures there or remove their lines."
        )


def _resolve_uncaptioned(source, entries, pictures, uncaptioned):
    bare = [file for file, entry in entries.items() if not entry["captions"]]
    bare += [file for file in pictures if file not in entries]
    if bare and uncaptioned == "error":
        raise ValueError(
            f"{len(bare)} pictures have no caption in {source}: {_some(bare)}. Write captions for "
            "them, remove them, or pass uncaptioned='skip' to leave them out ('keep' to keep them "
            "for a model without text)."
        )
    for file in bare:
        if uncaptioned == "skip":
            entries.pop(file, None)
        else:
            entries.setdefault(file, {"captions": ()})


def _some(files, count=3):
    more = f" and {len(files) - count} more" if len(files) > count else ""
    return ", ".join(f"'{file}'" for file in files[:count]) + more
