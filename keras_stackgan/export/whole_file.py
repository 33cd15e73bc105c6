"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


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
