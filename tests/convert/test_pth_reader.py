import io
import pathlib
import pickle
import struct
import zipfile

import numpy as np
import pytest

from keras_stackgan.convert import read_pth
from keras_stackgan.convert.pth_reader import MAGIC, PROTOCOL

DATA = pathlib.Path(__file__).parent / "data"


# === Real files ===


def test_both_forms_hold_the_same():
    new, old = read_pth(DATA / "netG_3.pth"), read_pth(DATA / "netG_3_legacy.pth")
    assert len(old) == 90
    counters = [name for name in new if name not in old]
    assert len(counters) == 17 and all(n.endswith(".num_batches_tracked") for n in counters)
    for name, array in old.items():
        assert array.dtype == new[name].dtype == np.float32
        np.testing.assert_array_equal(array, new[name])


@pytest.mark.parametrize("name", ["netG_3.pth", "netG_3_legacy.pth"])
@pytest.mark.parametrize("kept", [0, 3, 100, 1_000, 5_000, 20_000, 200_000])
def test_truncated_files_are_one_clear_error(name, kept, tmp_path):
    path = tmp_path / "short.pth"
    path.write_bytes((DATA / name).read_bytes()[:kept])
    with pytest.raises(ValueError, match="must be a file of tensors.*Nothing in it was run"):
        read_pth(path)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a;", b"\x89PNG\r\n\x1a\n" * 9, b"a text\n", bytes(range(256)) * 4]
)
def test_foreign_files_are_one_clear_error(content, tmp_path):
    path = tmp_path / "foreign.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be a file of tensors"):
        read_pth(path)


def test_absent_file():
    with pytest.raises(FileNotFoundError):
        read_pth(DATA / "absent.pth")


# === Files made here ===


class Global:
    """Is pickled as a global of any name."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    """Is pickled as a call."""

    def __init__(self, function, *args, state=None):
        self.function, self.args, self.state = function, args, state


class Stored:
    """Is pickled as a persistent id."""

    def __init__(self, key="0", kind="FloatStorage", count=6, legacy=False, location="cpu"):
        last = (None,) if legacy else ()
        self.pid = ("storage", Global("torch", kind), key, location, count, *last)


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


def pickled(value, protocol=2):
    file = io.BytesIO()
    Pickler(file, protocol).dump(value)
    return file.getvalue()


REBUILD = Global("torch._utils", "_rebuild_tensor_v2")


def tensor(storage, offset=0, size=(2, 3), stride=(3, 1)):
    return Call(REBUILD, storage, offset, size, stride, False, Call(ORDERED))


ORDERED = Global("collections", "OrderedDict")


def write_zip(path, content, storages=None, compression=zipfile.ZIP_STORED, order=b"little"):
    """`content` is a value, or bytes of a pickle."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        data = content if isinstance(content, bytes) else pickled(content)
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/byteorder", order)
        for key, value in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", value)
    return path


def six():
    return {"0": np.arange(6, dtype="<f4").tobytes()}


def test_views_strides_and_prefixes(tmp_path):
    tensors = {
        "whole": tensor(Stored()),
        "transposed": tensor(Stored(), 0, (3, 2), (1, 3)),
        "tail": tensor(Stored(), 4, (2,), (1,)),
        "scalar": tensor(Stored(), 5, (), ()),
        "empty": tensor(Stored(), 0, (0, 3), (3, 1)),
        "parameter": Call(Global("torch._utils", "_rebuild_parameter"), tensor(Stored()), True, {}),
    }
    found = read_pth(write_zip(tmp_path / "a.pth", tensors, six()))
    whole = np.arange(6, dtype="float32").reshape(2, 3)
    np.testing.assert_array_equal(found["whole"], whole)
    np.testing.assert_array_equal(found["parameter"], whole)
    np.testing.assert_array_equal(found["transposed"], whole.T)
    np.testing.assert_array_equal(found["tail"], [4, 5])
    assert found["scalar"] == 5 and found["scalar"].shape == ()
    assert found["empty"].shape == (0, 3)


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("DoubleStorage", "<f8"),
        ("HalfStorage", "<f2"),
        ("LongStorage", "<i8"),
        ("BoolStorage", "?"),
    ],
)
def test_types(kind, dtype, tmp_path):
    values = np.array([0, 1, 1, 0, 1, 0]).astype(dtype)
    made = {"x": tensor(Stored(kind=kind, location="cuda:0"))}
    found = read_pth(write_zip(tmp_path / "a.pth", made, {"0": values.tobytes()}))["x"]
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found.ravel(), values)


def test_bfloat16_comes_as_float32(tmp_path):
    values = np.array([1.0, -2.5, 0.0, 3.0, 1e30, 0.5], "<f4")
    upper = (values.view("<u4") >> 16).astype("<u2").tobytes()
    made = {"x": tensor(Stored(kind="BFloat16Storage"))}
    found = read_pth(write_zip(tmp_path / "a.pth", made, {"0": upper}))["x"]
    np.testing.assert_allclose(found.ravel(), values, rtol=1e-2)


def test_state_dict_inside_of_a_checkpoint(tmp_path):
    made = {"epoch": 3, "state_dict": {"x": tensor(Stored())}}
    assert list(read_pth(write_zip(tmp_path / "a.pth", made, six()))) == ["x"]


def test_metadata_of_an_ordered_dict_is_dropped(tmp_path):
    made = Call(ORDERED, [("x", tensor(Stored()))], state={"_metadata": {"": {"version": 1}}})
    assert list(read_pth(write_zip(tmp_path / "a.pth", made, six()))) == ["x"]


