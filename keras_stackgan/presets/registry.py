"""Where a preset lies: inside the package, in a directory, or behind an address."""

import os
from pathlib import Path

from keras_stackgan.presets import cache
from keras_stackgan.presets.preset_directory import CONFIG, PresetDirectory

# Each folder in it is a preset; setup.py takes them along into the wheel.
BUILTIN = Path(__file__).parent / "builtin"


def builtin():
    """Returns the directories of the presets that the package carries, by name."""
    return {path.parent.name: path.parent for path in sorted(BUILTIN.glob(f"*/{CONFIG}"))}


def available(model_class=None):
    """Lists the presets that the package carries.

    Args:
        model_class: class of a model, or `None` for all. Only presets of it and its subclasses.

    Returns:
        dict from name to a one-sentence description.

    Example:

    ```python
    for name, description in available().items():
        print(name, description)
    ```
    """
    found = {name: PresetDirectory(path) for name, path in builtin().items()}
    return {
        name: preset.metadata["description"]
        for name, preset in found.items()
        if model_class is None or preset.is_of(model_class)
    }


def find(preset, sha256=None):
    """Returns the directory of a preset, fetched if it has to be.

    Args:
        preset: str or path. The name of a built-in preset, a directory, or the address of a
            `.tar.gz` archive.
        sha256: str. The archive's checksum: needed with an address, refused without.

    Raises:
        TypeError: If `preset` is neither text nor a path.
        ValueError: If there is no such preset, two of that name, or `sha256` is missing or out of
            place.
        OSError: If the archive cannot be fetched or kept.
    """
    if isinstance(preset, str) and "://" in preset:
        return cache.fetch(preset, sha256)
    if not isinstance(preset, (str, os.PathLike)):
        raise TypeError(
            "A preset is named by a string or a path. Received: "
            f"{preset!r} (of type {type(preset).__name__})."
        )
    if sha256 is not None:
        raise ValueError(
            "`sha256` is the checksum of an archive behind an address. Received: "
            f"sha256={sha256!r} for {str(preset)!r}; leave it out, a directory has its own."
        )
    known = builtin()
    directory = Path(preset).expanduser()
    if preset in known:
        if (directory / CONFIG).is_file():
            raise ValueError(
                f"A preset's name must mean one preset. Received: {preset!r}, which the package "
                f"carries and which lies here too. Write './{preset}' for the one that lies here, "
                f"'{known[preset]}' for the other."
            )
        return known[preset]
    if directory.is_dir():
        return directory
    names = ", ".join(repr(name) for name in known) or "none in this version"
    raise ValueError(
        f"A preset is a built-in name ({names}), a directory that `save_to_preset` wrote, or the "
        f"https address of a .tar.gz archive with its `sha256`. Received: {str(preset)!r}, which "
        f"is {'a file' if directory.exists() else 'none of them'}."
    )
