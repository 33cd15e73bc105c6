"""What lies beside a published archive for people: the model card and sample pictures."""

import json
import re
import shutil

import numpy as np
from PIL import Image

from keras_stackgan.models import box_checks
from keras_stackgan.presets.model_card import model_card

CARD = "README.md"
ENTRY = "entry.json"
MOST_SAMPLES = 8
_PAGE_FILE = re.compile(r"README\.md|entry\.json|sample_\d+\.png", re.ASCII)


def draw_samples(model, captions, embeddings, labels, boxes, seed, metadata):
    """Pictures of a model for its page.

    Args:
        model: the model.
        captions: list of str, or `None` for the metadata's, as `embeddings` and `labels` in
            `publish`.
        embeddings: float array, or `None`.
        labels: int array, or `None`.
        boxes: float array `(4,)` or `(n, 4)`, or `None`.
        seed: int.
        metadata: dict, as in a preset.

    Returns:
        A list of (what it shows, a list of one picture a stage).

    Raises:
        ValueError: If a model that draws sentences is given none.
    """
    given = {"captions": captions, "embeddings": embeddings, "labels": labels}
    given = {name: values for name, values in given.items() if values is not None}
    if not given and model.num_classes is not None:
        given = {"labels": np.arange(min(4, model.num_classes))}
    if not given and model.embedding_dim is not None:
        if model.text_encoder is None or not metadata.get("captions"):
            raise ValueError(
                "A model that draws sentences needs `captions` for its sample pictures, or "
                "`embeddings` where it has no text encoder. Received: none of them."
            )
        given = {"captions": metadata["captions"]}
    boxes = box_checks.given(model, boxes)
    if not given:
        stages = model.generate(num_images=4, seed=seed, stages="all")
        titles = [f"picture {k + 1}" for k in range(4)]
    else:
        ((name, values),) = given.items() if len(given) == 1 else (("", ()),)
        if not len(values) or isinstance(values, str):
            raise ValueError(
                "`publish` takes one of `captions`, `embeddings` and `labels`, each with one entry "
                f"a sample. Received: {sorted(given)}."
            )
        if boxes and np.ndim(boxes["boxes"]) == 2 and len(boxes["boxes"]) == len(values):
            boxes = {"boxes": boxes["boxes"][:MOST_SAMPLES]}
        values = values[:MOST_SAMPLES]
        stages = model.generate(**{name: values}, **boxes, seed=seed, stages="all")
        titles = [f"{name.rstrip('s')} {v}" if name == "labels" else str(v) for v in values]
        if name == "embeddings":
            titles = [f"embedding {k + 1}" for k in range(len(values))]
    return list(zip(titles, zip(*stages, strict=True), strict=True))


def write(directory, model, name, version, metadata, samples, checksum):
    """Writes card and samples into a directory; returns the card's name."""
    shown = []
    for k, (title, stages) in enumerate(samples):
        file = f"sample_{k + 1}.png"
        size = stages[-1].shape[0]
        # Stages side by side, each enlarged to the last one's size.
        strip = [Image.fromarray(x).resize((size, size), Image.Resampling.NEAREST) for x in stages]
        Image.fromarray(np.concatenate(strip, axis=1)).save(directory / file)
        shown.append(f"![{title}]({file})\n\n{title}")
    loading = _loading(model, name, version, checksum, samples)
    has_text = model.text_encoder is not None
    card = model_card(f"{name}/{version}", type(model).__name__, metadata, has_text, False, loading)
    pictures = "\n\n".join(["## What it draws", *shown])
    (directory / CARD).write_text(f"{card}\n{pictures}\n", encoding="utf-8")
    return CARD


def check_replaceable(directory):
    """Raises a `FileExistsError` unless a page can be put where a path leads.

    Nothing may be there but an empty folder, or the page of a version whose archive never came to
    be: people keep other things in folders of numbers.
    """
    if not directory.exists():
        return
    found = sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []
    texts = _texts(directory) if ENTRY in found else ()
    odd = [name for name in found if not _PAGE_FILE.fullmatch(name) and name not in texts]
    if not directory.is_dir() or odd or (found and ENTRY not in found):
        what = repr((odd or found)[0]) if found else "a file"
        raise FileExistsError(
            f"A version's page needs '{directory}', where nothing else may be. Received: {what}. "
            "Move it away, or publish another version."
        )


def remove(directory):
    """Removes the page of a version whose archive never came to be, and nothing else.

    Raises:
        FileExistsError: If it is something else.
    """
    check_replaceable(directory)
    if directory.exists():
        shutil.rmtree(directory)


def _texts(directory):
    """Names of the texts that came with a page, by its own entry."""
    try:
        entry = json.loads((directory / ENTRY).read_text(encoding="utf-8"))
        return {str(file).rpartition("/")[2] for file in entry["texts"]}
    except (KeyError, OSError, TypeError, ValueError):
        return set()


def _loading(model, name, version, checksum, samples):
    if model.num_classes is not None:
        asked, given = "labels", "tf.constant([0, 1])"
    elif model.embedding_dim is None:
        asked, given = "num_images", "4"
    elif hasattr(model.text_encoder, "graph_encode"):
        asked, given = "captions", f"tf.constant([{samples[0][0]!r}])"
    else:
        asked, given = "embeddings", f"tf.ones((1, {model.embedding_dim}))"
    boxed = ""
    if model.takes_boxes:
        boxed = f"""
boxes = tf.constant([[0.5, 0.2, 0.4, 0.6]])  # left, top, width, height
pictures = loaded.generate_in_boxes({asked}={given}, boxes=boxes, seed=0)["images"]"""
    return f"""```python
import tensorflow as tf
import tensorflow_hub as hub

loaded = hub.load("https://your.server/{name}/{version}.tar.gz")
pictures = loaded.generate({asked}={given}, seed=0)["images"]  # uint8{boxed}
```

It needs neither Keras nor keras_stackgan. As a layer of a Keras model:

```python
path = hub.resolve("https://your.server/{name}/{version}.tar.gz")
layer = keras.layers.TFSMLayer(path, call_endpoint="__call__")
```

The archive's sha256 is `{checksum}`."""
