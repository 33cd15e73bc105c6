"""COCO captions: photographs of everyday scenes with five captions each."""

import json
from pathlib import Path

from keras_stackgan.data.caption_texts import clean_caption
from keras_stackgan.data.records import Record, check_present
from keras_stackgan.data.source import Source
from keras_stackgan.data.source_files import Download, check_split, first_folder

LAYOUT = """FOLDER/train2014/COCO_train2014_000000000009.jpg and so on, FOLDER/val2014/*.jpg
    (or FOLDER/images/train2014)
FOLDER/annotations/captions_train2014.json, captions_val2014.json
The files of 2017 lie alike (train2017/000000000009.jpg): options={"year": 2017}"""


def read_coco(root, split="train", strict=True, year=2014):
    """Reads COCO's pictures and captions.

    Args:
        root: str or path. The folder with `train2014` and `annotations`.
        split: `"train"`, or `"test"` for the validation pictures, on which the published models
            were scored.
        strict: bool. Whether missing pictures or captions are an error; else they are kept, as
            `audit` wants it. Defaults to True.
        year: 2014 or 2017. Defaults to 2014, as in the paper.

    Returns:
        A list of `Record`, in the order of the pictures' numbers, without labels.

    Raises:
        FileNotFoundError: files are absent.
        ValueError: the annotations are malformed or of something else.

    Example:

    ```python
    records = read_coco("coco", "train")
    ```

    Reference: Chen et al., Microsoft COCO Captions, 2015, https://arxiv.org/abs/1504.00325.
    """
    check_split(split, ("train", "test"))
    root = Path(root).expanduser()
    part = f"{'train' if split == 'train' else 'val'}{year}"
    folder = first_folder(root, (part, f"images/{part}"), COCO)
    source = root / "annotations" / f"captions_{part}.json"
    files, captions = _read_annotations(source)
    prefix = folder.relative_to(root).as_posix()
    records = [
        Record(root, f"{prefix}/{files[number]}", tuple(captions.get(number, ())))
        for number in sorted(files)
    ]
    if strict:
        check_present(root, [record.file for record in records], f"'{source}'")
        bare = [record.file for record in records if not record.captions]
        if bare:
            raise ValueError(
                f"{len(bare)} pictures of '{source}' have no caption, e.g. '{bare[0]}'. "
                "strict=False keeps them."
            )
    return records


def _read_annotations(source):
    if not source.is_file():
        raise FileNotFoundError(f"'{source}' is missing. {COCO.how_to_get()}")
    try:
        content = json.loads(source.read_bytes())
        files = {image["id"]: image["file_name"] for image in content["images"]}
        captions = {}
        # In the order in which they were written, whatever the file's.
        for entry in sorted(content["annotations"], key=lambda entry: entry["id"]):
            text = clean_caption(entry["caption"])
            if text:
                captions.setdefault(entry["image_id"], []).append(text)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"'{source}' must hold COCO's 'images' (id, file_name) and 'annotations' (id, "
            f"image_id, caption). {type(error).__name__}: {error}. Fetch it again."
        ) from error
    strangers = [name for name in files.values() if "/" in name or "\\" in name or ".." in name]
    if strangers:
        raise ValueError(f"'{source}' must name plain files. Received: {strangers[0]!r}")
    return files, captions


COCO = Source(
    name="coco",
    title="COCO captions of 2014",
    reader=read_coco,
    downloads=(
        Download(
            "train pictures",
            "http://images.cocodataset.org/zips/train2014.zip",
            13_510_573_713,
        ),
        Download(
            "validation pictures",
            "http://images.cocodataset.org/zips/val2014.zip",
            6_645_013_297,
        ),
        Download(
            "captions",
            "http://images.cocodataset.org/annotations/annotations_trainval2014.zip",
            252_872_794,
        ),
    ),
    license=(
        "captions: Creative Commons Attribution 4.0; pictures: their owners', under the terms of "
        "use of Flickr (cocodataset.org, terms of use)"
    ),
    layout=LAYOUT,
    counts={"train": 82783, "test": 40504},
    preprocessing="v1_pytorch",
    captioned=True,
)

load = COCO.load
