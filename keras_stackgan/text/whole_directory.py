"""Directories that are written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def whole_directory(directory, is_replaceable, what):
    """Gives an empty directory that takes the place of `directory` once the block has ended well.

    After an error, Ctrl-C, or a kill while the block runs, `directory` is as it was. A link stays:
    what it leads to is replaced.

    Args:
        directory: path to make.
        is_replaceable: function of a path that exists: whether it may be replaced.
        what: str. What may be replaced, for the error.

    Raises:
        FileExistsError: `directory` holds something else, or is the working directory.
    """
    directory = Path(directory).resolve()
    if directory == Path.cwd():
        # Whoever stands in a directory that is replaced sees an empty one.
        raise FileExistsError(
            f"`directory` must not be the working directory. Received: {str(directory)!r}. Choose "
            "a name below it."
        )
    if directory.exists() and not is_replaceable(directory):
        raise FileExistsError(
            f"`directory` must be new, empty or {what}. Received: {str(directory)!r}, which holds "
            f"something else. Choose another name."
        )
    directory.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that renaming stays within one file system.
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".saving-") as scratch:
        new, old = Path(scratch) / "new", Path(scratch) / "old"
        new.mkdir()
        yield new
        if directory.exists():
            os.replace(directory, old)
        try:
            os.replace(new, directory)
        except BaseException:
            if old.exists():
                os.replace(old, directory)
            raise
