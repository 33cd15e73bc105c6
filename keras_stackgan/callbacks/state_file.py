"""Arrays and a header in one file, written whole or not at all."""

import contextlib
import json
import os
import pathlib
import zipfile
import zlib

import numpy as np

FORMAT = 1
HEADER = "header.json"


def write(path, header, arrays):
    """Writes a state under a temporary name, makes sure it is on the disk, and renames it.

    Args:
        path: Path. Replaced only by a whole file.
        header: dict that JSON can hold.
        arrays: dict from name to array.

    Raises:
        OSError: If the disk is full or the folder cannot be written; `path` is then as it was.
    """
    header = {"format": FORMAT, **header}
    header["dtypes"] = {name: str(array.dtype) for name, array in arrays.items()}
    packed = {name: _packed(array) for name, array in arrays.items()}
    packed[HEADER] = np.frombuffer(json.dumps(header).encode("utf-8"), "uint8")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            np.savez(file, **packed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        kind = type(error)
        raise kind(
            error.errno,
            f"The training state could not be written to '{path}' ({error.strerror or error}). "
            "States written before are intact; make room or give another folder, and run again",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def states(folder):
    """The states in a folder, the oldest first."""
    return sorted(pathlib.Path(folder).glob("state-*.npz"))


def newest(folder):
    """The path of the newest state in a folder, or `None`."""
    found = states(folder)
    return found[-1] if found else None


def read_header(path):
    """Returns the header of a state.

    Raises:
        ValueError: If the file is truncated, foreign, or of another format.
    """
    with _opened(path) as file:
        header = json.loads(bytes(file[HEADER]).decode("utf-8"))
    if header.get("format") != FORMAT:
        raise ValueError(
            f"'{path}' must be a training state of format {FORMAT}. Received: format "
            f"{header.get('format')!r}, written by keras_stackgan "
            f"{header.get('versions', {}).get('keras_stackgan')}. Resume with that version."
        )
    return header


def read_arrays(path, dtypes):
    """Returns every array of a state, checked against the sums that the file holds.

    Raises:
        ValueError: If the file is truncated or damaged.
    """
    with _opened(path) as file:
        return {name: _unpacked(file[name], dtype) for name, dtype in dtypes.items()}


def remove_leftovers(folder):
    """Removes what writes that were killed have left."""
    for path in pathlib.Path(folder).glob(".state-*.npz.*.tmp"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path):
    try:
        # A file of ours, since NumPy leaves its own open where it is no archive.
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            yield file
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, PermissionError):
            raise
        raise ValueError(
            f"'{path}' must be a whole training state. Received: a truncated, damaged or foreign "
            f"file ({type(error).__name__}: {error}). Delete it to go on from the state before, "
            "if there is one."
        ) from error


def _packed(array):
    # NumPy's format does not know bfloat16.
    return array.view("uint16") if array.dtype.name == "bfloat16" else array


def _unpacked(array, dtype):
    if dtype != "bfloat16":
        return array
    import ml_dtypes

    return array.view(ml_dtypes.bfloat16)


def _sync_folder(folder):
    """Makes the renaming itself last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
