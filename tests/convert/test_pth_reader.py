import pathlib
import random
import struct
import zipfile

import numpy as np
import pytest
from pth_files import (
    ORDERED,
    Call,
    Global,
    Stored,
    six,
    tensor,
    write_arrays,
    write_legacy,
    write_zip,
)

from keras_stackgan.convert import read_pth

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
    "content",
    [b"", b"GIF89a;", b"\x89PNG\r\n\x1a\n" * 9, b"<!DOCTYPE html>", bytes(range(256)) * 4],
)
def test_foreign_files_are_one_clear_error(content, tmp_path):
    path = tmp_path / "foreign.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be a file of tensors.* begins with b"):
        read_pth(path)


def test_absent_file():
    with pytest.raises(FileNotFoundError):
        read_pth(DATA / "absent.pth")


def test_reading_needs_no_tensorflow(run_without_tensorflow):
    printed = run_without_tensorflow(
        f"""
        from keras_stackgan.convert import read_pth

        print(len(read_pth({str(DATA / "netG_3_legacy.pth")!r})))
        """
    )
    assert printed.split() == ["90"]


# === Files made here ===


def test_views_strides_and_parameters(tmp_path):
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
    found["tail"][:] = 0
    assert found["whole"][1, 2] == 5


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("DoubleStorage", "<f8"),
        ("FloatStorage", "<f4"),
        ("HalfStorage", "<f2"),
        ("LongStorage", "<i8"),
        ("IntStorage", "<i4"),
        ("ShortStorage", "<i2"),
        ("CharStorage", "<i1"),
        ("ByteStorage", "<u1"),
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
    made = {"x": tensor(Stored(kind="BFloat16Storage"), 0, (3, 2), (1, 3))}
    found = read_pth(write_zip(tmp_path / "a.pth", made, {"0": upper}))["x"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, values.reshape(2, 3).T, rtol=1e-2)


