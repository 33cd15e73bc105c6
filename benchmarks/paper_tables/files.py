"""Files that are written whole or not at all."""

import json
import os


def write_text(path, text):
    """Writes a text under a name of its own first.

    Args:
        path: `pathlib.Path`. Its folder is made if absent.
        text: str.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path, value):
    """Writes what JSON can hold; see `write_text`."""
    write_text(path, json.dumps(value, indent=2) + "\n")
