"""A reader of safetensors files that needs nothing but NumPy."""

import json
import math
import os
from pathlib import Path

import numpy as np

# bfloat16 has no NumPy type: its values are the upper halves of float32 values.
_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
_MAX_HEADER = 100_000_000


def read_safetensors(path):
    """Returns the tensors of a safetensors file.

    Every size and place that the file states is checked before it is used. Nothing in the file is
    executed.

    Args:
        path: path of the file.

    Returns:
        Dictionary from tensor name to a read-only array; bfloat16 comes as float32.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is cut short, is no safetensors file, or contradicts itself.

    Example:

    ```python
    tensors = read_safetensors("model.safetensors")
    {name: array.shape for name, array in tensors.items()}
    ```

    Reference:
        [The safetensors format](https://github.com/huggingface/safetensors#format).
    """
    path = Path(path)
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _MAX_HEADER):
            raise _error(path, f"a header of {length} bytes in a file of {size}")
        try:
            header = json.loads(file.read(length))
        except ValueError:
            raise _error(path, "a header that is not JSON") from None
        data = file.read()
    if not isinstance(header, dict):
        raise _error(path, "a header that is not a JSON object")
    header.pop("__metadata__", None)
    return {name: _tensor(path, name, entry, data) for name, entry in header.items()}


def _tensor(path, name, entry, data):
    """Returns one tensor after checking what the header says about it."""
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [begin, end, *shape]
    except (TypeError, KeyError, ValueError):
        raise _error(path, f"no dtype, shape and two data_offsets for {name!r}") from None
    if dtype not in _DTYPES:
        raise _error(path, f"the dtype {dtype!r} for {name!r}")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise _error(path, f"the shape {shape} and offsets {[begin, end]} for {name!r}")
    wanted = math.prod(shape) * np.dtype(_DTYPES[dtype]).itemsize
    if end - begin != wanted or end > len(data):
        raise _error(
            path,
            f"bytes {begin} to {end} of {len(data)} for {name!r}, "
            f"whose shape {shape} and dtype {dtype} take {wanted}",
        )
    array = np.frombuffer(data, _DTYPES[dtype], math.prod(shape), begin).reshape(shape)
    if dtype == "BF16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    array.flags.writeable = False
    return array


def _error(path, received):
    return ValueError(
        f"`path` must name a whole safetensors file. Received {str(path)!r} with {received}. "
        f"Fetch or write the file again."
    )
