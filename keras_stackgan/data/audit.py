"""What is wrong with a data set, found before training, all at once."""

import collections
import concurrent.futures
import dataclasses
import hashlib
import os

from keras_stackgan.data.audit_report import AuditReport, Finding
from keras_stackgan.data.decoding import PictureError, decode
from keras_stackgan.data.near_duplicates import DISTANCE, Look, look_of, near_duplicates
from keras_stackgan.data.preprocessing import check_box, crop_bounds
from keras_stackgan.data.progress import progress_bar


def audit(
    records,
    target_size=256,
    test_records=None,
    *,
    captioned=True,
    class_disjoint=False,
    class_names=None,
    near_distance=DISTANCE,
    workers=None,
    progress=True,
):
    """Reads every picture wholly and reports all that is wrong with a data set.

    Found are: pictures that are missing, cannot be decoded or are cut short; boxes that lie outside
    of their picture or are not in pixels; pictures without captions; pictures that are there twice,
    byte by byte or by what they look like, in one split or in both; pictures below the size wanted
    (after the cut to their box); classes without pictures; classes of the test split in the train
    split.

    Args:
        records: list of `Record`. Readers keep missing pictures with `strict=False`.
        target_size: int. The side of the largest pictures wanted, in pixels. Defaults to 256.
        test_records: list of `Record` or None. The other split, audited along.
        captioned: bool. Whether pictures should have captions. Defaults to True.
        class_disjoint: bool. Whether the splits should share no class. Defaults to False.
        class_names: list or None. The classes that should have pictures. Defaults to None: any.
        near_distance: int in [0, 31] or None. How many of 128 bits may differ for pictures to count
            as near duplicates. None does not look for them. Defaults to 10.
        workers: int or None. Threads. Defaults to None: one a processor.
        progress: bool. Whether to show a progress bar. Defaults to True.

    Returns:
        An `AuditReport`; `str` of it is for reading, `report.good(records)` for training.

    Raises:
        ValueError: an argument is out of its range.

    Example:

    ```python
    train, test = split_records(read_records("my_birds", "keep", missing="keep"))
    report = audit(train, target_size=64, test_records=test)
    print(report)
    train = report.good(train)
    ```
    """
    if isinstance(target_size, bool) or not isinstance(target_size, int) or target_size < 1:
        raise ValueError(f"`target_size` must be a whole number >= 1. Received: {target_size!r}")
    test_records = test_records or []
    everything = [*records, *test_records]
    pictures = _examine_all(everything, workers, progress)
    findings = [
        *_damaged(everything, pictures),
        *(_uncaptioned(everything) if captioned else ()),
        *_duplicates(everything, pictures, len(records), near_distance),
        *_small(everything, pictures, target_size),
        *_empty_classes(records, class_names),
        *(_test_classes(records, test_records) if class_disjoint else ()),
    ]
    return AuditReport(tuple(findings), len(records), len(test_records))


@dataclasses.dataclass(slots=True)
class _Examined:
    """What is kept of one picture, so that memory is bounded: not its pixels."""

    problem: tuple | None = None
    digest: bytes = b""
    look: Look | None = None
    size: tuple = (0, 0)


def _examine_all(records, workers, progress):
    workers = workers or os.cpu_count() or 1
    bar = progress_bar(len(records), "picture") if progress and len(records) > 100 else None
    examined = []
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        # In portions: `map` would start all of a million records at once.
        for start in range(0, len(records), 64 * workers):
            examined += pool.map(_examine, records[start : start + 64 * workers])
            if bar is not None:
                bar.update(len(examined))
    return examined


def _examine(record):
    try:
        data = record.read()
    except FileNotFoundError:
        return _Examined(("missing", "the file is not there"))
    except OSError as error:
        return _Examined(("unreadable", str(error)))
    try:
        picture = decode(data, record.file)
        size = picture.size
        if record.box is not None:
            check_box(size, record.box, record.file)
            left, top, right, bottom = crop_bounds(size, record.box)
            size = (right - left, bottom - top)
    except PictureError as error:
        return _Examined((error.kind, str(error)))
    return _Examined(None, hashlib.sha256(data).digest(), look_of(picture), size)


# === What is looked for ===


def _damaged(records, pictures):
    for record, picture in zip(records, pictures, strict=True):
        if picture.problem is not None:
            yield Finding(picture.problem[0], (record,), picture.problem[1])


def _uncaptioned(records):
    for record in records:
        if not record.captions:
            yield Finding("uncaptioned", (record,), "no caption")


def _duplicates(records, pictures, number_of_train, near_distance):
    """Yields groups of equal pictures, the one to be kept first, and of near ones."""
    whole = [index for index, picture in enumerate(pictures) if picture.problem is None]
    # Test pictures first: of a picture in both splits, the train split's is the one to go.
    whole.sort(key=lambda index: index < number_of_train)
    same = collections.defaultdict(list)
    for index in whole:
        same[pictures[index].digest].append(index)
    for group in same.values():
        if len(group) > 1:
            yield _group("duplicate", group, records, number_of_train)
    if near_distance is None:
        return
    different = [group[0] for group in same.values()]
    looks = Look.stack([pictures[index].look for index in different])
    for group in near_duplicates(looks, near_distance):
        group = [different[place] for place in group]
        yield _group("near_duplicate", group, records, number_of_train)


def _group(kind, group, records, number_of_train):
    in_train = [index < number_of_train for index in group]
    both = any(in_train) and not all(in_train)
    detail = "in the train split and in the test split" if both else ""
    return Finding(kind, tuple(records[index] for index in group), detail)


def _small(records, pictures, target_size):
    for record, picture in zip(records, pictures, strict=True):
        if picture.problem is None and min(picture.size) < target_size:
            width, height = picture.size
            what = "after the cut to its box" if record.box is not None else "whole"
            yield Finding("small", (record,), f"{width}x{height} {what}, below {target_size}")


def _empty_classes(records, class_names):
    present = {record.label for record in records}
    for name in class_names or ():
        if name not in present:
            yield Finding("empty_class", (), f"the class {name!r} has no pictures")


def _test_classes(records, test_records):
    test = {record.label for record in test_records} - {None}
    shared = collections.defaultdict(list)
    for record in records:
        if record.label in test:
            shared[record.label].append(record)
    for label, of_class in sorted(shared.items(), key=lambda item: str(item[0])):
        yield Finding(
            "test_class_in_train", tuple(of_class), f"{label!r} is a class of the test split"
        )
