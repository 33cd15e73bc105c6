"""What Torch7 (Lua) saved in a `.t7` file, read without Lua and without running anything."""

import math
import struct
from pathlib import Path

import numpy as np

# The kinds of values, by the number that stands before each.
_NIL, _NUMBER, _STRING, _TABLE, _OBJECT, _BOOLEAN = range(6)
_FUNCTIONS = (6, 7, 8)

_TYPES = {
    "Byte": "u1",
    "Char": "i1",
    "Short": "<i2",
    "Int": "<i4",
    "Long": "<i8",
    "Half": "<f2",
    "Float": "<f4",
    "Double": "<f8",
}
# The plain CUDA tensor is one of floats.
_TYPES.update({f"Cuda{name}": dtype for name, dtype in _TYPES.items() if name != "Float"})
_TYPES["Cuda"] = _TYPES["Float"]
_STORAGES = {f"torch.{name}Storage": np.dtype(dtype) for name, dtype in _TYPES.items()}
_TENSORS = {f"torch.{name}Tensor": np.dtype(dtype) for name, dtype in _TYPES.items()}
_MOST_DIMENSIONS = 32


class TorchObject:
    """An object of a Lua class: the class's name and the fields, without the class's code.

    Args:
        class_name: str, such as `"nn.Linear"`.
        fields: dict of the object's fields.

    Example:

    ```python
    TorchObject("nn.Linear", {"bias": np.zeros(3)}).fields["bias"].shape  # (3,)
    ```
    """

    __slots__ = ("class_name", "fields")

    def __init__(self, class_name, fields):
        self.class_name = class_name
        self.fields = fields

    def __repr__(self):
        # Without the fields, which may hold the object itself.
        return f"TorchObject({self.class_name!r})"


def read_torch7(path):
    """Reads one value from a file that Torch7's `torch.save` wrote.

    Nothing of the file runs. Functions are refused; an object of any class but tensors and storages
    comes as its class's name and its fields. The memory taken is in proportion to the file: no size
    that is written in it is believed before the bytes are there, and deep nesting costs no stack.

    Args:
        path: path of a binary file from a 64-bit little-endian machine, Torch7's usual form.

    Returns:
        `None`, bool, float, str, NumPy array (of a tensor or a storage, read only), dict (of a
        table; whole numbers among its keys are int, and a list counts from 1 as in Lua) or
        `TorchObject`. Texts are UTF-8, or Latin-1 where they are not.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is no whole Torch7 file, or holds a function or a tensor that is not
            as large as it says.

    Example:

    ```python
    model = read_torch7("lm_sje_nc4_cub_hybrid_gru18_a1_c512_0.00070_1_10_trainvalids.t7")
    model["protos"]["enc_doc"].class_name  # "nn.gModule"
    ```
    """
    try:
        return _Reader(Path(path).read_bytes()).read()
    except _Refused as error:
        raise ValueError(
            f"'{path}' must be a whole binary file of Torch7's torch.save. Received one that "
            f"cannot be read: {error}. Nothing in it was run."
        ) from None


class _Refused(Exception):
    pass


class _Entries:
    """A table whose entries are still to come."""

    def __init__(self, table, count):
        self.table = table
        self.left = count
        self.key = None
        self.has_key = False


