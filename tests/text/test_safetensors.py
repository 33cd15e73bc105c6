import json

import numpy as np
import pytest

from keras_stackgan.text import read_safetensors


def write(path, header, data=b"", length=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(header) if length is None else length
    path.write_bytes(length.to_bytes(8, "little") + header + data)
    return path


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_values_and_dtypes(tmp_path):
    matrix = np.arange(6, dtype="<f4").reshape(2, 3)
    halves = np.array([0.5, -2.0], "<f2")
    header = {
        "__metadata__": {"format": "pt"},
        "matrix": entry("F32", (2, 3), (0, 24)),
        "halves": entry("F16", (2,), (24, 28)),
        "brain": entry("BF16", (2,), (28, 32)),
        "scalar": entry("I64", (), (32, 40)),
        "none": entry("F32", (0, 4), (40, 40)),
    }
    # The bfloat16 values 1.0 and -3.0.
    brain = np.array([0x3F80, 0xC040], "<u2").tobytes()
    data = matrix.tobytes() + halves.tobytes() + brain + np.int64(7).tobytes()
    tensors = read_safetensors(write(tmp_path / "x.safetensors", header, data))
    assert set(tensors) == {"matrix", "halves", "brain", "scalar", "none"}
    np.testing.assert_array_equal(tensors["matrix"], matrix)
    np.testing.assert_array_equal(tensors["halves"], halves)
    np.testing.assert_array_equal(tensors["brain"], np.array([1.0, -3.0], "float32"))
    assert tensors["brain"].dtype == np.float32
    assert tensors["scalar"] == 7 and tensors["scalar"].shape == ()
    assert tensors["none"].shape == (0, 4)
    with pytest.raises(ValueError):
        tensors["matrix"][0, 0] = 1.0


@pytest.mark.parametrize(
    "header, data, length, message",
    [
        ({}, b"", 10**15, "header of"),
        (b"not json", b"", None, "not JSON"),
        (b"\xff\xfe", b"", None, "not JSON"),
        (b"[1]", b"", None, "not a JSON object"),
        ({"x": entry()}, b"1234", None, "bytes 0 to 8 of 4"),
        ({"x": entry(offsets=(4, 12))}, b"12345678", None, "bytes 4 to 12 of 8"),
        ({"x": entry(shape=(3,))}, b"12345678", None, "take 12"),
        ({"x": entry(offsets=(-8, 0))}, b"12345678", None, "offsets"),
        ({"x": entry(shape=(-2,))}, b"12345678", None, "shape"),
        ({"x": entry(shape=(2.0,))}, b"12345678", None, "shape"),
        ({"x": entry(dtype="F7")}, b"12345678", None, "'F7'"),
        ({"x": {"dtype": "F32", "shape": [2]}}, b"12345678", None, "data_offsets"),
        ({"x": 3}, b"12345678", None, "data_offsets"),
        ({"x": entry(offsets=(0, 4, 8))}, b"12345678", None, "data_offsets"),
    ],
)
def test_bad_files(tmp_path, header, data, length, message):
    path = write(tmp_path / "x.safetensors", header, data, length)
    with pytest.raises(ValueError, match="whole safetensors file") as error:
        read_safetensors(path)
    assert message in str(error.value)


def test_short_and_missing_files(tmp_path):
    (tmp_path / "short").write_bytes(b"123")
    with pytest.raises(ValueError, match="whole safetensors file"):
        read_safetensors(tmp_path / "short")
    with pytest.raises(FileNotFoundError):
        read_safetensors(tmp_path / "missing")
