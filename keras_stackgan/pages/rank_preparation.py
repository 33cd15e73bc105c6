"""Draws the pictures of a study, once, before anybody ranks them."""

import json
import secrets
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from keras_stackgan.pages.rank_study import FORMAT, MOST_MODELS, STUDY, VOTES, picture_path

# Captions that a model draws in one call.
CHUNK = 16
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


def prepare_study(sources, captions, directory, seed=0, boxes=None):
    """Writes a study: for every caption a picture of each source.

    Args:
        sources: dict from name to a folder of pictures, or to a function without arguments that
            returns a model with its text encoder; 2 to 9. Models are made one after the other.
            Folders must hold pictures of the same names, as many as captions; the first name
            belongs to the first caption.
        captions: list of str.
        directory: path of the study. Must be new, empty or a study without votes.
        seed: int from 0 to 2**31 - 1. Of the models' noise.
        boxes: float array `(4,)`, or `(len(captions), 4)`: left, top, width and height in units of
            the picture, for the models that take boxes. Defaults to `None`: the middle.

    Returns:
        The path of the study.

    Raises:
        FileExistsError: `directory` holds something else.
        ValueError: Sources, captions or boxes are not as described, or no source takes boxes.

    Example:

    ```python
    sources = {"ours": lambda: StackGANv2.from_preset("my_preset"), "theirs": "their_pictures"}
    prepare_study(sources, ["a red bird", "a blue bird"], "studies/birds")
    ```
    """
    captions = _check_captions(captions)
    if boxes is not None:
        boxes = _check_boxes(boxes, len(captions))
    if not 2 <= len(sources) <= MOST_MODELS or not all(sources):
        raise ValueError(
            f"`sources` must be 2 to {MOST_MODELS}, each with a name. Received: {list(sources)}."
        )
    from keras_stackgan.text.whole_directory import whole_directory

    files = _files({k: v for k, v in sources.items() if not callable(v)}, len(captions))
    directory = Path(directory).expanduser()
    boxed = False
    with whole_directory(directory, _is_replaceable, "a study without votes") as new:
        for number, (name, source) in enumerate(sources.items()):
            picture_path(new, number, 0).parent.mkdir(parents=True)
            if name in files:
                _copy(files[name], new, number)
            else:
                model = source()
                boxed = boxed or model.takes_boxes
                _draw(name, model, captions, seed, boxes, new, number)
        if boxes is not None and not boxed:
            raise ValueError(
                f"`boxes` need a source that takes boxes. None of {list(sources)} does: leave "
                "them out."
            )
        content = {
            "format": FORMAT,
            "token": secrets.token_hex(16),
            "models": list(sources),
            "captions": captions,
            "seed": seed,
        }
        (new / STUDY).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return directory


def _is_replaceable(directory):
    if not directory.is_dir() or (directory / VOTES).exists():
        return False
    return (directory / STUDY).is_file() or not any(directory.iterdir())


def _check_captions(captions):
    captions = [" ".join(str(caption).split()) for caption in captions]
    if not captions or not all(captions):
        raise ValueError(
            f"`captions` must be one sentence at least, none of them empty. Received: {captions}."
        )
    return captions


def _check_boxes(boxes, count):
    try:
        boxes = np.asarray(boxes, "float32")
    except (TypeError, ValueError):
        raise ValueError(f"`boxes` must be numbers. Received: {boxes!r}.") from None
    if boxes.shape not in ((4,), (1, 4), (count, 4)):
        raise ValueError(
            f"`boxes` must be one of four numbers, or one for each of {count} captions. Received: "
            f"shape {boxes.shape}."
        )
    return np.broadcast_to(boxes, (count, 4))


def _files(folders, count):
    """The pictures of each folder in order, or an error that names the first difference."""
    found = {}
    for name, folder in folders.items():
        folder = Path(folder).expanduser()
        if not folder.is_dir():
            raise ValueError(f"Source {name!r} must be a folder of pictures. Received: '{folder}'.")
        files = {p.stem: p for p in sorted(folder.iterdir()) if p.suffix.lower() in ENDINGS}
        if len(files) != count:
            raise ValueError(
                f"Source {name!r} must hold a picture for each of {count} captions. '{folder}' "
                f"holds {len(files)}."
            )
        found[name] = files
    for name, files in found.items():
        first_name, first = next(iter(found.items()))
        odd = sorted(set(files) ^ set(first))
        if odd:
            raise ValueError(
                f"Sources {first_name!r} and {name!r} must hold pictures of the same names. Only "
                f"one of them has {odd[0]!r}."
            )
    return {name: [files[stem] for stem in sorted(files)] for name, files in found.items()}


def _copy(files, directory, number):
    for k, path in enumerate(files):
        try:
            # Written anew, so that nothing in the file tells where it is from.
            with Image.open(path) as image:
                Image.fromarray(_pixels(image)).save(picture_path(directory, number, k))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise ValueError(f"'{path}' must be a picture ({error}).") from error


def _pixels(image):
    # As viewers show it: cameras store photographs as they were held.
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def _draw(name, model, captions, seed, boxes, directory, number):
    if model.embedding_dim is None or model.text_encoder is None:
        raise ValueError(
            f"Source {name!r} must draw sentences. Received: a model without a text encoder."
        )
    for first in range(0, len(captions), CHUNK):
        # The noise follows from seed and place in a call: another seed for each call.
        chunk = slice(first, first + CHUNK)
        asked = {"boxes": boxes[chunk]} if boxes is not None and model.takes_boxes else {}
        pictures = model.generate(captions[chunk], seed=seed + first, **asked)
        for k, picture in enumerate(pictures):
            Image.fromarray(picture).save(picture_path(directory, number, first + k))