class _Reader:
    """Reads values one after the other; tables wait in a list, so depth needs no recursion."""

    def __init__(self, content):
        self._content = content
        self._place = 0
        self._known = {}
        self._waiting = []

    def read(self):
        result = self._value()
        while self._waiting:
            entries = self._waiting[-1]
            if entries.has_key:
                # The key is put away first: its value may be a table that waits on top.
                key, entries.has_key = entries.key, False
                entries.table[key] = self._value()
            elif entries.left:
                entries.left -= 1
                entries.key, entries.has_key = self._key(), True
            else:
                self._waiting.pop()
        return result

    def _value(self):
        kind = self._int()
        if kind == _NIL:
            return None
        if kind == _NUMBER:
            return self._unpack("<d")
        if kind == _STRING:
            return self._text()
        if kind == _BOOLEAN:
            return self._int() == 1
        if kind == _TABLE:
            return self._table()
        if kind == _OBJECT:
            return self._object()
        if kind in _FUNCTIONS:
            raise _Refused("it holds a function")
        raise _Refused(
            f"at byte {self._place - 4} it has the kind {kind}, as no value has (a text file, or "
            f"one of a 32-bit machine?)"
        )

    def _key(self):
        key = self._value()
        if isinstance(key, float) and key.is_integer():
            return int(key)
        # Objects are keys by identity, as in Lua. nngraph numbers its nodes so.
        if isinstance(key, str | float | bool | TorchObject) and key == key:
            return key
        raise _Refused(f"a table has a {type(key).__name__} for a key")

    def _table(self):
        number = self._int()
        if number in self._known:
            return self._again(number, dict)
        table = self._known[number] = {}
        count = self._int()
        if count < 0:
            raise _Refused(f"a table has {count} entries")
        self._waiting.append(_Entries(table, count))
        return table

    def _object(self):
        number = self._int()
        if number in self._known:
            return self._again(number, TorchObject | np.ndarray)
        name = self._text()
        if name.startswith("V "):
            name = self._text()
        if name in _STORAGES:
            made = self._storage(_STORAGES[name])
        elif name in _TENSORS:
            made = self._tensor(_TENSORS[name])
        else:
            made = TorchObject(name, None)
        # Before the fields are read: they may refer to the object.
        self._known[number] = made
        if isinstance(made, TorchObject):
            if self._int() != _TABLE:
                raise _Refused(f"an object of the class {name[:80]!r} has a form of its own")
            made.fields = self._table()
        return made

    def _again(self, number, expected):
        if not isinstance(self._known[number], expected):
            raise _Refused(f"value {number} is there as two kinds")
        return self._known[number]

    def _storage(self, dtype):
        return np.frombuffer(self._take(self._long() * dtype.itemsize), dtype)

    def _tensor(self, dtype):
        dimensions = self._int()
        if not 0 <= dimensions <= _MOST_DIMENSIONS:
            raise _Refused(f"a tensor has {dimensions} dimensions")
        shape = [self._long() for _ in range(dimensions)]
        strides = [self._long() for _ in range(dimensions)]
        first = self._long() - 1
        kind = self._int()
        storage = self._object() if kind == _OBJECT else np.zeros(0, dtype)
        if kind not in (_NIL, _OBJECT) or getattr(storage, "dtype", None) != dtype:
            raise _Refused(f"a tensor of {dtype.name} has no storage of its type")
        if min(shape, default=1) < 1 or min(strides, default=0) < 0 or first < 0:
            raise _Refused(f"a tensor has the shape {shape} and the strides {strides}")
        if not shape:
            return np.zeros(0, dtype)
        last = first + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
        # Strides of 0 would make any size out of one number.
        if math.prod(shape) > len(storage) or last >= len(storage):
            raise _Refused(f"a tensor of the shape {shape} has a storage of {len(storage)} numbers")
        strides = [stride * dtype.itemsize for stride in strides]
        return np.lib.stride_tricks.as_strided(storage[first:], shape, strides, writeable=False)

    # === Bytes ===

    def _take(self, count):
        end = self._place + count
        if count < 0 or end > len(self._content):
            raise _Refused(
                f"at byte {self._place} it promises {count} bytes and holds "
                f"{len(self._content) - self._place}"
            )
        taken = memoryview(self._content)[self._place : end]
        self._place = end
        return taken

    def _unpack(self, form):
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _int(self):
        return self._unpack("<i")

    def _long(self):
        return self._unpack("<q")

    def _text(self):
        taken = bytes(self._take(self._int()))
        try:
            return taken.decode("utf-8")
        except UnicodeDecodeError:
            return taken.decode("latin1")
