"""Tensors of PyTorch's files, without PyTorch and without running what is in them."""

import io
import math
import pathlib
import pickle
import zipfile
from typing import NamedTuple

import numpy as np

from keras_stackgan.convert.restricted_unpickler import Mapping, RestrictedUnpickler

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
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


class Storage(NamedTuple):
    """A piece of memory that tensors look into."""

    dtype: str
    key: str
    count: int


class Tensor(NamedTuple):
    """Where a tensor's entries lie in its storage."""

    storage: Storage
    offset: int
    size: tuple
    stride: tuple


def read_pth(path):
    """Reads the tensors of a state dictionary that `torch.save` wrote.

    Nothing in the file is run: the reader makes tensors and dictionaries and refuses all else.

    Args:
        path: path of a `.pth` file, in the zip form or the older one. A dictionary that holds the
            tensors under `"state_dict"` is also taken.

    Returns:
        dict from name to NumPy array, in the file's order; bfloat16 comes as float32.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is truncated, foreign, or asks for anything but tensors.

    Example:

    ```python
    tensors = read_pth("netG_3.pth")
    tensors["module.img_net1.img.0.weight"].shape  # (3, 64, 3, 3)
    ```
    """
    path = pathlib.Path(path)
    content = path.read_bytes()
    try:
        if content[:4] == b"PK\x03\x04":
            found, storages = _read_zip(content)
        else:
            found, storages = _read_legacy(content)
        return {name: _to_array(tensor, storages) for name, tensor in _named(found).items()}
    except (pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"'{path}' must be a file of tensors written by torch.save. Received one that cannot "
            f"be read: {error}. Nothing in it was run."
        ) from error


def _named(found):
    """The tensors by name, whether the file holds them alone or under `state_dict`."""
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict) or not found:
        raise pickle.UnpicklingError(f"it holds a {type(found).__name__}, no dictionary of tensors")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise pickle.UnpicklingError(f"its entry {name!r} is a {type(value).__name__}")
    return found


# === The two forms ===


def _read_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {}
        for info in archive.infolist():
            # As torch.save writes them; a compressed one could hold more than memory does.
            if info.compress_type != zipfile.ZIP_STORED:
                raise pickle.UnpicklingError(f"its entry '{info.filename}' is compressed")
            entries[info.filename.partition("/")[2]] = info
        if "data.pkl" not in entries:
            raise pickle.UnpicklingError("it is a zip archive without 'data.pkl'")
        if "byteorder" in entries and archive.read(entries["byteorder"]) != b"little":
            raise pickle.UnpicklingError("its byte order is not little-endian")
        found = _unpickle(io.BytesIO(archive.read(entries["data.pkl"])))
        storages = {
            name.removeprefix("data/"): archive.read(info)
            for name, info in entries.items()
            if name.startswith("data/")
        }
    return found, storages


def _read_legacy(content):
    file = io.BytesIO(content)
    if _unpickle(file) != MAGIC:
        raise pickle.UnpicklingError("it does not begin like one")
    if _unpickle(file) != PROTOCOL:
        raise pickle.UnpicklingError(f"its protocol is not {PROTOCOL}")
    system = _unpickle(file)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise pickle.UnpicklingError("its byte order is not little-endian")
    counts = {}
    found = _unpickle(file, counts)
    keys = _unpickle(file)
    if not isinstance(keys, list) or not all(key in counts for key in keys):
        raise pickle.UnpicklingError("its list of storages does not fit its tensors")
    storages = {}
    for key in keys:
        storage = counts[key]
        count = int.from_bytes(file.read(8), "little")
        size = count * _item_size(storage.dtype)
        if count != storage.count or size > len(content):
            raise pickle.UnpicklingError(f"its storage '{key}' is not of the size it claims")
        storages[key] = file.read(size)
    return found, storages


def _unpickle(file, seen=None):
    """Reads one pickle; `seen` collects the storages by key."""

    def load_storage(pid):
        if not isinstance(pid, tuple) or len(pid) not in (5, 6) or pid[0] != "storage":
            raise pickle.UnpicklingError(f"it refers to {pid!r:.60}, which is no storage")
        _, dtype, key, _, count = pid[:5]
        if dtype not in DTYPES.values() or not isinstance(key, str) or not _is_count(count):
            raise pickle.UnpicklingError(f"it refers to {pid!r:.60}, which is no storage")
        if len(pid) == 6 and pid[5] is not None:
            raise pickle.UnpicklingError("a storage of it is a view of another")
        storage = Storage(dtype, key, count)
        if seen is not None:
            seen[key] = storage
        return storage

    functions = {
        "collections.OrderedDict": Mapping,
        "torch._utils._rebuild_tensor": _rebuild_tensor,
        "torch._utils._rebuild_tensor_v2": _rebuild_tensor,
        "torch._utils._rebuild_parameter": lambda tensor, *_: tensor,
    }
    constants = {f"torch.{name}": dtype for name, dtype in DTYPES.items()}
    constants.update({f"torch.cuda.{name}": dtype for name, dtype in DTYPES.items()})
    return RestrictedUnpickler(file, functions, constants, load_storage).load()


# === Tensors ===


def _rebuild_tensor(storage, offset, size, stride, *_):
    numbers = isinstance(size, tuple) and isinstance(stride, tuple) and len(size) == len(stride)
    if not isinstance(storage, Storage) or not numbers or len(size) > 32:
        raise pickle.UnpicklingError("a tensor of it is malformed")
    if not all(_is_count(number) for number in (offset, *size, *stride)):
        raise pickle.UnpicklingError(f"a tensor of it has size {size}, stride {stride}")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    entries = math.prod(size)
    if entries and (last >= storage.count or entries > storage.count):
        raise pickle.UnpicklingError(
            f"a tensor of size {size}, stride {stride} and offset {offset} leaves its storage of "
            f"{storage.count} entries"
        )
    return Tensor(storage, offset, size, stride)


def _to_array(tensor, storages):
    storage = tensor.storage
    content = storages.get(storage.key)
    item = _item_size(storage.dtype)
    if content is None or len(content) != storage.count * item:
        raise pickle.UnpicklingError(
            f"its storage '{storage.key}' should have {storage.count * item} bytes and has "
            f"{'none' if content is None else len(content)}"
        )
    if storage.dtype == "bfloat16":
        # The upper half of a float32.
        flat = (np.frombuffer(content, "<u2").astype("<u4") << 16).view("<f4")
    else:
        flat = np.frombuffer(content, storage.dtype)
    if not math.prod(tensor.size):
        return np.zeros(tensor.size, flat.dtype)
    steps = [step * flat.dtype.itemsize for step in tensor.stride]
    view = np.lib.stride_tricks.as_strided(flat[tensor.offset :], tensor.size, steps)
    return view.copy()


def _item_size(dtype):
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48
