"""Plain pickles of Python 2 and 3 are read; hostile ones run nothing and take no memory."""

import pickle
import tracemalloc

import numpy as np
import pytest

from keras_stackgan.formats import read_plain_pickle

PLAIN = {
    "list": [1, -(2**40), 2.5, True, None, "a", "café 日本", (1, "b"), ()],
    "dict": {"a": {"b": [1, 2]}, 3: "c"},
    "empty": {},
}
ARRAYS = [
    np.arange(6, dtype="f4").reshape(2, 3),
    np.arange(6, dtype=">i8").reshape(2, 3).T,
    np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)),
    np.array([True, False]),
    np.array(["a", "日本"]),
    np.array([b"a", b"bc"]),
    np.zeros((0, 3)),
    np.array(2.5),
    np.arange(8, dtype="c8")[::2],
    np.float32(1.5),
    np.int64(3),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.pickle"


@pytest.mark.parametrize("protocol", range(6))
def test_plain_objects_and_arrays(path, protocol):
    shared = [ARRAYS[0]]
    path.write_bytes(pickle.dumps([PLAIN, ARRAYS, shared, shared], protocol))
    plain, arrays, first, second = read_plain_pickle(path)
    assert plain == PLAIN and first is second and first[0] is arrays[0]
    for found, array in zip(arrays, ARRAYS, strict=True):
        np.testing.assert_array_equal(found, array)
        assert found.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        assert type(found) is type(array)


def test_the_names_of_older_numpy(path):
    for name in (b"numpy.core.multiarray", b"numpy._core.multiarray"):
        content = pickle.dumps(ARRAYS[0], 2).replace(b"numpy._core.multiarray", name)
        path.write_bytes(content)
        np.testing.assert_array_equal(read_plain_pickle(path), ARRAYS[0])


def array_of_python_2(text):
    """An array as cPickle's protocol 2 wrote it: its bytes are a byte string."""
    return (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b"
        b"\x87R(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89U" + bytes([len(text)]) + text + b"tb."
    )


def test_an_array_of_python_2(path):
    array = np.array([1.5, -2.5], "f4")
    path.write_bytes(array_of_python_2(array.tobytes()))
    np.testing.assert_array_equal(read_plain_pickle(path), array)


class Call:
    """Pickles as the call of a function."""

    def __init__(self, function, *args, state=None):
        self.call = (function, args) if state is None else (function, args, state)

    def __reduce__(self):
        return self.call


TYPE = Call(np.dtype, "f4", False, True)
RECONSTRUCT, (_, *ARGS), _ = np.zeros(1).__reduce__()


def state(shape, kind=TYPE, data=b"abcd", order=False):
    return Call(RECONSTRUCT, np.ndarray, *ARGS, state=(1, shape, kind, order, data))


HOSTILE = {
    "a program": (Call(print, "run"), "print"),
    "eval": (Call(eval, "print('run')"), "builtin.*eval"),
    "the class of arrays": (Call(np.ndarray, (2**40,), "b"), "calls a str"),
    "objects": (Call(np.dtype, "O8", False, True), "array of the type 'O8'"),
    "a type by name": (Call(np.dtype, "object"), "array of the type 'object'"),
    "a type of fields": (Call(np.dtype, [("a", "O")]), "array of the type list"),
    "fields": (
        Call(np.dtype, "V8", False, True, state=(3, "|", None, ("a",), {}, 8, 1, 16)),
        "array of the type 'V8'",
    ),
    "hidden fields": (
        Call(np.dtype, "i8", False, True, state=(3, "<", None, ("a",), {"a": 1}, 8, 1, 16)),
        "an array with fields",
    ),
    "an array of objects": (np.array([{}]), "array of the type 'O8'"),
    "dates": (np.array(["2020-01-01"], "M8[D]"), "array of the type 'M8'"),
    "too large": (state((2**40,)), "not as large as it says"),
    "too small": (state((0,)), "not as large as it says"),
    "a negative shape": (state((-1,)), "malformed array"),
    "a shape of texts": (state(("a",)), "malformed array"),
    "no type": (state((1,), kind="f4"), "array of the type 'f4'"),
    "no bytes": (state((1,), data=[1]), "malformed array"),
    "nothing in a place": (state((1,), kind=Call(np.dtype, "S0", False, True)), "not as large"),
    "a set": ({1}, "instruction EMPTY_SET|__builtin__.set"),
    "a key": ({(1, 2): 3}, "with a tuple for a key"),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
@pytest.mark.parametrize("protocol", [2, 4])
def test_hostile_files(path, kind, protocol, capsys):
    value, message = HOSTILE[kind]
    path.write_bytes(pickle.dumps(value, protocol))
    with pytest.raises(ValueError, match=f"whole pickle of lists.*({message}).*Nothing in it"):
        read_plain_pickle(path)
    assert capsys.readouterr().out == ""


BOMBS = {
    "a memo's place": (b"\x80\x02Nr\xff\xff\xff\xff0", "instruction POP"),
    "a text": (b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7fabc.", ""),
    "bytes": (b"\x80\x03B\xff\xff\xff\xffabc.", ""),
    "an array's bytes": (b"\x80\x05\x96" + b"\xff" * 7 + b"\x7fabc.", "ends within an array"),
    "an array's bytes of a terabyte": (
        b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"a.",
        "ends within an array",
    ),
    "a frame": (b"\x80\x04\x95" + b"\xff" * 7 + b"\x7f}", "EOFError"),
    "a number": (b"\x80\x02\x8b\xff\xff\xff\x7f1.", "instruction LONG4"),
    "digits": (b"L" + b"9" * 100_000 + b"L\n.", ""),
    "a filled dictionary": (b"(S'a'\nS'b'\nd.", "a filled DICT"),
    "a persistent id": (b"\x80\x02NQ.", "outside of the file"),
    "an array filled twice": (
        array_of_python_2(b"abcdefgh")[:-1] + b"(K\x01K\x00\x85Nh\x01tb.",
        "sets the state of a ndarray|array of the type",
    ),
    "no pickle": (b"<html>", ""),
    "nothing": (b"", "EOFError"),
}


@pytest.mark.parametrize("kind", list(BOMBS))
def test_few_bytes_cannot_ask_for_much(path, kind):
    content, message = BOMBS[kind]
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"({message}).*Nothing in it was run"):
        read_plain_pickle(path)
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


def test_one_piece_of_bytes_for_many_arrays(path):
    data = b"x" * 40_000
    path.write_bytes(pickle.dumps([state((10_000,), data=data) for _ in range(50)], 4))
    assert path.stat().st_size < 60_000
    with pytest.raises(ValueError, match="arrays larger than the file"):
        read_plain_pickle(path)


def test_every_cut_and_turned_bytes(path):
    content = pickle.dumps([{"a": ["b", 2.5]}, ARRAYS[0]], 2)
    for end in range(len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match="Nothing in it was run"):
            read_plain_pickle(path)
    rng, refused = np.random.default_rng(0), 0
    for _ in range(100):
        changed = bytearray(content)
        for place in rng.integers(0, len(content), 2):
            changed[place] = rng.integers(0, 256)
        path.write_bytes(changed)
        try:
            read_plain_pickle(path)
        except ValueError as error:
            refused += "Nothing in it was run" in str(error)
    assert refused > 30


def test_no_file(path):
    with pytest.raises(FileNotFoundError):
        read_plain_pickle(path)
