"""Pickles of lists, texts, numbers and NumPy arrays, read without running what they say."""

import pickle

import numpy as np


def load(path, encoding="latin1"):
    """Reads a pickle that holds plain Python objects and NumPy arrays.

    A pickle can name any function to be called. Here only those that rebuild NumPy arrays are
    known; a file that names another is refused before anything of it is called.

    Args:
        path: path of the file.
        encoding: str. How Python 2's byte strings become text. Defaults to `"latin1"`, which also
            keeps the bytes of Python 2's arrays.

    Returns:
        The object.

    Raises:
        ValueError: the file is no whole pickle, or names something that is not allowed.
        OSError: the file cannot be read.

    Example:

    ```python
    keys = load("birds/train/filenames.pickle")
    ```
    """
    with open(path, "rb") as file:
        try:
            return _Unpickler(file, path, encoding=encoding).load()
        except _NotAllowed:
            raise
        except Exception as error:
            # The unpickler raises nearly any error for damaged bytes.
            raise ValueError(
                f"'{path}' is no pickle, or only a part of one "
                f"({type(error).__name__}: {error}). Fetch it again."
            ) from error


class _NotAllowed(ValueError):
    pass


def _latin1_bytes(text, encoding):
    # How Python 3 writes bytes with protocol 2.
    if encoding != "latin1":
        raise ValueError(f"bytes in the encoding {encoding!r}")
    return text.encode("latin1")


def _array(*args):
    # NumPy calls it with these and then fills the array by its state.
    return np.ndarray((0,), "b")


def _scalar(dtype, data=None):
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise ValueError(f"a scalar of the type {dtype!r}")
    if isinstance(data, str):
        data = data.encode("latin1")
    return np.frombuffer(data, dtype)[0]


def _from_buffer(buffer, dtype, shape, order):
    # How NumPy 2 writes arrays with protocol 5.
    return np.frombuffer(buffer, dtype).reshape(shape, order=order)


ALLOWED = {("numpy", "ndarray"): np.ndarray, ("numpy", "dtype"): np.dtype}
ALLOWED[("_codecs", "encode")] = _latin1_bytes
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    ALLOWED[(_module, "_reconstruct")] = _array
    ALLOWED[(_module, "scalar")] = _scalar


for _module in ("numpy.core.numeric", "numpy._core.numeric"):
    ALLOWED[(_module, "_frombuffer")] = _from_buffer


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, path, encoding):
        super().__init__(file, encoding=encoding)
        self._path = path

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise _NotAllowed(
                f"'{self._path}' must hold plain lists, texts, numbers and NumPy arrays. It asks "
                f"for {module}.{name}, so nothing of it was loaded. Do not trust its source."
            )
        return ALLOWED[(module, name)]
