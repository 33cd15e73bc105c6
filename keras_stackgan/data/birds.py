"""CUB-200-2011: 11,788 photographs of 200 kinds of birds, with boxes and captions."""

from pathlib import Path

from keras_stackgan.data.caption_texts import read_caption_lines
from keras_stackgan.data.originals import read_embeddings, read_filenames
from keras_stackgan.data.records import Record, check_present
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, check_split, first_folder

# The 50 classes of the released test/class_info.pickle and test/filenames.pickle.
TEST_CLASSES = (
    1, 4, 6, 8, 9, 14, 23, 29, 31, 33, 34, 35, 36, 37, 38, 43, 49, 51, 53, 66, 72, 79, 83, 84, 86,
    91, 95, 96, 98, 101, 102, 103, 112, 114, 119, 121, 130, 135, 138, 147, 156, 163, 165, 166, 180,
    183, 185, 186, 187, 197,
)  # fmt: skip

TEXT_FOLDERS = ("text_c10", "text", "cvpr2016_cub/text_c10", "birds/text_c10")

LAYOUT = """FOLDER/CUB_200_2011/images/001.Black_footed_Albatross/*.jpg and so on
FOLDER/CUB_200_2011/images.txt, bounding_boxes.txt
FOLDER/text_c10/001.Black_footed_Albatross/*.txt: one file a picture, one line a caption
    (or FOLDER/text, FOLDER/cvpr2016_cub/text_c10)
FOLDER/train/filenames.pickle, FOLDER/test/filenames.pickle (may be absent): the authors' split
FOLDER/train/char-CNN-RNN-embeddings.pickle (may be absent): embeddings="char-CNN-RNN"
FOLDER/testclasses.txt, or beside text_c10 (may be absent): another choice of test classes"""


def read_cub(root, split="train", strict=True):
    """Reads the birds with their boxes, captions and classes.

    Train and test share no class: 8,855 pictures of 150 classes and 2,933 of 50. Which classes are
    for testing is taken from the authors' `filenames.pickle`, from `testclasses.txt`, or from
    `TEST_CLASSES`, whichever is found first.

    Args:
        root: str or path. The folder with `CUB_200_2011` and `text_c10`; `how_to_get` describes it.
        split: `"train"` or `"test"`.
        strict: bool. Whether missing pictures or captions are an error; else they are kept, as
            `audit` wants it. Defaults to True.

    Returns:
        A list of `Record`, in the order of `filenames.pickle` or of `images.txt`.

    Raises:
        FileNotFoundError: files are absent.
        ValueError: files do not fit together.

    Example:

    ```python
    records = read_cub("birds", "train")
    ```

    Reference: Wah et al., The Caltech-UCSD Birds-200-2011 Dataset, 2011; Reed et al., Learning Deep
    Representations of Fine-grained Visual Descriptions, CVPR 2016 (captions and split).
    """
    check_split(split, ("train", "test"))
    root = Path(root).expanduser()
    base = first_folder(root, ("CUB_200_2011", "."), CUB, needs="images.txt")
    names = _read_table(base / "images.txt", 2)
    boxes = _read_table(base / "bounding_boxes.txt", 5)
    if names.keys() != boxes.keys():
        raise ValueError(
            f"'{base}': images.txt and bounding_boxes.txt must hold the same numbers. One of them "
            "is cut short; fetch the archive again."
        )
    by_key = {name[0].removesuffix(".jpg"): boxes[number] for number, name in names.items()}
    text = _text_folder(root, strict)
    prefix = (base / "images").relative_to(root).as_posix()
    records = [
        Record(
            root,
            f"{prefix}/{key}.jpg",
            _captions(text, key),
            key.split("/")[0],
            tuple(float(value) for value in by_key[key]),
        )
        for key in _keys(root, split, by_key, text)
    ]
    if strict:
        check_present(root, [record.file for record in records], f"'{base}/images.txt'")
        bare = [record.file for record in records if not record.captions]
        if bare:
            raise FileNotFoundError(
                f"{len(bare)} of {len(records)} pictures have no captions in '{text}', e.g. "
                f"'{bare[0]}'. Fetch the captions again; strict=False keeps such pictures."
            )
    return records


def _text_folder(root, strict):
    try:
        return first_folder(root, TEXT_FOLDERS, CUB)
    except FileNotFoundError:
        if strict:
            raise
        return None


def _captions(text, key):
    path = None if text is None else text / f"{key}.txt"
    return read_caption_lines(path) if path is not None and path.is_file() else ()


def _keys(root, split, by_key, text):
    released = read_filenames(root, split)
    if released is not None:
        unknown = [key for key in released if key not in by_key]
        if unknown:
            raise ValueError(
                f"'{root / split}/filenames.pickle' names {len(unknown)} pictures that images.txt "
                f"does not, e.g. '{unknown[0]}'. Is it of another data set?"
            )
        return released
    test = _test_classes(root, text)
    is_test = {key: _is_test(key.split("/")[0], test) for key in by_key}
    return [key for key in by_key if is_test[key] == (split == "test")]


def _test_classes(root, text):
    places = [root] if text is None else [root, text.parent]
    for place in places:
        path = place / "testclasses.txt"
        if path.is_file():
            names = {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
            return names - {""}
    return None


def _is_test(folder, test):
    if test is not None:
        return folder in test
    try:
        return int(folder.split(".")[0]) in TEST_CLASSES
    except ValueError:
        raise ValueError(
            f"The class '{folder}' must begin with its number, as '001.Black_footed_Albatross'. "
            "Write FOLDER/testclasses.txt with the names of the test classes, one a line."
        ) from None


def _read_table(path, columns):
    """Reads lines of a number and values; returns them by their number."""
    if not path.is_file():
        raise FileNotFoundError(f"'{path}' is missing. {CUB.how_to_get()}")
    rows = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split()
        if fields and len(fields) != columns:
            raise ValueError(f"{path}, line {number}: it must have {columns} fields.")
        if fields:
            rows[fields[0]] = fields[1:]
    return rows


CUB = Source(
    name="cub",
    title="Caltech-UCSD Birds-200-2011 with ten captions a picture",
    reader=read_cub,
    downloads=(
        Download(
            "pictures and boxes (CUB_200_2011.tgz)",
            "https://data.caltech.edu/records/65de6-vp158",
            1_150_585_339,
        ),
        Download(
            "captions and class split (birds archive of reedscot/cvpr2016)",
            "https://github.com/reedscot/cvpr2016",
        ),
        Download(
            "the authors' split and char-CNN-RNN embeddings (may be left out)",
            "https://github.com/hanzhanggit/StackGAN",
        ),
    ),
    license="not verified; read the data set's page before use",
    layout=LAYOUT,
    counts={"train": 8855, "test": 2933},
    classes={"train": 150, "test": 50},
    preprocessing="v2",
    captioned=True,
    class_disjoint=True,
    embeddings_reader=read_embeddings,
)

load = CUB.load
