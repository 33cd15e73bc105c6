"""All data sets by name."""

from keras_stackgan.data.birds import CUB
from keras_stackgan.data.class_folder import CLASS_FOLDER
from keras_stackgan.data.coco import COCO
from keras_stackgan.data.flowers import FLOWERS
from keras_stackgan.data.imagenet import CAT, DOG
from keras_stackgan.data.lsun import BEDROOM, CHURCH
from keras_stackgan.data.painted_birds.reader import PAINTED_BIRDS
from keras_stackgan.data.records import LAYOUT, read_records
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import check_split
from keras_stackgan.data.splits import split_records
from keras_stackgan.data.tf_flowers import TF_FLOWERS


def read_folder(root, split="train", strict=True, test_fraction=0.1, uncaptioned=None):
    """Reads the user's own folder, split by a hash of the file names.

    Args:
        root: str or path. As in `read_records`.
        split: `"train"`, `"test"` or `"all"`.
        strict: bool. Whether missing pictures or captions are an error; else they are kept, as
            `audit` wants it. Defaults to True.
        test_fraction: float in (0, 1). Defaults to 0.1.
        uncaptioned: `"error"`, `"skip"`, `"keep"` or None. As in `read_records`. Defaults to None:
            `"error"` if `strict`, else `"keep"`.

    Returns:
        A list of `Record`.

    Example:

    ```python
    records = read_folder("my_birds", "train")
    ```
    """
    check_split(split, ("train", "test", "all"))
    uncaptioned = uncaptioned or ("error" if strict else "keep")
    records = read_records(root, uncaptioned, missing="error" if strict else "keep")
    if split == "all":
        return records
    train, test = split_records(records, test_fraction)
    return train if split == "train" else test


FOLDER = Source(
    name="folder",
    title="Your own pictures and captions",
    reader=read_folder,
    layout=LAYOUT,
    captioned=True,
)

_SOURCES = {
    source.name: source
    for source in (
        CUB,
        FLOWERS,
        COCO,
        BEDROOM,
        CHURCH,
        DOG,
        CAT,
        TF_FLOWERS,
        PAINTED_BIRDS,
        CLASS_FOLDER,
        FOLDER,
    )
}


def names():
    """Lists the names of all data sets.

    Example:

    ```python
    names()  # ["class_folder", "coco", "cub", ...]
    ```
    """
    return sorted(_SOURCES)


def get(name):
    """Finds a data set by its name.

    Args:
        name: str. One of `names()`.

    Returns:
        A `Source`.

    Raises:
        ValueError: there is none of that name.

    Example:

    ```python
    print(get("cub").how_to_get())
    ```
    """
    if name not in _SOURCES:
        raise ValueError(f"`name` must be one of {', '.join(names())}. Received: {name!r}")
    return _SOURCES[name]
