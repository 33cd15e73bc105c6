"""Which of the pictures that are measured were trained on."""

import hashlib


def count_seen(measured, trained):
    """Returns how many pictures are among those that were trained on, by their bytes.

    Copies in another folder or under another name count, too; near duplicates do not.

    Args:
        measured: list of `Record`.
        trained: list of `Record`, of which files may be absent; or a set of `picture_digest`s.

    Example:

    ```python
    train, test = split_records(read_records("my_birds"))
    count_seen(test, train)  # 0
    ```
    """
    if isinstance(trained, set | frozenset):
        return sum(picture_digest(record) in trained for record in measured)
    places = {_place(record) for record in trained}
    others = [record for record in measured if _place(record) not in places]
    # Only files of one size can be the same: most need not be read.
    sizes = {_size(record) for record in others} - {None}
    alike = {picture_digest(record) for record in trained if _size(record) in sizes}
    copies = sum(_size(record) is not None and picture_digest(record) in alike for record in others)
    return len(measured) - len(others) + copies


def picture_digest(record):
    """Returns 16 hexadecimal digits of a picture's bytes.

    Args:
        record: `Record`.
    """
    return hashlib.sha256(record.read()).hexdigest()[:16]


def _place(record):
    return record.root.resolve(), record.file


def _size(record):
    """Bytes of a picture's file; None of one that is not there, or not a file of its own."""
    try:
        return None if record.store else record.path.stat().st_size
    except OSError:
        return None
