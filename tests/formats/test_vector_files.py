"""Files of vectors: what each form says, and what a wrong one is told."""

import pickle

import numpy as np
import pytest
import torch7_files

from keras_stackgan.formats import read_vectors

VECTORS = np.arange(12, dtype="float32").reshape(4, 3)


def write_pickle(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def test_pictures_of_the_gan_cls_data(tmp_path):
    vectors = np.arange(12, dtype="float32").reshape(2, 2, 3)
    for name, picture in zip("ba", vectors, strict=True):
        content = {"img": f"1.Black/{name}.jpg", "txt": picture, "char": np.ones((201, 2))}
        (tmp_path / "1.Black").mkdir(exist_ok=True)
        torch7_files.write(tmp_path / f"1.Black/{name}.t7", content)
    keys, found = read_vectors(tmp_path)
    assert keys == ["1.Black/a.jpg", "1.Black/b.jpg"]
    np.testing.assert_array_equal(found, vectors[::-1])
    keys, found = read_vectors(tmp_path / "1.Black/a.t7")
    assert keys == ["1.Black/a.jpg"]
    np.testing.assert_array_equal(found, vectors[1:])


class Program:
    def __reduce__(self):
        return (print, ("run",))


@pytest.mark.parametrize(
    ("name", "write", "message"),
    [
        ("a.txt", lambda path: path.write_text("a"), "must be a folder or end in .npy"),
        ("a.npy", lambda path: path.write_bytes(b"\x93NUMPY\x01"), "whole file of NumPy arrays"),
        ("a.npy", lambda path: np.save(path, np.array([{}])), "whole file of NumPy arrays"),
        ("a.npy", lambda path: np.save(path, np.array(["a"])), "must hold numbers"),
        ("a.npy", lambda path: np.save(path, np.zeros(3)), r"Received: \(3,\)"),
        ("a.npz", lambda path: path.write_bytes(b"PK\x03\x04"), "whole file of NumPy arrays"),
        ("a.npz", lambda path: np.savez(path, a=VECTORS), r"entry 'vectors'.*\['a'\]"),
        (
            "a.npz",
            lambda path: np.savez(path, texts=[1, 2, 3, 4], vectors=VECTORS),
            "'texts' as an array",
        ),
        (
            "a.npz",
            lambda path: np.savez(path, texts=["a"], vectors=VECTORS),
            "a key for each vector, not 1 for 4",
        ),
        ("a.pickle", lambda path: write_pickle(path, Program()), "print"),
        ("a.pickle", lambda path: write_pickle(path, [VECTORS[0], VECTORS[0, :2]]), "numbers"),
        ("a.pickle", lambda path: write_pickle(path, {2: VECTORS[0]}), "the key 2"),
        ("a.pickle", lambda path: write_pickle(path, ["a", "b"]), "must hold numbers"),
        ("a.t7", lambda path: path.write_bytes(b"4\n1\n"), "whole binary file of Torch7"),
        ("a.t7", lambda path: torch7_files.write(path, {2.5: VECTORS[0]}), "the key 2.5"),
        ("a.t7", lambda path: torch7_files.write(path, "text"), "must hold numbers"),
        ("folder", lambda path: path.mkdir(), "must hold .t7 files"),
    ],
)
def test_bad_files(tmp_path, name, write, message, capsys):
    write(tmp_path / name)
    with pytest.raises(ValueError, match=message):
        read_vectors(tmp_path / name)
    assert capsys.readouterr().out == ""


def test_a_folder_with_another_torch7_file(tmp_path):
    torch7_files.write(tmp_path / "a.t7", {"img": "a.jpg"})
    with pytest.raises(ValueError, match="a.t7' must hold a picture's name"):
        read_vectors(tmp_path)


def test_pictures_names_of_another_kind(tmp_path):
    write_pickle(tmp_path / "filenames.pickle", 3)
    with pytest.raises(ValueError, match="filenames.pickle' must hold a list of file names.*3"):
        read_vectors(write_pickle(tmp_path / "vectors.pickle", VECTORS))
