"""Tensors of PyTorch's files, without PyTorch and without running what is in them."""

import io
import pathlib
import pickle
import zipfile
import zlib

from keras_stackgan.formats import pth_tensors
from keras_stackgan.formats.restricted_unpickler import FAULTS, RestrictedUnpickler, brief

ZIP_START = b"PK\x03\x04"
PICKLE_START = b"\x80"
MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
FUNCTIONS = {
    "torch._utils._rebuild_tensor": pth_tensors.make_tensor,
    "torch._utils._rebuild_tensor_v2": pth_tensors.make_tensor,
    "torch._utils._rebuild_parameter": pth_tensors.make_parameter,
}
CONSTANTS = {
    f"{module}.{name}": dtype
    for module in ("torch", "torch.cuda")
    for name, dtype in pth_tensors.DTYPES.items()
}


def read_pth(path):
    """Reads the tensors of a state dictionary that `torch.save` wrote.

    Nothing in the file is run: the reader makes tensors and dictionaries and refuses all else, and
    it takes no more memory than a few times the file's size.

    Args:
        path: path of a `.pth` file, in the zip form (PyTorch 1.6 and newer) or the older one. The
            dictionary of tensors may be the whole content, or lie under `"state_dict"` in a
            dictionary, whose other entries are then left out.

    Returns:
        dict from name to NumPy array, in the file's order; bfloat16 comes as float32, and tensors
        of a GPU like any other.

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
    try:
        with path.open("rb") as file:
            start = file.read(len(ZIP_START))
            if start != ZIP_START and start[:1] != PICKLE_START:
                raise pickle.UnpicklingError(f"it begins with {start!r}, as neither form does")
            content = start + file.read()
        found, storages = (_read_zip if start == ZIP_START else _read_legacy)(content)
        return pth_tensors.to_arrays(_named(found), storages, len(content))
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"'{path}' must be a file of tensors written by torch.save. Received one that cannot "
            f"be read: {error}. Nothing in it was run."
        ) from error


def _named(found):
    """The tensors by name, whether the file holds them alone or under `state_dict`."""
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict) or not found:
        kind = "an empty dictionary" if isinstance(found, dict) else f"a {type(found).__name__}"
        raise pickle.UnpicklingError(f"it holds {kind} instead of a dictionary of tensors")
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, pth_tensors.Tensor):
            raise pickle.UnpicklingError(
                f"its entry {brief(name)} is a {type(value).__name__} and no tensor; the tensors "
                "must be the whole content or lie under 'state_dict'"
            )
    return found


# === The two forms ===


def _read_zip(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _entries(archive, len(content))
            if "byteorder" in entries and archive.read(entries["byteorder"]) != b"little":
                raise pickle.UnpicklingError("its byte order is not little-endian")
            found = _unpickle(io.BytesIO(archive.read(entries["data.pkl"])))
            storages = {
                name.removeprefix("data/"): archive.read(info)
                for name, info in entries.items()
                if name.startswith("data/")
            }
    except pickle.UnpicklingError:
        raise
    # What `zipfile` raises for an archive with bytes turned over, encrypted ones included.
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, *FAULTS) as error:
        message = f"its archive is damaged ({str(error)[:200] or type(error).__name__})"
        raise pickle.UnpicklingError(message) from None
    return found, storages


def _entries(archive, file_size):
    """The archive's entries by their path inside its one folder."""
    entries, folders = {}, set()
    for info in archive.infolist():
        folder, _, name = info.filename.partition("/")
        folders.add(folder)
        # As torch.save writes them; a compressed one could hold more than memory does.
        if info.compress_type != zipfile.ZIP_STORED:
            raise pickle.UnpicklingError(f"its entry {brief(info.filename)} is compressed")
        if name in entries:
            raise pickle.UnpicklingError(f"its entry {brief(info.filename)} is there twice")
        entries[name] = info
    if "data.pkl" not in entries or len(folders) != 1:
        raise pickle.UnpicklingError("it is a zip archive that is not one folder with 'data.pkl'")
    if sum(info.file_size for info in entries.values()) > file_size:
        raise pickle.UnpicklingError("its archive's entries overlap")
    return entries


def _read_legacy(content):
    file = io.BytesIO(content)
    if _unpickle(file) != MAGIC:
        raise pickle.UnpicklingError("it does not begin like one")
    if _unpickle(file) != PROTOCOL:
        raise pickle.UnpicklingError(f"its protocol is not {PROTOCOL}")
    system = _unpickle(file)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise pickle.UnpicklingError("its byte order is not little-endian")
    known = {}
    found = _unpickle(file, known)
    keys = _unpickle(file)
    if not isinstance(keys, list) or not all(isinstance(key, str) and key in known for key in keys):
        raise pickle.UnpicklingError("its list of storages does not fit its tensors")
    storages = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        if key in storages or count != known[key].total:
            raise pickle.UnpicklingError(f"its storage {brief(key)} is not of the size it claims")
        storages[key] = file.read(count * pth_tensors.ITEM_SIZES[known[key].dtype])
    return found, storages


def _unpickle(file, known=None):
    """Reads one pickle; `known` collects the storages by key."""

    def load_storage(pid):
        storage = pth_tensors.make_storage(pid)
        if known is not None:
            known[storage.key] = storage
        return storage

    size = len(file.getbuffer())
    return RestrictedUnpickler(file, size, FUNCTIONS, CONSTANTS, load_storage).load()
