"""The dogs and cats of ImageNet on which StackGAN++ was trained."""

from pathlib import Path

from keras_stackgan.data.records import Record, pictures_under
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, check_split, first_folder

# Breeds of dogs: 118 of the 1,000 classes of ILSVRC 2012. Facts of `main.py` of StackGAN-v2.
DOGS = tuple(
    f"n0{number}"
    for number in """
    2085620 2085782 2085936 2086079 2086240 2086646 2086910 2087046 2087394 2088094 2088238 2088364
    2088466 2088632 2089078 2089867 2089973 2090379 2090622 2090721 2091032 2091134 2091244 2091467
    2091635 2091831 2092002 2092339 2093256 2093428 2093647 2093754 2093859 2093991 2094114 2094258
    2094433 2095314 2095570 2095889 2096051 2096177 2096294 2096437 2096585 2097047 2097130 2097209
    2097298 2097474 2097658 2098105 2098286 2098413 2099267 2099429 2099601 2099712 2099849 2100236
    2100583 2100735 2100877 2101006 2101388 2101556 2102040 2102177 2102318 2102480 2102973 2104029
    2104365 2105056 2105162 2105251 2105412 2105505 2105641 2105855 2106030 2106166 2106382 2106550
    2106662 2107142 2107312 2107574 2107683 2107908 2108000 2108089 2108422 2108551 2108915 2109047
    2109525 2109961 2110063 2110185 2110341 2110627 2110806 2110958 2111129 2111277 2111500 2111889
    2112018 2112137 2112350 2112706 2113023 2113186 2113624 2113712 2113799 2113978
    """.split()
)
# Five of these 17 are among the classes of ILSVRC 2012; the others have no pictures there.
CATS = tuple(
    f"n0{number}"
    for number in """
    2121808 2124075 2123394 2122298 2123159 2123478 2122725 2123597 2124484 2124157 2122878 2123917
    2122510 2124313 2123045 2123242 2122430
    """.split()
)
ANIMALS = {"dog": DOGS, "cat": CATS}

LAYOUT = """FOLDER/train/n02085620/*.JPEG and so on, one folder a class (each of the train archive's
    inner archives unpacked to its own); other classes may be there, too
FOLDER/val/n02085620/*.JPEG and so on (may be absent), for split="test\""""


def read_imagenet(root, split="train", strict=True, animal="dog"):
    """Reads the pictures of one animal's classes, whatever other classes lie beside them.

    Args:
        root: str or path. The folder with `train/<wnid>`.
        split: `"train"`, or `"test"` for the validation pictures, sorted into class folders.
        strict: bool. Has no influence: what is listed is there. Defaults to True.
        animal: `"dog"` or `"cat"`.

    Returns:
        A list of `Record` without captions; the label is the class's number in WordNet.

    Raises:
        FileNotFoundError: none of the classes' folders is there.

    Example:

    ```python
    records = read_imagenet("imagenet", "train", animal="cat")
    ```

    Reference: `CLASS_DIC` and `ImageFolder` of StackGAN-v2.
    """
    check_split(split, ("train", "test"))
    if animal not in ANIMALS:
        raise ValueError(f"`animal` must be 'dog' or 'cat'. Received: {animal!r}")
    root = Path(root).expanduser()
    source = {"dog": DOG, "cat": CAT}[animal]
    part = "train" if split == "train" else "val"
    base = first_folder(root, (part, f"ILSVRC/Data/CLS-LOC/{part}"), source)
    prefix = base.relative_to(root).as_posix()
    records = [
        Record(root, file, (), wnid)
        for wnid in sorted(ANIMALS[animal])
        for file in pictures_under(root, f"{prefix}/{wnid}")
    ]
    if not records:
        raise FileNotFoundError(
            f"'{base}' holds no folder of a {animal}'s class with pictures, e.g. "
            f"'{ANIMALS[animal][-3]}'. {source.how_to_get()}"
        )
    return records


def _source(animal, pictures, classes):
    return Source(
        name=f"imagenet_{animal}",
        title=f"The {animal}s of ImageNet (ILSVRC 2012)",
        reader=read_imagenet,
        downloads=(
            Download(
                "train pictures (needs an account)",
                "https://image-net.org/download",
            ),
        ),
        license="the terms that ImageNet's download page asks to be accepted (not verified)",
        layout=LAYOUT,
        counts={"train": pictures},
        classes={"train": classes},
        preprocessing="v2",
        options={"animal": animal},
    )


# The counts are those of a comment in the authors' code.
DOG = _source("dog", 147_873, 118)
CAT = _source("cat", 6_500, 5)

load_dogs = DOG.load
load_cats = CAT.load
