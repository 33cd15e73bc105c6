"""What discriminators look through, from a run's settings: the run's guide, or a network's file."""

import os
import shutil
import tempfile
from pathlib import Path

import keras

from keras_stackgan.training import guides

# The one argument of a model that is a network, and what a run's settings have in its place.
ARGUMENT, GUIDE = "discriminator_features", "guide"
SUFFIX = ".keras"
FILE = "discriminator_features.keras"


def load(settings, guide=None, run_dir=None):
    """Returns the network of a model's settings, or `None` where they have none.

    Args:
        settings: dict, the model's `config`. `discriminator_features` is `"guide"`, the network of
            the run's guide, or the path of a `.keras` file with a functional model from pictures to
            feature maps (see `FrozenFeatures`).
        guide: path of the guide's folder, or `None`: then its features are left out.
        run_dir: path of the run, or `None`. Its copy of the file is taken where it has one.

    Raises:
        ValueError: The entry is neither, or there is no such file.
    """
    value = settings.get(ARGUMENT)
    if value is None:
        return None
    if value == GUIDE:
        return None if guide is None else guides.load_features(guide)
    own = None if run_dir is None else Path(run_dir) / FILE
    path = _source(value) if own is None or not own.is_file() else own
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"`{ARGUMENT}` must name the file of a Keras model. Received: '{path}', which cannot "
            f"be read ({error})."
        ) from error


def keep(settings, run_dir):
    """Copies the network's file into a run, whole or not at all, unless it is there.

    Args:
        settings: dict, the model's `config`.
        run_dir: path of the run.
    """
    value, target = settings.get(ARGUMENT), Path(run_dir) / FILE
    if value in (None, GUIDE) or target.exists():
        return
    with tempfile.TemporaryDirectory(dir=run_dir, prefix=".copying-") as scratch:
        shutil.copyfile(_source(value), Path(scratch) / FILE)
        os.replace(Path(scratch) / FILE, target)


def _source(value):
    path = Path(str(value)).expanduser()
    if path.suffix != SUFFIX or not path.is_file():
        raise ValueError(
            f"`{ARGUMENT}` must be '{GUIDE}' or the path of a {SUFFIX} file. Received: {value!r}."
        )
    return path
