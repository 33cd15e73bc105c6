"""The files of a saved text encoder: JSON and arrays, never code."""

import json

import numpy as np

from keras_stackgan.text.arrays_file import read_arrays, write_arrays

FORMAT = "keras_stackgan.text_encoder"
CONFIG = "config.json"
# One data set a weight, under the weight's own name.
WEIGHTS = "encoder.weights.h5"


def is_replaceable(directory):
    """Whether `save` may put an encoder where `directory` is."""
    if not directory.is_dir():
        return False
    if not any(directory.iterdir()):
        return True
    try:
        read_config(directory)
    except ValueError:
        return False
    return True


def write_config(directory, class_name, config):
    """Writes the class and its arguments."""
    entry = {"format": FORMAT, "version": 1, "class_name": class_name, "config": config}
    text = json.dumps(entry, indent=2, sort_keys=True)
    (directory / CONFIG).write_text(text + "\n", encoding="utf-8")


def read_config(directory):
    """Returns the class name and the arguments, or raises a ValueError that says what is there."""
    try:
        entry = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
        if entry["format"] != FORMAT:
            raise ValueError(f"its format is {entry['format']!r}")
        if entry["version"] != 1:
            raise ValueError(f"version {entry['version']!r} needs a newer keras_stackgan")
        return str(entry["class_name"]), dict(entry["config"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, OSError):
            received = "there is no readable config.json"
        elif isinstance(error, KeyError):
            received = f"config.json has no {error}"
        else:
            received = f"of config.json: {error}"
        raise ValueError(
            f"`directory` must be one that a text encoder's `save` wrote. Received: "
            f"{str(directory)!r}; {received}. A published BERT goes to "
            f"SentenceEncoder.from_directory."
        ) from None


def write_weights(directory, weights, dtype):
    """Writes the arrays; those of floats as `dtype`, or as float32 where its range is too small.

    Raises:
        ValueError: A number is not finite.
    """
    arrays = {name: np.asarray(array) for name, array in weights.items()}
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            continue
        if not np.isfinite(array).all():
            raise ValueError(
                f"The text encoder's weights must be finite to be saved. Those of {name!r} are not."
            )
        fits = np.abs(array).max(initial=0.0) <= np.finfo(dtype).max
        arrays[name] = array.astype(dtype if fits else "float32")
    write_arrays(directory / WEIGHTS, arrays)


def read_weights(directory):
    """Returns the arrays; those of floats as float32."""
    return read_arrays(directory / WEIGHTS)
