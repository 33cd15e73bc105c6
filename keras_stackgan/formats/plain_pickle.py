"""Pickles of lists, texts, numbers and NumPy arrays, read without running what they say."""

import math
import os
import pickle
import re
import struct

import numpy as np

from keras_stackgan.formats.restricted_unpickler import Dispatch, RestrictedUnpickler, brief

# What Python 2 wrote, and Python 3 for NumPy's arrays, beyond the instructions of tensors' files.
OPCODES = "INT LONG FLOAT STRING UNICODE LIST GET PUT".split()
# Booleans, numbers, bytes and texts: no objects, and no fields.
_PLAIN_TYPE = re.compile(r"[biufcSU]\d{1,9}")


def read_plain_pickle(path):
    """Reads a pickle that holds plain Python objects and NumPy arrays.

    A pickle can name any function to be called. Here only those that rebuild NumPy arrays are
    known, and each is replaced by one that checks what it is given; a file that names another is
    refused. Arrays take no more memory than the file does.

    Args:
        path: path of the file, of Python 2 or 3. Byte strings of Python 2 become text as Latin-1.

    Returns:
        The object.

    Raises:
        ValueError: the file is no whole pickle, or holds something that is not allowed.
        OSError: the file cannot be read.

    Example:

    ```python
    keys = read_plain_pickle("birds/train/filenames.pickle")
    ```
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            return _PlainUnpickler(_BoundedFile(file, size), size).load()
        except pickle.UnpicklingError as error:
            raise ValueError(
                f"'{path}' must be a whole pickle of lists, texts, numbers and NumPy arrays. "
                f"Received one that cannot be read: {error}. Nothing in it was run."
            ) from error


class _BoundedFile:
    """A file that sets no memory aside for more than is left of it."""

    def __init__(self, file, size):
        self._file = file
        self._size = size
        self.readline = file.readline

    def read(self, count):
        return self._file.read(min(count, self._size - self._file.tell()))


class _Type:
    """An array's type as a pickle describes it."""

    __slots__ = ("code", "order")

    def __init__(self, code, align=False, copy=True):
        if not isinstance(code, str) or not _PLAIN_TYPE.fullmatch(code):
            raise pickle.UnpicklingError(f"it holds an array of the type {brief(code)}")
        self.code = code
        self.order = "|"

    def set_state(self, state):
        # The order of bytes; the other entries describe fields and objects, or repeat the code.
        version, order, subarray, names, fields = state[:5]
        if order not in ("<", ">", "|") or any((subarray, names, fields)):
            raise pickle.UnpicklingError("it holds an array with fields")
        self.order = order

    def dtype(self):
        return np.dtype(self.order + self.code)


def _dtype(value):
    if not isinstance(value, _Type):
        raise pickle.UnpicklingError(f"it holds an array of the type {brief(value)}")
    return value.dtype()


def _encode(text, encoding):
    # How Python 3 writes bytes with protocol 2.
    if not isinstance(text, str) or encoding != "latin1":
        raise pickle.UnpicklingError(f"it holds bytes in the encoding {brief(encoding)}")
    return text.encode("latin1")


def _no_bytes():
    return b""


class _PlainUnpickler(RestrictedUnpickler):
    dispatch = Dispatch(RestrictedUnpickler.dispatch)
    for _name in OPCODES:
        dispatch[getattr(pickle, _name)[0]] = pickle._Unpickler.dispatch[getattr(pickle, _name)[0]]

    def __init__(self, file, size):
        # Python 3 writes no bytes at all, with protocol 2, as a call without arguments.
        functions = {
            "numpy.dtype": _Type,
            "_codecs.encode": _encode,
            "__builtin__.bytes": _no_bytes,
        }
        for package in ("numpy.core", "numpy._core"):
            # NumPy calls it with these and then fills the array by its state.
            functions[f"{package}.multiarray._reconstruct"] = self._empty
            functions[f"{package}.multiarray.scalar"] = self._scalar
            # How NumPy writes arrays with protocol 5.
            functions[f"{package}.numeric._frombuffer"] = self._from_buffer
        super().__init__(file, size, functions, {"numpy.ndarray": "numpy.ndarray"}, _no_storage)
        self._bytes_left = size

    def _empty(self, *args):
        return np.empty(0, "u1")

    def _scalar(self, kind, data):
        return self._from_buffer(data, kind, (), "C")[()]

    def _from_buffer(self, data, kind, shape, order):
        data, dtype = self._checked(data, kind, shape)
        return np.frombuffer(data, dtype).reshape(shape, order="F" if order == "F" else "C")

    def _checked(self, data, kind, shape):
        data = data.encode("latin1") if isinstance(data, str) else data
        dtype = _dtype(kind)
        whole = isinstance(data, bytes) and isinstance(shape, tuple) and len(shape) <= 32
        if not whole or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise pickle.UnpicklingError("it holds a malformed array")
        if not dtype.itemsize or math.prod(shape) * dtype.itemsize != len(data):
            raise pickle.UnpicklingError("it holds an array that is not as large as it says")
        # One piece of bytes can be named again and again, each time for a few bytes of the file.
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise pickle.UnpicklingError("it makes arrays larger than the file")
        return data, dtype

    def _set_state(self):
        state, target = self.stack.pop(), self.stack[-1]
        if isinstance(target, _Type) and isinstance(state, tuple) and len(state) >= 5:
            target.set_state(state)
        elif isinstance(target, np.ndarray) and isinstance(state, tuple) and len(state) == 5:
            _, shape, kind, is_fortran, data = state
            data, dtype = self._checked(data, kind, shape)
            if target.size or not target.flags.owndata:
                raise pickle.UnpicklingError("it fills an array again")
            # In place: the pickle may have named the array already.
            target.__setstate__((1, shape, dtype, bool(is_fortran), data))
        else:
            raise pickle.UnpicklingError(f"it sets the state of a {type(target).__name__}")

    def _load_dict(self):
        # Protocol 0 makes dictionaries of what is on the stack: nothing, in what Python 2 wrote.
        items = self.pop_mark()
        if items:
            raise pickle.UnpicklingError("it has a filled DICT")
        self.append({})

    def _load_bytes(self):
        # Python's own sets the memory aside before it looks whether the bytes are there.
        (count,) = struct.unpack("<Q", self.read(8))
        data = self.read(count)
        if len(data) < count:
            raise EOFError("the file ends within an array")
        self.append(data)

    dispatch[pickle.BUILD[0]] = _set_state
    dispatch[pickle.DICT[0]] = _load_dict
    dispatch[pickle.BYTEARRAY8[0]] = _load_bytes


def _no_storage(pid):
    raise pickle.UnpicklingError("it refers to something outside of the file")
