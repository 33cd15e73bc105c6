"""What a preset says of itself: checked, and completed with what is known here."""

import json
import reprlib
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
    if fault := _fault(plain):
        raise _error(fault)
    return plain


def fault_of_read(metadata):
    """What is wrong with what was read of a preset, as the end of a sentence, or `None`.

    Args:
        metadata: dict of `metadata.json`. Fields that are not known here are let be.
    """
    for field in ("description", "parameters", "versions"):
        if field not in metadata:
            return f"no {field!r}"
    if not isinstance(metadata["versions"], dict):
        return f"versions={reprlib.repr(metadata['versions'])}, which is no dict"
    if type(metadata["parameters"]) is not int:
        return f"parameters={reprlib.repr(metadata['parameters'])}, which is no whole number"
    try:
        json.dumps(metadata, allow_nan=False)
    except ValueError:
        return "a number that is not finite, which JSON does not have"
    return _fault(metadata)


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


def _fault(plain):
    for field, value in plain.items():
        if field in TEXTS and not _is_text(value):
            return f"{field}={reprlib.repr(value)}, which is no sentence"
        if field in LISTS and not (isinstance(value, list) and all(map(_is_text, value))):
            return f"{field}={reprlib.repr(value)}, which is no list of sentences"
        if field in TABLES and not isinstance(value, dict):
            return f"{field}={reprlib.repr(value)}, which is no dict"
    figures = plain.get("figures", [])
    if not isinstance(figures, list):
        return f"figures={reprlib.repr(figures)}, which is no list"
    for figure in figures:
        if not isinstance(figure, dict) or not {"name", "value", "command"} <= set(figure):
            return (
                f"the figure {reprlib.repr(figure)}; each has a name, a value and the command that "
                "measured it"
            )
    return None


def _is_text(value):
    return isinstance(value, str) and value.strip() != ""


def _error(received):
    return ValueError(f"`metadata` must be as `save_to_preset` describes it. Received: {received}.")