def legacy(path, tensors, storages=None, keys=("0",), little=True):
    system = {"protocol_version": PROTOCOL, "little_endian": little, "type_sizes": {"int": 4}}
    content = b"".join(map(pickled, (MAGIC, PROTOCOL, system, tensors, list(keys))))
    for value in (six() if storages is None else storages).values():
        content += struct.pack("<q", len(value) // 4) + value
    path.write_bytes(content)
    return path


def test_older_form(tmp_path):
    made = {"x": tensor(Stored(legacy=True))}
    found = read_pth(legacy(tmp_path / "a.pth", made))["x"]
    np.testing.assert_array_equal(found, np.arange(6).reshape(2, 3))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keys": ("0", "1")}, "list of storages"),
        ({"little": False}, "byte order"),
        ({"storages": {"0": bytes(20)}}, "not of the size"),
        ({"storages": {}}, "not of the size"),
    ],
)
def test_older_form_with_faults(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        read_pth(legacy(tmp_path / "a.pth", {"x": tensor(Stored(legacy=True))}, **changes))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (tensor(Stored(), 1), "leaves its storage"),
        (tensor(Stored(), 0, (2, 3), (3, 2)), "leaves its storage"),
        (tensor(Stored(), -1), "has size"),
        (tensor(Stored(), 0, (2, -3)), "has size"),
        (tensor(Stored(), 0, (2, 3), (3, -1)), "has size"),
        (tensor(Stored(), 0, (2**40, 2**20), (0, 0)), "leaves its storage"),
        (tensor(Stored(), 0, (2, 3), (1,)), "malformed"),
        (tensor("0"), "malformed"),
        (tensor(Stored(count=10**12)), "should have"),
        (tensor(Stored(key="9")), "should have 24 bytes and has none"),
        (tensor(Stored(kind="QUInt8Storage")), "asks for 'torch.QUInt8Storage'"),
        ([1, 2], "its entry 'x' is a list"),
    ],
)
def test_malformed_tensors(value, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_pth(write_zip(tmp_path / "a.pth", {"x": value}, six()))


def test_faults_of_the_archive(tmp_path):
    made = {"x": tensor(Stored())}
    path = tmp_path / "a.pth"
    with pytest.raises(ValueError, match="compressed"):
        read_pth(write_zip(path, made, six(), zipfile.ZIP_DEFLATED))
    with pytest.raises(ValueError, match="byte order"):
        read_pth(write_zip(path, made, six(), order=b"big"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match="without 'data.pkl'"):
        read_pth(path)
    content = bytearray(write_zip(path, made, six()).read_bytes())
    content[content.index(np.float32(3.0).tobytes() + np.float32(4.0).tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="CRC"):
        read_pth(path)


# === Hostile pickles ===


def hostile(mark):
    """Pickles that would make the file `mark`, or take the machine's memory, if they ran."""
    command = f"open({str(mark)!r}, 'w')"
    system = Global("os", "system")
    inst = b"(S'touch " + str(mark).encode() + b"'\nios\nsystem\n."
    obj = b"(cos\nsystem\nS'touch " + str(mark).encode() + b"'\no."
    getattr_chain = Call(Call(Global("builtins", "getattr"), Global("os", "path"), "join"), command)
    return {
        "os.system": pickled({"x": Call(system, f"touch {mark}")}),
        "posix.system": pickled({"x": Call(Global("posix", "system"), f"touch {mark}")}),
        "eval": pickled({"x": Call(Global("builtins", "eval"), command)}),
        "exec of Python 2": pickled({"x": Call(Global("__builtin__", "eval"), command)}),
        "getattr": pickled({"x": getattr_chain}),
        "a module class": pickled({"x": Global("torch.nn.modules.module", "Module")}),
        "a dotted name": pickled({"x": Global("collections", "OrderedDict.fromkeys")}),
        "stack global": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        "inst": inst,
        "obj": obj,
        "newobj": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
        "extension": b"\x80\x02\x82\x01.",
        "build on a function": b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00a"
        b"K\x01sb.",
        "slots of a function": b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nN}X\x08\x00\x00\x00"
        b"__code__K\x01s\x86b.",
        "a huge memo": b"\x80\x02Nr\xff\xff\xff\xff.",
        "a huge string": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fabc.",
        "a huge number": b"\x80\x02\x8b\xff\xff\xff\x7f1.",
        "deep nesting": b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".",
        "an absent memo": b"\x80\x02h\x07.",
        "an empty stack": b"\x80\x020000.",
        "no end": b"\x80\x02}",
    }


@pytest.mark.parametrize("kind", list(hostile("mark")))
@pytest.mark.parametrize("form", ["zip", "legacy"])
def test_hostile_pickles_run_nothing(kind, form, tmp_path):
    mark = tmp_path / "executed"
    content = hostile(mark)[kind]
    path = tmp_path / "hostile.pth"
    if form == "zip":
        write_zip(path, content)
    else:
        path.write_bytes(pickled(MAGIC) + pickled(PROTOCOL) + content)
    with pytest.raises(ValueError, match="Nothing in it was run"):
        read_pth(path)
    assert not mark.exists()


def test_the_hostile_ones_are_real(tmp_path):
    """Python's own unpickler runs them, so the test above tests something."""
    mark = tmp_path / "executed"
    for kind in ("os.system", "inst", "obj"):
        pickle.loads(hostile(mark)[kind])
        assert mark.exists()
        mark.unlink()
