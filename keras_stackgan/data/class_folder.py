"""A tree with one folder a class: what most picture collections look like."""

import dataclasses
from pathlib import Path

from keras_stackgan.data.records import Record, pictures_under
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import check_split
from keras_stackgan.data.splits import split_records

LAYOUT = """FOLDER/daisy/**, FOLDER/tulip/** and so on: one folder a class
or FOLDER/train/daisy/** and FOLDER/test/daisy/** (or val), where the split is made already"""


def read_class_folder(
    root, split="train", strict=True, caption_template=None, test_fraction=0.1, classes=None
):
    """Reads a folder that holds one folder of pictures a class.

    Where it holds a folder `train` with folders in it, the split is that of the folders `train` and
    `test` (or `val`); else `train` is a class like others, and the split is made by a hash of the
    file names, as `split_records` does it.

    Args:
        root: str or path. The folder.
        split: `"train"`, `"test"` or `"all"`.
        strict: bool. Whether an empty class is an error. Defaults to True.
        caption_template: str or None. Gives each picture one caption, such as
            `"a photo of a {label}"`; underscores of the class's name become spaces. Defaults to
            None: no captions.
        test_fraction: float in (0, 1). The share of test pictures where the split is made here.
            Defaults to 0.1.
        classes: list of str or None. Which folders to take. Defaults to None: all.

    Returns:
        A list of `Record`, sorted by class and file name; the label is the folder's name.

    Raises:
        FileNotFoundError: the folder, a class of `classes`, or any picture is absent.
        ValueError: an argument is out of its range, or a class is empty.

    Example:

    ```python
    records = read_class_folder("pets", "train", caption_template="a photo of a {label}")
    ```
    """
    check_split(split, ("train", "test", "all"))
    if caption_template is not None:
        _check_template(caption_template)
    root = Path(root).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"There is no folder '{root}'. {CLASS_FOLDER.how_to_get()}")
    is_split = _is_split(root)
    records = []
    for part in _parts(root, split) if is_split else (".",):
        records += _read_part(root, part, strict, classes)
    if not is_split and split != "all":
        train, test = split_records(records, test_fraction)
        records = train if split == "train" else test
    if caption_template is None:
        return records
    return [
        dataclasses.replace(
            record, captions=(caption_template.format(label=record.label.replace("_", " ")),)
        )
        for record in records
    ]


def _check_template(template):
    try:
        fits = template.format(label="a") != template.format(label="b")
    except (AttributeError, IndexError, KeyError, ValueError):
        fits = False
    if not fits:
        raise ValueError(
            "`caption_template` must hold '{label}', and no other name in braces. Received: "
            f"{template!r}; write braces that are meant as such twice."
        )


def list_classes(root, split="train", classes=None, **options):
    """Lists the classes of a folder that holds one folder of pictures a class, empty ones too.

    Args:
        root: str or path. The folder.
        split: `"train"`, `"test"` or `"all"`.
        classes: list of str or None. As in `read_class_folder`.
        **options: its other arguments, which have no influence on the classes.

    Returns:
        A sorted list of str.

    Example:

    ```python
    list_classes("pets")  # ["cat", "dog"]
    ```
    """
    root = Path(root).expanduser()
    parts = _parts(root, split) if _is_split(root) else (".",)
    return sorted(
        set(classes) if classes else {name for part in parts for name in _folders(root / part)}
    )


def _is_split(root):
    # Without folders of classes in it, `train` is one: railway vehicles.
    return (root / "train").is_dir() and bool(_folders(root / "train"))


def _folders(base):
    return sorted(
        path.name for path in base.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _parts(root, split):
    others = [name for name in ("test", "val") if (root / name).is_dir()]
    if split == "test" and not others:
        raise FileNotFoundError(
            f"'{root}' holds a folder train, but neither test nor val. Add one, or rename train."
        )
    if split == "train":
        return ["train"]
    return others[:1] if split == "test" else ["train", *others[:1]]


def _read_part(root, part, strict, classes):
    base = root / part
    found = _folders(base)
    names = found if classes is None else list(classes)
    absent = sorted(set(names) - set(found))
    if absent:
        raise FileNotFoundError(f"'{base}' holds no folder of the class '{absent[0]}'.")
    files = {name: pictures_under(root, f"{part}/{name}") for name in names}
    if not any(files.values()):
        raise FileNotFoundError(
            f"'{base}' holds no pictures in folders. {CLASS_FOLDER.how_to_get()}"
        )
    empty = [name for name in names if not files[name]]
    if empty and strict:
        raise ValueError(
            f"{len(empty)} classes in '{base}' have no pictures, e.g. '{empty[0]}'. Remove their "
            "folders; strict=False leaves them out."
        )
    return [Record(root, file, (), name) for name in names for file in files[name]]


CLASS_FOLDER = Source(
    name="class_folder",
    title="Your own pictures, one folder a class",
    reader=read_class_folder,
    layout=LAYOUT,
    class_lister=list_classes,
)

load = CLASS_FOLDER.load