def test_state_dict_inside_of_a_checkpoint(tmp_path):
    made = {"epoch": 3, "state_dict": {"x": tensor(Stored())}, "optimizer": {"param_groups": [{}]}}
    assert list(read_pth(write_zip(tmp_path / "a.pth", made, six()))) == ["x"]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"netG": {"x": tensor(Stored())}}, "entry 'netG' is a dict .* lie under 'state_dict'"),
        ([tensor(Stored())], "holds a list instead of a dictionary"),
        (tensor(Stored()), "holds a Tensor instead of a dictionary"),
        ({}, "holds an empty dictionary"),
        ({0: tensor(Stored()), "x" * 999: 1}, "entry 0 is a Tensor and no tensor"),
        ({"x" * 999: 1}, r"entry 'x{80}'\.\.\. is a int"),
    ],
)
def test_other_content(made, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_pth(write_zip(tmp_path / "a.pth", made, six()))


@pytest.mark.parametrize("pair", [tuple, list])
def test_ordered_dict_of_either_python(pair, tmp_path):
    """Python 2 writes its items as lists; `_metadata` is dropped."""
    items = [pair(("x", tensor(Stored())))]
    made = Call(ORDERED, items, state={"_metadata": {"": {"version": 1}}})
    assert list(read_pth(write_zip(tmp_path / "a.pth", made, six()))) == ["x"]


def test_older_form(tmp_path):
    made = {
        "x": tensor(Stored(part=(None,))),
        "part": tensor(Stored(part=(("9", 2, 3),)), 1, (2,), (1,)),
    }
    found = read_pth(write_legacy(tmp_path / "a.pth", made, six()))
    np.testing.assert_array_equal(found["x"], np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(found["part"], [3, 4])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keys": ["0", "1"]}, "list of storages"),
        ({"keys": [["0"]]}, "list of storages"),
        ({"keys": ["0", "0"]}, "not of the size"),
        ({"little": False}, "byte order"),
        ({"storages": {"0": bytes(20)}}, "not of the size"),
        ({"storages": {}, "keys": ["0"]}, "not of the size"),
        ({"storages": {}}, "should have 24 bytes and has none"),
        ({"content": {"x": tensor(Stored(part=(("9", 2, 5),)))}}, "leaves the storage"),
        ({"content": {"x": tensor(Stored(part=(("9", -1, 5),)))}}, "malformed"),
        ({"content": {"x": tensor(Stored(part=(("9", 2, 3),)))}}, "its storage of 3 entries"),
    ],
)
def test_older_form_with_faults(tmp_path, changes, message):
    made = {"content": {"x": tensor(Stored(part=(None,)))}, "storages": six(), **changes}
    with pytest.raises(ValueError, match=message):
        read_pth(write_legacy(tmp_path / "a.pth", **made))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (tensor(Stored(), 1), "leaves its storage"),
        (tensor(Stored(), 0, (2, 3), (3, 2)), "leaves its storage"),
        (tensor(Stored(), -1), "no whole number"),
        (tensor(Stored(), 0, (2, -3)), "no whole number"),
        (tensor(Stored(), 0, (2, 3), (3, -1)), "no whole number"),
        (tensor(Stored(), 0, (2.0, 3), (3, 1)), "no whole number"),
        (tensor(Stored(), 0, (2**40, 2**20), (0, 0)), "leaves its storage"),
        (tensor(Stored(), 0, (0, 2**40, 2**40), (0, 0, 0)), "has the size"),
        (tensor(Stored(), 0, (1,) * 33, (1,) * 33), "malformed"),
        (tensor(Stored(), 0, (2, 3), (1,)), "malformed"),
        (tensor("0"), "malformed"),
        (tensor(Stored(count=10**12)), "should have"),
        (tensor(Stored(key="9")), "should have 24 bytes and has none"),
        (tensor(Stored(key=9)), "no name or no size"),
        (tensor(Stored(count=2**60)), "no name or no size"),
        (tensor(Stored(kind="QUInt8Storage")), "asks for 'torch.QUInt8Storage'"),
        ([1, 2], "its entry 'x' is a list"),
    ],
)
def test_malformed_tensors(value, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_pth(write_zip(tmp_path / "a.pth", {"x": value}, six()))


def test_one_storage_cannot_be_copied_without_end(tmp_path):
    """Each further view takes a few bytes of the file."""
    storages = {"0": np.arange(20_000, dtype="<f4").tobytes()}
    views = {f"x{k}": tensor(Stored(count=20_000), k, (19_000,), (1,)) for k in range(40)}
    with pytest.raises(ValueError, match="more than 4 times as large as the file"):
        read_pth(write_zip(tmp_path / "a.pth", views, storages))
    same = tensor(Stored(count=20_000), 0, (20_000,), (1,))
    found = read_pth(write_zip(tmp_path / "a.pth", {f"x{k}": same for k in range(40)}, storages))
    assert len({id(array) for array in found.values()}) == 1


def test_faults_of_the_archive(tmp_path):
    made = {"x": tensor(Stored())}
    path = tmp_path / "a.pth"
    with pytest.raises(ValueError, match="compressed"):
        read_pth(write_zip(path, made, six(), zipfile.ZIP_DEFLATED))
    with pytest.raises(ValueError, match="byte order"):
        read_pth(write_zip(path, made, six(), order=b"big"))
    for names in (["readme.txt"], ["a/readme.txt"], ["a/data.pkl", "b/version"], ["data.pkl"]):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "hello")
        with pytest.raises(ValueError, match="is not one folder with 'data.pkl'"):
            read_pth(path)
    content = bytearray(write_zip(path, made, six()).read_bytes())
    content[content.index(np.float32(3.0).tobytes() + np.float32(4.0).tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged .*CRC"):
        read_pth(path)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_entries_that_are_there_twice_or_overlap(tmp_path):
    path = write_zip(tmp_path / "a.pth", {"x": tensor(Stored())}, six())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("archive/data/0", bytes(24))
    with pytest.raises(ValueError, match="'archive/data/0' is there twice"):
        read_pth(path)
    storages = {str(k): bytes(4_000) for k in range(3)}
    content = bytearray(write_zip(path, {"x": tensor(Stored())}, storages).read_bytes())
    # The central directory's sizes of the last entry: packed and not.
    end = content.rindex(b"PK\x01\x02")
    content[end + 20 : end + 28] = struct.pack("<LL", 2**31 - 1, 2**31 - 1)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="overlap"):
        read_pth(path)


@pytest.mark.parametrize("form", ["zip", "legacy"])
def test_bytes_turned_over_are_read_or_one_clear_error(form, tmp_path):
    """The same files each time: none may raise anything else, or take long."""
    path = tmp_path / "a.pth"
    arrays = {"a.weight": np.ones((2, 3), "float32"), "b": np.arange(4), "c": np.float64([1])}
    good = write_arrays(path, arrays, form).read_bytes()
    assert list(read_pth(path)) == list(arrays)
    dice, refused = random.Random(0), 0
    for _ in range(400):
        content = bytearray(good)
        for _ in range(dice.choice((1, 1, 2, 5))):
            # The beginning holds the pickles.
            at = dice.randrange(min(len(content), 700))
            content[at] = dice.choice((dice.randrange(256), content[at] ^ 1 << dice.randrange(8)))
        path.write_bytes(content)
        try:
            read_pth(path)
        except ValueError as error:
            assert "Nothing in it was run" in str(error) and len(str(error)) < 1_000
            refused += 1
    assert refused > 200
