"""Classifiers of a data set's own labels and attributes, as judges of generated pictures."""

import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np

from keras_stackgan.data.center_pictures import center_picture
from keras_stackgan.data.decoding import decode
from keras_stackgan.data.progress import progress_bar
from keras_stackgan.data.splits import class_names
from keras_stackgan.evaluation.seen_pictures import picture_digest
from keras_stackgan.metrics import AttributeClassifier, attribute_accuracy
from keras_stackgan.training.text_training import train_classifier

ABOUT = "judges.json"
LABEL, TRAINED_ON = "label", "trained_on"
HELD_OUT = 0.1


def train_judges(
    records,
    folder,
    attributes=None,
    values=None,
    *,
    architectures=("plain", "separable"),
    image_size=64,
    width=32,
    epochs=10,
    seed=0,
    bar=True,
    say=print,
):
    """Trains one classifier an architecture on real pictures, and writes them to a new folder.

    Every judge reads the attributes, if any are given, and the pictures' labels, if all have one;
    a tenth of the pictures is held out to say how often it is right.

    Args:
        records: list of `Record`.
        folder: path. It must not exist.
        attributes: int array `(records, attributes)` or None.
        values: dict from an attribute's name to its values, in the order of the numbers, or None.
        architectures: list of str. See `AttributeClassifier`.
        image_size: int. See `AttributeClassifier`.
        width: int. See `AttributeClassifier`.
        epochs: int. Passes over the pictures.
        seed: int. Of weights, order and what is held out.
        bar: bool. Whether progress is shown.
        say: function of a str.

    Returns:
        A dict from architecture to the classifier.

    Raises:
        FileExistsError: the folder exists.
        ValueError: there is nothing to learn: neither attributes nor labels.

    Example:

    ```python
    records = read_painted_birds("birds", "train")
    numbers, _ = read_bird_attributes("birds", records)
    train_judges(records, "runs/judges", numbers, ATTRIBUTES)
    ```
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists():
        raise FileExistsError(f"'{folder}' must not exist yet. Give another folder.")
    targets, values = _targets(records, attributes, values)
    images = _shrunk_pictures(records, image_size)
    order = np.random.default_rng(seed).permutation(len(records))
    held = max(1, int(HELD_OUT * len(records)))
    test, train = order[:held], order[held:]
    cardinalities = {name: max(2, len(choices)) for name, choices in values.items()}
    judges, accuracies = {}, {}
    for architecture in architectures:
        keras.utils.set_random_seed(seed)
        judge = train_classifier(
            images[train],
            targets[train],
            cardinalities,
            image_size,
            epochs,
            say,
            architecture,
            width,
            [_Progress(epochs * len(train))] if bar else (),
        )
        found = judge.predict_values(images[test])
        accuracies[architecture] = attribute_accuracy(found, targets[test], names=list(values))
        shown = ", ".join(f"{k} {v:.3f}" for k, v in accuracies[architecture].items())
        say(f"Right on {held:,} held-out pictures, {architecture}: {shown}.")
        judges[architecture] = judge
    about = {
        "values": {name: [str(value) for value in choices] for name, choices in values.items()},
        "pictures": len(train),
        "held_out": held,
        "accuracy": accuracies,
        "epochs": epochs,
        "seed": seed,
        TRAINED_ON: sorted(picture_digest(records[row]) for row in train),
    }
    _write(folder, judges, about)
    return judges


def load_judges(folder):
    """Returns what `train_judges` wrote: `(judges, values)`.

    Args:
        folder: path.

    Returns:
        A dict from architecture to `AttributeClassifier`, and one from attribute to its values.

    Raises:
        ValueError: the folder holds no judges.

    Example:

    ```python
    judges, values = load_judges("runs/judges")
    ```
    """
    folder = Path(folder).expanduser()
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        judges = {
            name: keras.models.load_model(folder / f"{name}.keras", compile=False)
            for name in about["accuracy"]
        }
        if not all(isinstance(judge, AttributeClassifier) for judge in judges.values()):
            raise TypeError("a file holds another model")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"`folder` must be one that train_classifier wrote. Received: '{folder}' ({error})."
        ) from error
    return judges, about["values"]


def judges_trained_on(folder):
    """Returns the `picture_digest`s of what judges were trained on, as `count_seen` takes them.

    Args:
        folder: path, as `train_judges` wrote it.

    Returns:
        A set of str, or None: judges of before this was kept.
    """
    about = json.loads((Path(folder).expanduser() / ABOUT).read_text(encoding="utf-8"))
    return set(about[TRAINED_ON]) if TRAINED_ON in about else None


def attribute_reader(judge, attributes):
    """Returns a callable from pictures to the values of some of a judge's heads.

    Args:
        judge: `AttributeClassifier`.
        attributes: list of str. Columns wanted, each a head of the judge.

    Raises:
        ValueError: the judge does not read one of them.
    """
    heads = list(judge.cardinalities)
    missing = [name for name in attributes if name not in heads]
    if missing:
        raise ValueError(
            f"The judge reads {heads}, and not {missing}. Train one on this kind of data."
        )
    columns = [heads.index(name) for name in attributes]
    return lambda pictures: judge.predict_values(pictures)[:, columns]


class _Progress(keras.callbacks.Callback):
    """One bar for all passes: Keras' own shows a loss an attribute, which fills the screen."""

    def __init__(self, total):
        super().__init__()
        self.bar, self.total, self.start = progress_bar(total, "picture"), total, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.start = epoch * self.total // self.params["epochs"]

    def on_train_batch_end(self, batch, logs=None):
        share = (batch + 1) / self.params["steps"]
        self.bar.update(int(self.start + share * self.total / self.params["epochs"]))


def _targets(records, attributes, values):
    columns = [] if attributes is None else [np.asarray(attributes, "int32")]
    values = {} if values is None else dict(values)
    labels = class_names(records) if all(r.label is not None for r in records) else []
    if len(labels) > 1:
        place = {label: number for number, label in enumerate(labels)}
        columns.append(np.array([[place[record.label]] for record in records], "int32"))
        values[LABEL] = labels
    if not columns:
        raise ValueError(
            "A classifier needs something to learn: every picture a label, of two or more, or "
            "known attributes. Write labels into captions.jsonl, or sort pictures into a folder a "
            "class and use --source=class_folder."
        )
    return np.concatenate(columns, axis=1), values


def _shrunk_pictures(records, size):
    # By areas from a multiple of the size, as the classifier does with larger pictures.
    with decode(records[0].read(), records[0].path) as picture:
        factor = int(np.clip(min(picture.size) // size, 1, 4))
    images = np.empty((len(records), size, size, 3), "uint8")
    for row, record in enumerate(records):
        large = center_picture(record, factor * size).astype("float32")
        small = large.reshape(size, factor, size, factor, 3).mean(axis=(1, 3))
        images[row] = np.rint(small)
    return images


def _write(folder, judges, about):
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".saving-") as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        for name, judge in judges.items():
            judge.save(new / f"{name}.keras")
        (new / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        os.replace(new, folder)
