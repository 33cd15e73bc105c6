"""The files that the authors of StackGAN prepared and released, read without running any code."""

import json
import os
import shutil
import uuid
from pathlib import Path

import numpy as np
from PIL import Image

from keras_stackgan.data.captions_file import leads_outside
from keras_stackgan.formats import read_plain_pickle, read_vectors

EMBEDDINGS = ("char-CNN-RNN", "char-CNN-GRU", "skip-thought")


def read_filenames(root, split):
    """Reads which pictures the originals used for a split.

    Args:
        root: str or path. The folder that holds `train` and `test`.
        split: `"train"` or `"test"`.

    Returns:
        A list of str, such as `"001.Black_footed_Albatross/Black_Footed_Albatross_0046_18"`, or
        None where there is no `filenames.pickle`.

    Raises:
        ValueError: the file is no list of texts.

    Example:

    ```python
    read_filenames("birds", "train")
    ```
    """
    path = Path(root) / split / "filenames.pickle"
    if not path.is_file():
        return None
    keys = read_plain_pickle(path)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"'{path}' must hold a list of file names. Received: {keys!r:.80}")
    return keys


def read_class_info(root, split):
    """Reads the class number of each picture of a split, in the order of `read_filenames`.

    Args:
        root: str or path.
        split: `"train"` or `"test"`.

    Returns:
        A list of int, or None where there is no `class_info.pickle`.

    Example:

    ```python
    read_class_info("birds", "train")
    ```
    """
    path = Path(root) / split / "class_info.pickle"
    if not path.is_file():
        return None
    return [int(number) for number in read_plain_pickle(path)]


def read_embeddings(root, split, kind="char-CNN-RNN"):
    """Reads the caption embeddings that the originals were trained on.

    Args:
        root: str or path.
        split: `"train"` or `"test"`.
        kind: `"char-CNN-RNN"`, `"char-CNN-GRU"` or `"skip-thought"`. Defaults to the first.

    Returns:
        float32 array `(pictures, captions, dim)`, in the order of `read_filenames`. The released
        char-CNN-RNN files have 10 captions of 1024 numbers.

    Raises:
        FileNotFoundError: there is no such file, or no `filenames.pickle` to say whose they are.
        ValueError: `kind` is another, or the file holds no array of that form.

    Example:

    ```python
    embeddings = read_embeddings("birds", "train")
    dataset = caption_dataset(read_cub("birds", "train"), embeddings, image_size=64)
    ```
    """
    if kind not in EMBEDDINGS:
        raise ValueError(f"`kind` must be one of {', '.join(EMBEDDINGS)}. Received: {kind!r}")
    path = Path(root) / split / f"{kind}-embeddings.pickle"
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no '{path}'. The authors released it with their preprocessed data; or pass "
            "`encoder` and compute embeddings of the captions."
        )
    if not (path.parent / "filenames.pickle").is_file():
        raise FileNotFoundError(
            f"'{path}' needs filenames.pickle beside it, which says whose embeddings they are."
        )
    try:
        embeddings = np.asarray(read_plain_pickle(path), dtype="float32")
    except (TypeError, ValueError) as error:
        raise ValueError(f"'{path}' must hold an array of numbers ({error}).") from error
    if embeddings.ndim != 3:
        raise ValueError(
            f"'{path}' must hold an array (pictures, captions, dim). Received shape: "
            f"{embeddings.shape}"
        )
    return embeddings


def read_torch_embeddings(folder, records):
    """Reads caption embeddings as the GAN-CLS release keeps them: one `.t7` file a picture.

    Args:
        folder: str or path. The folder with the `.t7` files, at any depth; each holds the picture's
            name `img` and its captions' embeddings `txt`.
        records: list of `Record`. Whose embeddings are wanted; a picture's name without folders and
            suffix tells whose they are.

    Returns:
        float32 array `(records, captions, dim)`, in the order of `records`.

    Raises:
        ValueError: a file is damaged or holds something else, two have one picture, or a record has
            none.

    Example:

    ```python
    records = read_cub("birds", "train")
    embeddings = read_torch_embeddings("cub_icml", records)
    dataset = caption_dataset(records, embeddings, image_size=64)
    ```

    Reference: Reed et al., Generative Adversarial Text to Image Synthesis, ICML 2016, its data.
    """
    names, vectors = read_vectors(folder)
    rows = {Path(name).stem: row for row, name in enumerate(names)}
    if len(rows) != len(names):
        raise ValueError(f"'{folder}' must hold one file a picture: some pictures are there twice.")
    absent = [record.file for record in records if Path(record.file).stem not in rows]
    if absent:
        raise ValueError(
            f"'{folder}' must hold a file for each record. {len(absent)} of {len(records)} have "
            f"none, e.g. '{absent[0]}'."
        )
    return vectors[[rows[Path(record.file).stem] for record in records]]


def write_pictures(root, split, folder, size=304):
    """Writes the pictures that the TensorFlow code kept in one pickle as a data folder.

    The pickle (`304images.pickle` or `76images.pickle`) is read whole: the 8,855 birds of 304
    pixels are 2.5 GB. They are cut to the box and resized already.

    Args:
        root: str or path. The folder that holds `train` and `test`.
        split: `"train"` or `"test"`.
        folder: str or path. The data folder to write; must not exist.
        size: 304 or 76. Defaults to 304.

    Returns:
        The Path of the folder: `pictures/*.png` and a `captions.jsonl` without captions, in the
        order of `read_filenames`; read it with `read_records(folder, uncaptioned="keep")`.

    Raises:
        FileExistsError: `folder` exists.
        FileNotFoundError: a pickle is missing.
        ValueError: the pickles hold something else, or a file name leads outside of `folder`.

    Example:

    ```python
    records = read_records(write_pictures("birds", "train", "birds_304"), uncaptioned="keep")
    ```
    """
    path, folder = Path(root) / split / f"{size}images.pickle", Path(folder)
    if folder.exists():
        raise FileExistsError(f"`folder` must not exist. '{folder}' does; choose another name.")
    keys = read_filenames(root, split)
    if keys is None or not path.is_file():
        raise FileNotFoundError(f"'{path.parent}' must hold filenames.pickle and {path.name}.")
    outside = [key for key in keys if leads_outside(key)]
    if outside:
        raise ValueError(
            f"'{path.parent}/filenames.pickle' must hold names below a folder. Received: "
            f"{outside[0]!r}, which leads outside; fetch the file again from where you trust it."
        )
    images = read_plain_pickle(path)
    if len(images) != len(keys):
        raise ValueError(f"'{path}' holds {len(images)} pictures for {len(keys)} file names.")
    classes = read_class_info(root, split) or [None] * len(keys)
    scratch = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        lines = []
        for key, label, pixels in zip(keys, classes, images, strict=True):
            pixels = np.asarray(pixels)
            if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[-1] != 3:
                raise ValueError(
                    f"'{path}' must hold uint8 pictures (height, width, 3). Received: "
                    f"{pixels.dtype} {pixels.shape}"
                )
            file = f"pictures/{key}.png"
            target = scratch / file
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(target)
            lines.append(json.dumps({"file": file, "captions": [], "label": label}))
        (scratch / "captions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder
