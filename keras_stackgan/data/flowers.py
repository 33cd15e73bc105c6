"""Oxford-102: 8,189 photographs of 102 kinds of flowers, with captions."""

from pathlib import Path

from keras_stackgan.data.caption_texts import read_caption_lines
from keras_stackgan.data.originals import read_class_info, read_embeddings, read_filenames
from keras_stackgan.data.records import Record, check_present
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, check_split, first_folder

TEXT_FOLDERS = ("text_c10", "cvpr2016_flowers/text_c10", "flowers/text_c10")

LAYOUT = """FOLDER/jpg/image_00001.jpg and so on (or FOLDER/images/jpg)
FOLDER/text_c10/class_00001/image_06734.txt and so on: one file a picture, one line a caption
    (or FOLDER/cvpr2016_flowers/text_c10); the folders say the classes
FOLDER/testclasses.txt, or beside text_c10: the 20 test classes, as class_00001, one a line
or, instead of testclasses.txt, FOLDER/train/filenames.pickle and FOLDER/test/filenames.pickle
FOLDER/train/char-CNN-RNN-embeddings.pickle (may be absent): embeddings="char-CNN-RNN\""""


def read_oxford_flowers(root, split="train", strict=True, test_classes=None):
    """Reads the flowers with their captions and classes.

    Train and test share no class: 7,034 pictures of 82 classes and 1,155 of 20. Which classes are
    for testing is taken from `test_classes`, the authors' `filenames.pickle` or `testclasses.txt`,
    whichever is found first.

    Args:
        root: str or path. The folder with `jpg` and `text_c10`; `how_to_get` describes it.
        split: `"train"` or `"test"`.
        strict: bool. Whether missing pictures or captions are an error; else they are kept, as
            `audit` wants it. Defaults to True.
        test_classes: list of str such as `"class_00003"`, or None. Defaults to None: from files.

    Returns:
        A list of `Record` with labels such as `"class_00001"`.

    Raises:
        FileNotFoundError: files are absent.
        ValueError: files do not fit together.

    Example:

    ```python
    records = read_oxford_flowers("flowers", "train")
    ```

    Reference: Nilsback and Zisserman, Automated Flower Classification over a Large Number of
    Classes, 2008; Reed et al., CVPR 2016 (captions and split).
    """
    check_split(split, ("train", "test"))
    root = Path(root).expanduser()
    jpg = first_folder(root, ("jpg", "images/jpg", "102flowers/jpg"), FLOWERS)
    text = first_folder(root, TEXT_FOLDERS, FLOWERS)
    classes = {path.stem: path.parent.name for path in sorted(text.glob("*/*.txt"))}
    prefix = jpg.relative_to(root).as_posix()
    records = [
        Record(root, f"{prefix}/{name}.jpg", _captions(text, label, name), label)
        for name, label in _chosen(root, split, text, classes, test_classes)
    ]
    if strict:
        check_present(root, [record.file for record in records], f"'{text}'")
        bare = [record.file for record in records if not record.captions]
        if bare:
            raise FileNotFoundError(
                f"{len(bare)} of {len(records)} pictures have no captions in '{text}', e.g. "
                f"'{bare[0]}'. Fetch the captions again; strict=False keeps such pictures."
            )
    return records


def _captions(text, label, name):
    path = text / label / f"{name}.txt"
    return read_caption_lines(path) if path.is_file() else ()


def _chosen(root, split, text, classes, test_classes):
    """Lists (name, label) of the split's pictures."""
    released = read_filenames(root, split) if test_classes is None else None
    if released is not None:
        numbers = read_class_info(root, split) or [None] * len(released)
        if len(numbers) != len(released):
            raise ValueError(
                f"'{root / split}': class_info.pickle holds {len(numbers)} classes for "
                f"{len(released)} file names."
            )
        names = [Path(key).name for key in released]
        return [
            (name, f"class_{number:05d}" if number is not None else classes.get(name, ""))
            for name, number in zip(names, numbers, strict=True)
        ]
    if test_classes is None:
        test_classes = _test_classes(root, text)
    unknown = sorted(set(test_classes) - set(classes.values()))
    if unknown:
        raise ValueError(
            f"The test classes must be folders of '{text}'. Not among them: "
            f"{', '.join(unknown[:5])}"
        )
    chosen = set(test_classes)
    return [
        (name, label)
        for name, label in sorted(classes.items())
        if (label in chosen) == (split == "test")
    ]


def _test_classes(root, text):
    for path in (root / "testclasses.txt", text.parent / "testclasses.txt"):
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            return [line.strip() for line in lines if line.strip()]
    raise FileNotFoundError(
        f"'{root}' holds neither testclasses.txt nor train/filenames.pickle, so which classes are "
        f"for testing is not known. Pass `test_classes`, or fetch them. {FLOWERS.how_to_get()}"
    )


FLOWERS = Source(
    name="flowers",
    title="Oxford-102 flowers with ten captions a picture",
    reader=read_oxford_flowers,
    downloads=(
        Download(
            "pictures (102flowers.tgz)",
            "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/102flowers.tgz",
            344_862_509,
        ),
        Download(
            "captions and class split (flowers archive of reedscot/cvpr2016)",
            "https://github.com/reedscot/cvpr2016",
        ),
        Download(
            "the authors' split and char-CNN-RNN embeddings (may be left out)",
            "https://github.com/hanzhanggit/StackGAN",
        ),
    ),
    license="not verified; read the data set's page before use",
    layout=LAYOUT,
    counts={"train": 7034, "test": 1155},
    classes={"train": 82, "test": 20},
    preprocessing="v2",
    captioned=True,
    class_disjoint=True,
    embeddings_reader=read_embeddings,
)

load = FLOWERS.load
