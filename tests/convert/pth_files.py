"""Writes files as `torch.save` does, from NumPy arrays or from any pickle."""

import io
import pickle
import struct
import zipfile

import numpy as np

from keras_stackgan.formats.pth_reader import MAGIC, PROTOCOL

STORAGES = {"float16": "HalfStorage", "float32": "FloatStorage", "float64": "DoubleStorage"}
STORAGES["int64"] = "LongStorage"


class Global:
    """Is pickled as a global of any name."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    """Is pickled as a call."""

    def __init__(self, function, *args, state=None):
        self.function, self.args, self.state = function, args, state


class Stored:
    """Is pickled as a persistent id; `part` is what the older form adds."""

    def __init__(self, key="0", kind="FloatStorage", count=6, location="cpu", part=()):
        self.pid = ("storage", Global("torch", kind), key, location, count, *part)


class Pickler(pickle._Pickler):
    def persistent_id(self, obj):
        return obj.pid if isinstance(obj, Stored) else None

    def save_global_of(self, obj):
        self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())

    def save_call(self, obj):
        self.save(obj.function)
        self.save(tuple(obj.args))
        self.write(pickle.REDUCE)
        if obj.state is not None:
            self.save(obj.state)
            self.write(pickle.BUILD)

    dispatch = {**pickle._Pickler.dispatch, Global: save_global_of, Call: save_call}


ORDERED = Global("collections", "OrderedDict")
REBUILD = Global("torch._utils", "_rebuild_tensor_v2")


def pickled(value, protocol=2):
    file = io.BytesIO()
    Pickler(file, protocol).dump(value)
    return file.getvalue()


def tensor(storage, offset=0, size=(2, 3), stride=(3, 1)):
    return Call(REBUILD, storage, offset, size, stride, False, Call(ORDERED))


def six():
    """The storage that `Stored()` stands for."""
    return {"0": np.arange(6, dtype="<f4").tobytes()}


def write_zip(path, content, storages=None, compression=zipfile.ZIP_STORED, order=b"little"):
    """`content` is a value, or bytes of a pickle; `storages` has bytes by key."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        data = content if isinstance(content, bytes) else pickled(content)
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/byteorder", order)
        for key, value in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", value)
    return path


def write_legacy(path, content, storages=None, keys=None, little=True, item_sizes=None):
    system = {"protocol_version": PROTOCOL, "little_endian": little, "type_sizes": {"int": 4}}
    storages = storages or {}
    data = content if isinstance(content, bytes) else pickled(content)
    keys = pickled(list(storages) if keys is None else keys)
    data = b"".join([*map(pickled, (MAGIC, PROTOCOL, system)), data, keys])
    for key, value in storages.items():
        data += struct.pack("<q", len(value) // (item_sizes or {}).get(key, 4)) + value
    path.write_bytes(data)
    return path


def write_arrays(path, arrays, form="zip"):
    """A state dictionary of arrays, one storage each, as `torch.save(net.state_dict())`."""
    pairs, storages, item_sizes = [], {}, {}
    for k, (name, array) in enumerate(arrays.items()):
        part = (None,) if form == "legacy" else ()
        kind = STORAGES[array.dtype.name]
        stored = Stored(str(k), kind, array.size, "cuda:0", part)
        strides = tuple(s // array.itemsize for s in np.empty(array.shape, array.dtype).strides)
        pairs.append([name, tensor(stored, 0, array.shape, strides)])
        storages[str(k)] = array.tobytes()
        item_sizes[str(k)] = array.itemsize
    content = Call(ORDERED, pairs, state={"_metadata": {"": {"version": 1}}})
    if form == "legacy":
        return write_legacy(path, content, storages, item_sizes=item_sizes)
    return write_zip(path, content, storages)
