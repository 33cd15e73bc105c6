"""Arrays on disk: what comes back, and which files are refused."""

import h5py
import numpy as np
import pytest

from keras_stackgan.text.arrays_file import read_arrays, write_arrays


def test_arrays_come_back(tmp_path):
    arrays = {
        "a/b": np.arange(6, dtype="float16").reshape(2, 3),
        "a/c": np.float64(1.5),
        "d": np.arange(3),
        "empty": np.zeros((0, 2), "float32"),
    }
    write_arrays(tmp_path / "x.h5", arrays)
    found = read_arrays(tmp_path / "x.h5")
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
    assert found["a/b"].dtype == found["a/c"].dtype == "float32" and found["d"].dtype == "int64"


def external(file, folder):
    (folder / "secret").write_bytes(b"12345678")
    file.create_dataset("x", (8,), "uint8", external=[(str(folder / "secret"), 0, 8)])


def virtual(file, folder):
    write_arrays(folder / "other.h5", {"y": np.arange(4)})
    layout = h5py.VirtualLayout((4,), "int64")
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "y", shape=(4,))
    file.create_virtual_dataset("x", layout)


def bomb(file, folder):
    file.create_dataset("x", (10**12,), "float32", chunks=(1000,), fillvalue=1.0)


def compressed(file, folder):
    file.create_dataset("x", data=np.zeros(10**6), compression="gzip")


def text(file, folder):
    file["x"] = "words"


@pytest.mark.parametrize("make", [external, virtual, bomb, compressed, text])
def test_nothing_but_plain_arrays_is_read(tmp_path, make):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        make(file, tmp_path)
    with pytest.raises(ValueError, match="'x' is no plain array inside the file"):
        read_arrays(tmp_path / "x.h5")


def test_links_to_other_files_are_not_followed(tmp_path):
    write_arrays(tmp_path / "other.h5", {"y": np.arange(4)})
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "y")
        file["z"] = np.arange(2)
    assert list(read_arrays(tmp_path / "x.h5")) == ["z"]


def test_damaged_files_are_value_errors(tmp_path):
    write_arrays(tmp_path / "x.h5", {"a/b": np.arange(60.0), "c": np.arange(20)})
    content = (tmp_path / "x.h5").read_bytes()
    rng = np.random.default_rng(0)
    outcomes = set()
    for _ in range(300):
        spoiled = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, len(spoiled), 3):
            spoiled[place] = rng.integers(256)
        (tmp_path / "y.h5").write_bytes(spoiled)
        try:
            read_arrays(tmp_path / "y.h5")
            outcomes.add("read")
        except ValueError as error:
            assert "must be a whole HDF5 file" in str(error)
            outcomes.add("refused")
    assert "refused" in outcomes
