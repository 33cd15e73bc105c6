"""One file of the originals: its tensors under the names that the papers' code gave them."""

import pathlib
from typing import NamedTuple

from keras_stackgan.formats.pth_reader import read_pth

PREFIX = "module."
COUNTER = ".num_batches_tracked"


class OriginalFile(NamedTuple):
    """A file's tensors by name, and the names of those that have no place in Keras."""

    path: pathlib.Path
    tensors: dict
    ignored: tuple


def read_original(path):
    """Reads a file without the prefix of `DataParallel` and without counters of batches."""
    tensors = read_pth(path)
    if all(name.startswith(PREFIX) for name in tensors):
        tensors = {name.removeprefix(PREFIX): tensor for name, tensor in tensors.items()}
    ignored = tuple(name for name in tensors if name.endswith(COUNTER))
    kept = {name: tensor for name, tensor in tensors.items() if name not in ignored}
    return OriginalFile(pathlib.Path(path), kept, ignored)
