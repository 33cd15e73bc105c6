"""Frozen guides of a generator: made once from real pictures, kept in a folder, loaded by it."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

MATCHING_MODEL = "matching.keras"


def load_guide(directory, model):
    """Returns the guide in a folder, as the `matcher` of a model's `compile`.

    Args:
        directory: path. What `AttributeMatcher.save` wrote, or a folder with a matching model,
            `matching.keras`; `keras-stackgan train_text` makes both.
        model: the `AdversarialModel` to be guided, with its embeddings standardized already.

    Raises:
        ValueError: `directory` holds neither.

    Example:

    ```python
    model.compile(matcher=load_guide("text/guide", model), matching_weight=0.3)
    ```
    """
    from keras_stackgan.metrics import AttributeMatcher
    from keras_stackgan.text import Matcher

    directory = Path(directory).expanduser()
    if (directory / MATCHING_MODEL).is_file():
        return Matcher(directory / MATCHING_MODEL, model)
    return AttributeMatcher.load(
        directory, np.asarray(model.embedding_mean), np.asarray(model.embedding_scale)
    )


def load_features(directory):
    """Returns the feature maps of the guide in a folder, as `discriminator_features` of a model.

    Args:
        directory: path. See `load_guide`.

    Raises:
        ValueError: `directory` holds no guide, or one whose network is not functional.

    Example:

    ```python
    model = StackGANv2(discriminator_features=load_features("text/guide"), embedding_dim=128)
    ```
    """
    import keras

    from keras_stackgan.layers import FrozenFeatures
    from keras_stackgan.metrics import AttributeMatcher

    directory = Path(directory).expanduser()
    if (directory / MATCHING_MODEL).is_file():
        model = keras.models.load_model(directory / MATCHING_MODEL, compile=False)
        return FrozenFeatures.last_maps(model.picture_network)
    return AttributeMatcher.load(directory).classifier.feature_maps()


def copy_guide(source, target):
    """Copies a guide into a run's folder, whole or not at all, unless it is there."""
    source, target = Path(source).expanduser(), Path(target)
    if target.exists():
        return
    if not source.is_dir():
        raise ValueError(
            f"The guide must be a folder, as `keras-stackgan train_text` makes it. Received: "
            f"'{source}'."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".copying-") as scratch:
        shutil.copytree(source, Path(scratch) / "guide")
        os.replace(Path(scratch) / "guide", target)
