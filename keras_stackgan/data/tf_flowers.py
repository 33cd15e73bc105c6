"""TensorFlow's flower photographs: 3,670 of five kinds, without captions."""

from pathlib import Path

from keras_stackgan.data.class_folder import read_class_folder
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, first_folder

CLASSES = ("daisy", "dandelion", "roses", "sunflowers", "tulips")

LAYOUT = """FOLDER/flower_photos/daisy/*.jpg and so on (or FOLDER/daisy): daisy, dandelion, roses,
    sunflowers, tulips"""


def read_tf_flowers(root, split="train", strict=True, caption_template=None, test_fraction=0.1):
    """Reads TensorFlow's flower photographs.

    They come without a split: it is made by a hash of the file names.

    Args:
        root: str or path. The folder with `flower_photos`.
        split: `"train"`, `"test"` or `"all"`.
        strict: bool. Whether an empty class is an error. Defaults to True.
        caption_template: str or None. As in `read_class_folder`.
        test_fraction: float in (0, 1). Defaults to 0.1.

    Returns:
        A list of `Record`; the label is the kind.

    Raises:
        FileNotFoundError: files are absent; the message says how to get them.

    Example:

    ```python
    records = read_tf_flowers("data", "train", caption_template="a photo of {label}")
    ```
    """
    base = first_folder(
        Path(root).expanduser(), ("flower_photos", "."), TF_FLOWERS, needs=CLASSES[0]
    )
    return read_class_folder(base, split, strict, caption_template, test_fraction, classes=CLASSES)


TF_FLOWERS = Source(
    name="tf_flowers",
    title="TensorFlow's flower photographs",
    reader=read_tf_flowers,
    downloads=(
        Download(
            "pictures (flower_photos.tgz)",
            "http://download.tensorflow.org/example_images/flower_photos.tgz",
            228_813_984,
        ),
    ),
    license="Creative Commons Attribution 2.0, photographers in the archive's LICENSE.txt",
    layout=LAYOUT,
    class_lister=lambda root, split, **options: CLASSES,
    counts={"all": 3670},
    classes={"all": 5},
)

load = TF_FLOWERS.load
