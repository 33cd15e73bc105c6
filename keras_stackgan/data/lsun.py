"""LSUN: bedrooms and churches without captions, in LMDB databases or exported to folders."""

from pathlib import Path

from keras_stackgan.data.lmdb_store import lmdb_keys
from keras_stackgan.data.records import Record, pictures_under
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, check_split

LAYOUT = """FOLDER/{category}_train_lmdb/data.mdb, FOLDER/{category}_val_lmdb/data.mdb
    (pip install lmdb)
or pictures that were exported: FOLDER/{category}_train/**, FOLDER/{category}_val/**"""


def read_lsun(root, split="train", strict=True, category="bedroom"):
    """Reads which pictures a category of LSUN holds.

    Args:
        root: str or path. The folder with `bedroom_train_lmdb` or `bedroom_train`.
        split: `"train"`, or `"test"` for the validation pictures.
        strict: bool. Has no influence: what is listed is there. Defaults to True.
        category: str, such as `"bedroom"` or `"church_outdoor"`.

    Returns:
        A list of `Record` without captions and labels, in the order of the keys or names.

    Raises:
        FileNotFoundError: neither the database nor the folder is there.
        ImportError: there is a database and the package `lmdb` is not installed.

    Example:

    ```python
    records = read_lsun("lsun", "train", category="church_outdoor")
    ```

    Reference: Yu et al., LSUN, 2015, https://arxiv.org/abs/1506.03365.
    """
    check_split(split, ("train", "test"))
    part = f"{category}_{'train' if split == 'train' else 'val'}"
    root = Path(root).expanduser()
    database = root / f"{part}_lmdb"
    if database.is_dir():
        return [Record(database, key, (), store="lmdb") for key in lmdb_keys(database)]
    files = pictures_under(root, part) if (root / part).is_dir() else []
    if not files:
        raise FileNotFoundError(
            f"There is no '{database}', and no folder '{root / part}' with pictures. "
            f"{_source(category).how_to_get()}"
        )
    return [Record(root, file, ()) for file in files]


def _source(category):
    address = "http://dl.yf.io/lsun/scenes/{}_{}_lmdb.zip"
    sizes = {
        "bedroom": (45_922_737_680, 4_670_661),
        "church_outdoor": (2_448_463_466, 5_957_308),
    }.get(category, (None, None))
    counts = {"bedroom": 3_033_042, "church_outdoor": 126_227}
    return Source(
        name={"church_outdoor": "lsun_church"}.get(category, f"lsun_{category}"),
        title=f"LSUN {category}",
        reader=read_lsun,
        downloads=tuple(
            Download(what, address.format(category, part), size)
            for what, part, size in zip(
                ("train pictures", "validation pictures"), ("train", "val"), sizes, strict=True
            )
        ),
        license="not verified; the project's page is https://www.yf.io/p/lsun",
        layout=LAYOUT.format(category=category),
        counts={"train": counts[category], "test": 300} if category in counts else {},
        preprocessing="v2",
        options={"category": category},
    )


BEDROOM = _source("bedroom")
CHURCH = _source("church_outdoor")

load_bedroom = BEDROOM.load
load_church = CHURCH.load
