"""Named arrays in an HDF5 file, read without trusting what the file says of itself."""

from pathlib import Path

import h5py
import numpy as np


def write_arrays(path, arrays):
    """Writes one data set an array, under the array's own name; equal arrays give equal bytes.

    Args:
        path: path of the new file.
        arrays: dictionary from name to array; `/` in a name makes a group.
    """
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=np.asarray(array))


def read_arrays(path):
    """Returns the arrays of a file that `write_arrays` wrote; those of floats as float32.

    HDF5 can point to other files and name sizes that no byte stands behind. Such data sets are
    refused: reading takes no more memory than a few times the file's size.

    Args:
        path: path of the file.

    Returns:
        Dictionary from name to array.

    Raises:
        ValueError: The file is cut short, foreign, or holds more than plain arrays.
    """
    path = Path(path)
    found = []

    def collect(name, item):
        if isinstance(item, h5py.Dataset):
            found.append((name, item))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(collect)
            left = path.stat().st_size
            for name, item in found:
                left -= item.nbytes
                plain = not item.is_virtual and not item.external and item.dtype.kind in "fiub"
                if not plain or item.id.get_storage_size() != item.nbytes or left < 0:
                    raise ValueError(f"{name[:80]!r} is no plain array inside the file")
            arrays = {name: item[()] for name, item in found}
    # What h5py raises for files with bytes turned over.
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(
            f"'{path}' must be a whole HDF5 file of arrays. Received one that cannot be read "
            f"({type(error).__name__}: {str(error)[:200]}). Save or fetch it again."
        ) from error
    return {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }
