"""Tensors of TorchScript archives, without PyTorch and without running what is in them."""

import io
import pathlib
import pickle
import zipfile
import zlib

from keras_stackgan.formats import pth_tensors
from keras_stackgan.formats.pth_reader import CONSTANTS, FUNCTIONS
from keras_stackgan.formats.restricted_unpickler import (
    FAULTS,
    Dispatch,
    RestrictedUnpickler,
    brief,
)

# Of a network's modules within modules.
_DEEPEST = 100


def _same(values, *_):
    """Stands for the functions that only say of what type a list is."""
    return values


_LISTS = ("build_boollist", "build_doublelist", "build_intlist", "restore_type_tag")
_FUNCTIONS = {**FUNCTIONS, **{f"torch.jit._pickle.{name}": _same for name in _LISTS}}


def read_torchscript(path):
    """Reads the tensors of a model that `torch.jit.save` wrote.

    The archive also holds the model's program. It is not looked at: the reader makes tensors and
    the modules that they lie in, and refuses all else.

    Args:
        path: path of a `.pt` file.

    Returns:
        dict from name, such as `"net.conv.weight"`, to NumPy array, in the file's order.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is truncated, foreign, or asks for anything but tensors and modules.

    Example:

    ```python
    tensors = read_torchscript("scripted.pt")
    ```
    """
    path = pathlib.Path(path)
    content = path.read_bytes()
    try:
        module, storages = _read(content)
        tensors = {}
        _collect(module, "", tensors, set())
        if not tensors:
            raise pickle.UnpicklingError("it holds no tensor")
        return pth_tensors.to_arrays(tensors, storages, len(content))
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"'{path}' must be a model written by torch.jit.save. Received one that cannot be "
            f"read: {error}. Nothing in it was run."
        ) from error


class _Module:
    """A module of the network: what it holds, by name."""

    __slots__ = ("state",)

    def __init__(self):
        self.state = None


class _ModuleClass:
    """Stands for every class of the archive's program."""


_MODULE_CLASS = _ModuleClass()


class _ModuleUnpickler(RestrictedUnpickler):
    dispatch = Dispatch(RestrictedUnpickler.dispatch)

    def find_class(self, module, name):
        if module == "__torch__" or module.startswith("__torch__."):
            return _MODULE_CLASS
        return super().find_class(module, name)

    def _new_object(self):
        arguments, kind = self.stack.pop(), self.stack.pop()
        if kind is not _MODULE_CLASS or arguments != ():
            raise pickle.UnpicklingError(f"it makes an object of a {type(kind).__name__}")
        self.append(_Module())

    def _set_state(self):
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, _Module) or not isinstance(state, dict):
            raise pickle.UnpicklingError(f"it sets the state of a {type(target).__name__}")
        if target.state is not None:
            raise pickle.UnpicklingError("it fills a module again")
        target.state = state

    dispatch[pickle.NEWOBJ[0]] = _new_object
    dispatch[pickle.BUILD[0]] = _set_state


def _read(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = {}
            for info in archive.infolist():
                name = info.filename.partition("/")[2]
                if name != "data.pkl" and not name.startswith("data/"):
                    continue
                # A compressed one could hold more than memory does.
                if info.compress_type != zipfile.ZIP_STORED or name in wanted:
                    raise pickle.UnpicklingError(
                        f"its entry {brief(info.filename)} is compressed, or there twice"
                    )
                wanted[name] = info
            if "data.pkl" not in wanted:
                raise pickle.UnpicklingError("it is a zip archive without 'data.pkl'")
            if sum(info.file_size for info in wanted.values()) > len(content):
                raise pickle.UnpicklingError("its archive's entries overlap")
            described = archive.read(wanted.pop("data.pkl"))
            storages = {
                name.removeprefix("data/"): archive.read(info) for name, info in wanted.items()
            }
    except pickle.UnpicklingError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, *FAULTS) as error:
        message = f"its archive is damaged ({str(error)[:200] or type(error).__name__})"
        raise pickle.UnpicklingError(message) from None
    unpickler = _ModuleUnpickler(
        io.BytesIO(described), len(described), _FUNCTIONS, CONSTANTS, pth_tensors.make_storage
    )
    return unpickler.load(), storages


def _collect(module, prefix, tensors, seen):
    if not isinstance(module, _Module) or module.state is None:
        raise pickle.UnpicklingError("it is no module of modules")
    # A module can be named again and again, which would take exponential time.
    if id(module) in seen:
        return
    seen.add(id(module))
    if prefix.count(".") > _DEEPEST:
        raise pickle.UnpicklingError(f"its modules lie more than {_DEEPEST} deep")
    for name, value in module.state.items():
        if isinstance(value, pth_tensors.Tensor):
            tensors[f"{prefix}{name}"] = value
        elif isinstance(value, _Module):
            _collect(value, f"{prefix}{name}.", tensors, seen)
