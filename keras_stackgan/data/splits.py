"""Parts of a data set: train and test, and its classes."""

import hashlib


def split_records(records, test_fraction=0.1, salt=""):
    """Splits records in two by a hash of their file names.

    A picture's side depends on its own name only, so it stays where it is when others are added.

    Args:
        records: list of `Record`.
        test_fraction: float in (0, 1). The expected share of the second list. Defaults to 0.1.
        salt: str. Another text gives another split. Defaults to `""`.

    Returns:
        `(train, test)`: two lists of `Record`, in their first order. Their sizes are near the
        wanted share, not equal to it.

    Raises:
        ValueError: `test_fraction` is not between 0 and 1.

    Example:

    ```python
    train, test = split_records(read_records("my_birds"), test_fraction=0.1)
    ```
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"`test_fraction` must be between 0 and 1. Received: {test_fraction}")
    train, test = [], []
    for record in records:
        # Names that are no UTF-8 hold what only this lets pass, whatever the system's encoding.
        name = f"{salt}\0{record.file}".encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(name).digest()
        is_test = int.from_bytes(digest[:8], "big") < test_fraction * 2**64
        (test if is_test else train).append(record)
    return train, test


def class_names(records):
    """Lists the different labels of records in sorted order.

    A label's place in this list is its number in the batches of `caption_dataset`.

    Args:
        records: list of `Record`, all with a label.

    Returns:
        A list of str or of int.

    Raises:
        ValueError: a record has no label, or text and numbers are mixed.

    Example:

    ```python
    class_names(records)  # ["daisy", "tulips"]
    ```
    """
    without = [record.file for record in records if record.label is None]
    if without:
        raise ValueError(
            f"Every record must have a label here. {len(without)} of {len(records)} have none, "
            f"e.g. '{without[0]}'. Give each line of the captions file a 'label'."
        )
    names = {record.label for record in records}
    if len({type(name) for name in names}) > 1:
        raise ValueError(
            "Labels must be all text or all whole numbers. Received both: "
            f"{', '.join(sorted(map(repr, names))[:8])}"
        )
    return sorted(names)
