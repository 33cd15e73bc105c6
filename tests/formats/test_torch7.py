import struct
import tracemalloc

import numpy as np
import pytest
from torch7_files import Cuda, Lua, Writer, integer, longs, text, write

from keras_stackgan.formats import TorchObject, read_torch7


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.t7"


def test_plain_values(path):
    value = {
        "nothing": None,
        "yes": True,
        "no": False,
        "number": 2.5,
        "text": "café 日本",
        "bytes": "caf\u00e9".encode("latin1"),
        "list": ["a", "b"],
        1: {2.5: "half", True: "true"},
    }
    found = read_torch7(write(path, value))
    assert found == {**value, "bytes": "caf\u00e9", "list": {1: "a", 2: "b"}}
    assert all(isinstance(key, int) for key in found["list"])


@pytest.mark.parametrize("code", ["u1", "i1", "i2", "i4", "i8", "f2", "f4", "f8"])
@pytest.mark.parametrize("place", [np.asarray, Cuda])
def test_tensors(path, code, place):
    array = np.arange(24).reshape(2, 3, 4).astype(code)
    found = read_torch7(write(path, [place(array)]))[1]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype and not found.flags.writeable


def test_transposed_and_empty_tensors(path):
    array = np.arange(6, dtype="f4").reshape(2, 3)
    found = read_torch7(write(path, [array.T, np.zeros(0, "f8")]))
    np.testing.assert_array_equal(found[1], array.T)
    assert found[2].shape == (0,) and found[2].dtype == np.float64


def tensor(shape, strides, offset, numbers, name="Float", storage="Float", count=None):
    content = integer(4) + integer(1) + text("V 1") + text(f"torch.{name}Tensor")
    content += integer(len(shape)) + longs(*shape, *strides, offset)
    content += integer(4) + integer(2) + text("V 1") + text(f"torch.{storage}Storage")
    count = len(numbers) if count is None else count
    return content + longs(count) + np.array(numbers, "f4").tobytes()


def test_a_part_of_a_storage(path):
    path.write_bytes(tensor([2, 2], [3, 1], 2, [0, 1, 2, 3, 4, 5]))
    np.testing.assert_array_equal(read_torch7(path), [[1, 2], [4, 5]])


def test_old_files_have_no_version(path):
    path.write_bytes(integer(4) + integer(1) + text("torch.LongStorage") + longs(2) + longs(5, 6))
    np.testing.assert_array_equal(read_torch7(path), [5, 6])


def test_objects_come_without_code_and_shared_once(path):
    weight = np.ones((2, 2), "f4")
    shared = Lua("os.execute", weight=weight)
    shared.fields["self"] = shared
    table = {"deep": {}}
    found = read_torch7(write(path, {"a": shared, "b": shared, "t": table, "u": table}))
    assert isinstance(found["a"], TorchObject) and found["a"] is found["b"]
    assert found["a"].class_name == "os.execute" and found["a"].fields["self"] is found["a"]
    assert found["t"] is found["u"]
    assert repr(found["a"]) == "TorchObject('os.execute')"


def test_objects_as_keys(path):
    node = Lua("graph.Node", id=1.0)
    found = read_torch7(write(path, {1: node, node: 1.0}))
    assert found[found[1]] == 1.0


def test_depth_costs_no_stack(path):
    writer = Writer()
    start = b"".join(
        integer(3) + integer(number) + integer(1) + writer.value("x") for number in range(20_000)
    )
    path.write_bytes(start + integer(0))
    found, depth = read_torch7(path), 0
    while found is not None:
        found, depth = found["x"], depth + 1
    assert depth == 20_000


FLOAT = integer(1) + struct.pack("<d", 1.0)
TABLE = integer(3) + integer(1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at byte 0 it promises 4 bytes and holds 0"),
        (b"4\n1\n3\nV 1\n", "text file"),
        (b"PK\x03\x04" * 4, "as no value has"),
        (integer(-1), "the kind -1"),
        (integer(6) + integer(1) + text("bytecode"), "it holds a function"),
        (integer(7) + integer(1) + text("bytecode"), "it holds a function"),
        (integer(8) + integer(1) + text("bytecode"), "it holds a function"),
        (integer(2) + integer(2**31 - 1) + b"abc", "promises 2147483647 bytes and holds 3"),
        (integer(2) + integer(-5) + b"abc", "promises -5 bytes"),
        (TABLE + integer(2**31 - 1), "promises 4 bytes and holds 0"),
        (TABLE + integer(-1), "a table has -1 entries"),
        (TABLE + integer(1) + FLOAT, "promises 4 bytes and holds 0"),
        (TABLE + integer(1) + integer(0) + FLOAT, "a NoneType for a key"),
        (TABLE + integer(1) + integer(3) + integer(2) + integer(0) + FLOAT, "a dict for a key"),
        (TABLE + integer(1) + integer(1) + struct.pack("<d", np.nan) + FLOAT, "float for a key"),
        (TABLE + integer(1) + FLOAT + integer(4) + integer(1), "as two kinds"),
        (integer(4) + integer(1) + text("V 1") + text("tds.Hash") + FLOAT, "'tds.Hash' has a form"),
        (tensor([2**40], [1], 1, [1.0]), "has a storage of 1 numbers"),
        (tensor([2**31, 2**31], [0, 0], 1, [1.0]), "has a storage of 1 numbers"),
        (tensor([4], [0], 1, [1.0]), "has a storage of 1 numbers"),
        (tensor([2], [1], 1, [1.0], count=2**60), "promises"),
        (tensor([1], [1], 1, [1.0], count=-1), "promises -4 bytes"),
        (tensor([2], [-1], 2, [1.0, 2.0]), "the strides"),
        (tensor([0, 2**62, 2**62], [1, 1, 1], 1, [1.0]), "the shape"),
        (tensor([-2], [1], 1, [1.0, 2.0]), "the shape"),
        (tensor([2], [1], 0, [1.0, 2.0]), "the shape"),
        (tensor([2], [1], 2, [1.0, 2.0]), "has a storage of 2 numbers"),
        (tensor([1], [1], 1, [1.0, 2.0], storage="Int"), "no storage of its type"),
        (tensor([1] * 33, [1] * 33, 1, [1.0]), "33 dimensions"),
    ],
)
def test_bad_files(path, content, message):
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"must be a whole binary file.*{message}.*Nothing"):
        read_torch7(path)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_every_cut_is_found(path):
    content = Writer().value({"a": [np.ones((2, 3), "f4"), Lua("nn.Linear", bias=True)]})
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="promises"):
            read_torch7(path)


def test_turned_bytes_give_a_value_or_a_value_error(path):
    content = Writer().value({"a": [np.ones((2, 3), "f4"), Lua("nn.Linear", bias=True)], "b": "c"})
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(2_000):
        changed = bytearray(content)
        for place in rng.integers(0, len(content), 2):
            changed[place] = rng.integers(0, 256)
        path.write_bytes(changed)
        try:
            read_torch7(path)
        except ValueError as error:
            refused += "Nothing in it was run" in str(error)
    assert refused > 500


def test_no_file(path):
    with pytest.raises(FileNotFoundError):
        read_torch7(path)
