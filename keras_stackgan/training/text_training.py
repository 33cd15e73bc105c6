"""A text encoder, and a guide for the generator, trained on a data set's own captions."""

from pathlib import Path

import keras
import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics import AttributeClassifier, AttributeMatcher
from keras_stackgan.text import HashedNgramEncoder, train_on_attributes

ENCODER, GUIDE = "text_encoder", "guide"


def train_text_on_attributes(
    images,
    captions,
    targets,
    mentioned,
    cardinalities,
    folder,
    *,
    encoder=None,
    guide_size=32,
    text_epochs=10,
    picture_epochs=8,
    seed=0,
    say=print,
):
    """Trains an encoder and a guide on pictures whose attributes are known, and writes both.

    Args:
        images: uint8 array `(n, size, size, 3)`.
        captions: list of n lists of str, each as long as the others.
        targets: int array `(n, attributes)`. Numbers of the pictures' values.
        mentioned: bool array `(n, captions, attributes)`. What each caption states.
        cardinalities: dict from attribute to the number of its values.
        folder: path. Gets `text_encoder/` and `guide/`; neither may be there yet.
        encoder: a trainable text encoder. By default a new `HashedNgramEncoder`; with
            `text_epochs=0` a trained one, which stays as it is and for which a guide is made.
        guide_size: int. Side in pixels at which the guide looks at pictures.
        text_epochs: int. Passes over all captions in which the encoder learns; 0 for none.
        picture_epochs: int. Passes over all pictures.
        seed: int. Of weights and orders.
        say: function of a str, for what is to be told in between.

    Returns:
        `(encoder, matcher)`: what was written.

    Raises:
        FileExistsError: The folder holds an encoder or a guide.
        ValueError: `text_epochs` is 0 and there is no encoder.

    Example:

    ```python
    encoder, matcher = train_text_on_attributes(
        images, captions, targets, mentioned, {"crown": 12, "pose": 4}, "runs/text"
    )
    ```
    """
    folder = Path(folder).expanduser()
    check_new(folder)
    if encoder is None and not text_epochs:
        raise ValueError(
            "`text_epochs` must be at least 1 for an encoder that is new. Received: text_epochs=0 "
            "and encoder=None; give a trained `encoder`."
        )
    keras.utils.set_random_seed(seed)
    encoder = HashedNgramEncoder(seed=seed) if encoder is None else encoder
    texts = [caption for each in captions for caption in each]
    counts = [len(each) for each in captions]
    rows = np.repeat(targets, counts, axis=0)
    stated = np.asarray(mentioned).reshape(len(texts), -1)
    if text_epochs:
        history = train_on_attributes(
            encoder, texts, rows, stated, cardinalities, epochs=text_epochs, seed=seed
        )
        say(
            f"The encoder tells {history['accuracy'][-1]:.1%} of the attributes that "
            f"{len(texts):,} captions state."
        )
    classifier = train_classifier(images, targets, cardinalities, guide_size, picture_epochs, say)
    matcher = AttributeMatcher.fit(classifier, encoder(texts), rows, stated, epochs=3, seed=seed)
    encoder.save(folder / ENCODER)
    matcher.save(folder / GUIDE)
    return encoder, matcher


def train_classifier(
    images,
    targets,
    cardinalities,
    image_size,
    epochs,
    say=print,
    architecture="plain",
    width=32,
    callbacks=(),
):
    """Trains an `AttributeClassifier` with a learning rate that falls to nearly nothing.

    Args:
        images: uint8 array `(n, size, size, 3)`.
        targets: int array `(n, attributes)`.
        cardinalities: dict from attribute to the number of its values.
        image_size: int. See `AttributeClassifier`.
        epochs: int.
        say: function of a str.
        architecture: See `AttributeClassifier`.
        width: int. See `AttributeClassifier`.
        callbacks: list of Keras callbacks.

    Returns:
        The classifier.
    """
    batch_size = min(64, len(images))
    count = len(images)
    steps_a_pass = -(-count // batch_size)
    steps = check_count("epochs", epochs) * steps_a_pass
    classifier = AttributeClassifier(cardinalities, image_size, width, architecture)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps, alpha=0.01)
    classifier.compile(keras.optimizers.Adam(schedule))
    # Full batches only, some pictures twice: with a smaller last batch TensorFlow 2.21 corrupts its
    # memory on the CPU, in the depthwise convolutions of "separable".
    images, targets = np.asarray(images), np.asarray(targets)
    if len(images) % batch_size:
        rows = np.resize(np.arange(len(images)), steps_a_pass * batch_size)
        images, targets = images[rows], targets[rows]
    columns = {name: targets[:, k] for k, name in enumerate(cardinalities)}
    history = classifier.fit(
        images,
        columns,
        batch_size=batch_size,
        epochs=epochs,
        verbose=0,
        callbacks=list(callbacks),
    )
    say(
        f"The {architecture} classifier of {image_size} pixels: cross-entropy "
        f"{history.history['loss'][-1] / len(cardinalities):.3f} an attribute after {epochs} "
        f"passes over {count:,} pictures."
    )
    return classifier


def check_new(folder):
    """Raises a `FileExistsError` if a folder holds an encoder or a guide."""
    for name in (ENCODER, GUIDE):
        if (folder / name).exists():
            raise FileExistsError(
                f"'{folder / name}' is there already. Give another folder, or move it away."
            )
