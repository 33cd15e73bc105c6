"""What a preset says of itself: checked, and completed with what is known here."""

import json
import sys

import keras

from keras_stackgan.version import __version__

TEXTS = ("description", "license")
LISTS = ("knows", "captions", "limits", "citation")
TABLES = ("dataset", "training")
FIELDS = (*TEXTS, *LISTS, *TABLES, "figures")


def check(metadata):
    """Returns what the user says of a preset, as plain data.

    Args:
        metadata: dict, or `None`. All of it is optional: `description` (a sentence), `license`;
            the lists of sentences `knows` (what it can draw), `captions` (examples), `limits`,
            `citation`; the dicts `dataset` (such as `name`, `license`, `credit`) and `training`
            (such as `steps`, `hours`, `command`); `figures`, a list of dicts with `name`, `value`,
            the `command` that measured it, and more if wanted.

    Raises:
        ValueError: If a field is unknown or not as described.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise _error(f"a {type(metadata).__name__} and no dict")
    unknown = sorted(set(metadata) - set(FIELDS), key=str)
    if unknown:
        raise _error(f"the field {unknown[0]!r}; known are {', '.join(FIELDS)}")
    try:
        # NumPy's numbers are what measuring gives.
        text = json.dumps(metadata, allow_nan=False, default=lambda value: value.item())
    except (AttributeError, TypeError, ValueError) as error:
        raise _error(f"something that JSON cannot hold ({error})") from error
    plain = json.loads(text)
    for field, value in plain.items():
        if field in TEXTS and not _is_text(value):
            raise _error(f"{field}={value!r}, which is no sentence")
        if field in LISTS and not (isinstance(value, list) and all(map(_is_text, value))):
            raise _error(f"{field}={value!r}, which is no list of sentences")
        if field in TABLES and not isinstance(value, dict):
            raise _error(f"{field}={value!r}, which is no dict")
    _check_figures(plain.get("figures", []))
    return plain


def complete(metadata, model):
    """Adds what is known without being told: description, size, steps, versions."""
    backend = keras.backend.backend()
    versions = {"keras_stackgan": __version__, "keras": keras.version()}
    versions[backend] = getattr(sys.modules.get(backend), "__version__", "unknown")
    sizes = ", ".join(map(str, dict.fromkeys(model.output_sizes)))
    return {
        "description": f"A {type(model).__name__} that draws pictures of {sizes} pixels.",
        **metadata,
        "parameters": int(model.averaged_generator.count_params()),
        "step": model.step,
        "versions": versions,
    }


def _check_figures(figures):
    if not isinstance(figures, list):
        raise _error(f"figures={figures!r}, which is no list")
    for figure in figures:
        if not isinstance(figure, dict) or not {"name", "value", "command"} <= set(figure):
            raise _error(
                f"the figure {figure!r}; each has a name, a value and the command that measured it"
            )


def _is_text(value):
    return isinstance(value, str) and value.strip() != ""


def _error(received):
    return ValueError(f"`metadata` must be as `save_to_preset` describes it. Received: {received}.")
