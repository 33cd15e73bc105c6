"""Reading `captions.jsonl` and `captions.csv`, with every line checked."""

import csv
import io
import json
import math
from pathlib import PurePosixPath, PureWindowsPath

# What other programs call the keys; with these a picture would silently be without captions.
OTHER_NAMES = {
    "file": ("file_name", "filename", "image", "path"),
    "captions": ("caption", "text", "texts", "sentences"),
}

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp")


def read_captions_file(source):
    """Reads one captions file.

    Args:
        source: Path. A `.jsonl` or `.csv` file in the form that `read_records` documents.

    Returns:
        A dict from the picture's file to `{"captions", "label", "box"}`, in the file's order.

    Raises:
        ValueError: a line is malformed; the message names the file and the line's number.

    Example:

    ```python
    entries = read_captions_file(Path("my_birds/captions.jsonl"))
    ```
    """
    return _read_jsonl(source) if source.suffix == ".jsonl" else _read_csv(source)


def leads_outside(file):
    """Tells whether a file's name may reach out of the folder that it is relative to.

    Args:
        file: str.

    Returns:
        bool. What any system would follow outside counts: a list made by someone else may be read
        on another one.

    Example:

    ```python
    leads_outside("..\\\\a.png")  # True
    ```
    """
    paths = PurePosixPath(file), PureWindowsPath(file)
    return any(path.anchor or ".." in path.parts for path in paths)


def _read_jsonl(source):
    entries, lines = {}, {}
    # Split as bytes: a wrongly encoded line is then named by its number.
    for number, raw in enumerate(source.read_bytes().splitlines(), start=1):
        try:
            line = raw.decode("utf-8-sig").strip()
            if not line:
                continue
            value = json.loads(line)
        except UnicodeDecodeError as error:
            raise _malformed(source, number, f"it is not UTF-8 text ({error.reason})") from None
        except json.JSONDecodeError as error:
            raise _malformed(source, number, f"it is not JSON ({error})") from None
        if not isinstance(value, dict):
            raise _malformed(source, number, "it must be a JSON object: {...}")
        _check_keys(source, number, value)
        file = _checked_file(source, number, value.get("file"))
        if file in entries:
            raise _malformed(
                source,
                number,
                f"'{file}' was on line {lines[file]} already; give a picture one line",
            )
        lines[file] = number
        entries[file] = {
            "captions": _checked_captions(source, number, value.get("captions", [])),
            "label": _checked_label(source, number, value.get("label")),
            "box": _checked_box(source, number, value.get("box")),
        }
    return entries


def _read_csv(source):
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        raise _malformed(source, number, f"it is not UTF-8 text ({error.reason})") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = reader.fieldnames or []
    if not {"file", "caption"} <= set(columns) or not set(columns) <= {"file", "caption", "label"}:
        raise _malformed(source, 1, f"the columns must be file,caption[,label], not {columns}")
    entries = {}
    try:
        for row in reader:
            if None in row or None in row.values():
                raise _malformed(
                    source,
                    reader.line_num,
                    f"it must have {len(columns)} fields (put captions with commas in quotes)",
                )
            file = _checked_file(source, reader.line_num, row["file"])
            captions = _checked_captions(source, reader.line_num, [row["caption"]])
            label = (row.get("label") or "").strip() or None
            entry = entries.setdefault(file, {"captions": (), "label": label})
            if entry["label"] != label:
                raise _malformed(
                    source,
                    reader.line_num,
                    f"'{file}' has the label {label!r} here and {entry['label']!r} above",
                )
            entry["captions"] += captions
    except csv.Error as error:
        raise _malformed(source, reader.line_num, f"it is not CSV ({error})") from None
    return entries


def _malformed(source, number, why):
    return ValueError(f"{source}, line {number}: {why}.")


def _check_keys(source, number, value):
    for wanted, others in OTHER_NAMES.items():
        found = [key for key in value if key.lower() in (wanted, *others)]
        if wanted not in value and found:
            what = "the picture's file" if wanted == "file" else "the list of its sentences"
            raise _malformed(
                source, number, f"{what} must be called '{wanted}', not '{found[0]}'; rename it"
            )


def _checked_file(source, number, file):
    if not isinstance(file, str) or not file.strip():
        raise _malformed(source, number, f"'file' must name a picture, received: {file!r}")
    if leads_outside(file):
        raise _malformed(
            source,
            number,
            f"'{file}' leads outside of the data folder; files must be relative to it",
        )
    path = PurePosixPath(file)
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise _malformed(
            source, number, f"'{file}' is no picture of a known kind: {', '.join(PICTURE_SUFFIXES)}"
        )
    return str(path)


def _checked_captions(source, number, captions):
    if not isinstance(captions, list) or not all(isinstance(text, str) for text in captions):
        raise _malformed(
            source, number, f"'captions' must be a list of sentences, received: {captions!r:.80}"
        )
    stripped = tuple(text.strip() for text in captions)
    if not all(stripped):
        raise _malformed(source, number, "a caption is empty; remove it or write one")
    return stripped


def _checked_label(source, number, label):
    if label is None or (isinstance(label, str | int) and not isinstance(label, bool)):
        return label
    raise _malformed(source, number, f"'label' must be text or a whole number, received: {label!r}")


def _checked_box(source, number, box):
    if box is None:
        return None
    numbers = isinstance(box, list) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in box
    )
    finite = numbers and len(box) == 4 and all(math.isfinite(value) for value in box)
    if not finite or min(box[:2]) < 0 or min(box[2:]) <= 0:
        raise _malformed(
            source,
            number,
            "'box' must be [x, y, width, height] in pixels with width and height above 0, "
            f"received: {box!r}",
        )
    return tuple(float(value) for value in box)
