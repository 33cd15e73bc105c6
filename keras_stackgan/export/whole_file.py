"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def check_file(path):
    """Raises an `IsADirectoryError` if a path to write a file to is a directory."""
    if Path(path).is_dir():
        raise IsADirectoryError(
            f"`path` must be a file to write. Received: '{path}', which is a directory; name a "
            "file in it."
        )


def write_whole(path, data):
    """Writes bytes under a temporary name, then renames the file.

    Args:
        path: path to write. A file that is there already is replaced.
        data: bytes.
    """
    path = Path(path).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".saving-") as scratch:
        new = Path(scratch) / path.name
        new.write_bytes(data)
        os.replace(new, path)
