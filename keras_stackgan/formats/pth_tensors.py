"""Tensors as PyTorch's files describe them: views of storages."""

import math
import pickle
from typing import NamedTuple

import numpy as np

DTYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
ITEM_SIZES = {
    dtype: 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize for dtype in DTYPES.values()
}

# Views of one storage may overlap, and bfloat16 comes as float32; a file that asks for more than
# this many times its size is after the memory.
LARGEST_GROWTH = 4


class Storage(NamedTuple):
    """A piece of memory that tensors look into, or a part of one.

    Args:
        dtype: str, one of `DTYPES`.
        key: str. Its name in the file.
        total: int. Entries that the file has under that name.
        start: int. First entry that tensors may look at.
        count: int. Entries from there on.
    """

    dtype: str
    key: str
    total: int
    start: int
    count: int


class Tensor(NamedTuple):
    """Where a tensor's entries lie in its storage, in entries."""

    storage: Storage
    offset: int
    size: tuple
    stride: tuple


def make_storage(pid):
    """Makes a `Storage` of a persistent id.

    Args:
        pid: `("storage", type, key, location, count)`. The location (such as `"cuda:0"`) is of no
            concern here. The older form adds `None`, or `(key, start, count)` of a part of it.
    """
    if not isinstance(pid, tuple) or len(pid) not in (5, 6) or pid[0] != "storage":
        raise pickle.UnpicklingError(f"it refers to a {type(pid).__name__} that is no storage")
    _, dtype, key, _, total, part = (*pid, None)[:6]
    if not isinstance(dtype, str) or dtype not in ITEM_SIZES:
        raise pickle.UnpicklingError("a storage of it is of no known type")
    if not isinstance(key, str) or not is_count(total):
        raise pickle.UnpicklingError("a storage of it has no name or no size")
    if part is None:
        return Storage(dtype, key, total, 0, total)
    if not isinstance(part, tuple) or len(part) != 3 or not all(map(is_count, part[1:])):
        raise pickle.UnpicklingError("a part of a storage of it is malformed")
    if sum(part[1:]) > total:
        raise pickle.UnpicklingError("a part of a storage of it leaves the storage")
    return Storage(dtype, key, total, *part[1:])


def make_tensor(storage, offset, size, stride, *_):
    """Stands for `torch._utils._rebuild_tensor` and `_rebuild_tensor_v2`."""
    tuples = isinstance(size, tuple) and isinstance(stride, tuple)
    if not isinstance(storage, Storage) or not tuples or not len(size) == len(stride) <= 32:
        raise pickle.UnpicklingError("a tensor of it is malformed")
    if not all(is_count(number) for number in (offset, *size, *stride)):
        raise pickle.UnpicklingError(
            "a size, stride or offset of a tensor of it is no whole number"
        )
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    entries = math.prod(size)
    if entries and (last >= storage.count or entries > storage.count):
        raise pickle.UnpicklingError(
            f"a tensor of size {size}, stride {stride} and offset {offset} leaves its storage of "
            f"{storage.count} entries"
        )
    if math.prod(max(n, 1) for n in size) >= 2**48:
        raise pickle.UnpicklingError(f"a tensor of it has the size {size}")
    return Tensor(storage, offset, size, stride)


def make_parameter(tensor, *_):
    """Stands for `torch._utils._rebuild_parameter`."""
    return tensor


def to_arrays(tensors, storages, file_size):
    """Copies tensors out of their storages.

    Args:
        tensors: dict from name to `Tensor`.
        storages: dict from key to bytes.
        file_size: int. What the arrays' size is measured against, in bytes.

    Returns:
        dict from name to array; one array for all names of one tensor.
    """
    arrays, total = {}, 0
    for tensor in tensors.values():
        if tensor not in arrays:
            total += math.prod(tensor.size) * ITEM_SIZES[tensor.storage.dtype]
            if total > LARGEST_GROWTH * file_size:
                raise pickle.UnpicklingError(
                    f"its tensors look into the same storages until they are more than "
                    f"{LARGEST_GROWTH} times as large as the file"
                )
            arrays[tensor] = _to_array(tensor, storages)
    return {name: arrays[tensor] for name, tensor in tensors.items()}


def _to_array(tensor, storages):
    storage = tensor.storage
    content = storages.get(storage.key)
    expected = storage.total * ITEM_SIZES[storage.dtype]
    if content is None or len(content) != expected:
        raise pickle.UnpicklingError(
            f"its storage '{storage.key[:80]}' should have {expected} bytes and has "
            f"{'none' if content is None else len(content)}"
        )
    flat = np.frombuffer(content, "<u2" if storage.dtype == "bfloat16" else storage.dtype)
    flat = flat[storage.start : storage.start + storage.count]
    if not math.prod(tensor.size):
        view = np.zeros(tensor.size, flat.dtype)
    else:
        steps = [step * flat.itemsize for step in tensor.stride]
        view = np.lib.stride_tricks.as_strided(flat[tensor.offset :], tensor.size, steps)
    if storage.dtype == "bfloat16":
        # The upper half of a float32.
        return (view.astype("<u4") << 16).view("<f4")
    if storage.dtype == "?":
        # Any other byte than 0 and 1 would be no boolean to NumPy.
        return view.view("u1") != 0
    return view.copy()


def is_count(value):
    """Whether a value is a size that fits the memory of a machine."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48
