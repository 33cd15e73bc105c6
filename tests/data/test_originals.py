import os
import pickle

import numpy as np
import pytest
from PIL import Image
from small_trees import photograph, write_pickles
from torch7_files import write as write_torch7

from keras_stackgan.data import Record, caption_dataset, originals, read_records


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_released_files(tmp_path, protocol):
    expected = write_pickles(tmp_path, "train", ["a/1", "b/2"], [1, 2], protocol=protocol)
    assert originals.read_filenames(tmp_path, "train") == ["a/1", "b/2"]
    assert originals.read_class_info(tmp_path, "train") == [1, 2]
    embeddings = originals.read_embeddings(tmp_path, "train")
    np.testing.assert_array_equal(embeddings, expected)
    assert embeddings.dtype == np.float32
    assert originals.read_filenames(tmp_path, "test") is None
    assert originals.read_class_info(tmp_path, "test") is None


def test_byte_strings_of_python_2(tmp_path):
    (tmp_path / "train").mkdir()
    path = tmp_path / "train/filenames.pickle"
    path.write_bytes(b"(lp0\nS'001.Black/Bird_1'\np1\naV002.White/Bird_2\np2\na.")
    assert originals.read_filenames(tmp_path, "train") == ["001.Black/Bird_1", "002.White/Bird_2"]


def test_pictures_become_a_data_folder(tmp_path):
    write_pickles(tmp_path / "birds", "train", ["a/1", "b/2"], [1, 2])
    folder = originals.write_pictures(tmp_path / "birds", "train", tmp_path / "out", size=76)
    records = read_records(folder, uncaptioned="keep")
    assert [(r.file, r.label) for r in records] == [
        ("pictures/a/1.png", 1),
        ("pictures/b/2.png", 2),
    ]
    with Image.open(records[1].path) as picture:
        np.testing.assert_array_equal(picture, np.asarray(photograph(1, (76, 76))))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["birds", "out"]
    with pytest.raises(FileExistsError, match="`folder` must not exist"):
        originals.write_pictures(tmp_path / "birds", "train", tmp_path / "out", size=76)
    with pytest.raises(FileNotFoundError, match="must hold filenames.pickle and 304images.pickle"):
        originals.write_pictures(tmp_path / "birds", "train", tmp_path / "out2")


@pytest.mark.parametrize("key", ["../../../escaped/x", "/escaped/x", "..\\escaped\\x", "C:x"])
def test_names_that_lead_outside_are_refused(tmp_path, key):
    write_pickles(tmp_path / "a/b/birds", "train", ["a/1", key], [1, 2])
    with pytest.raises(ValueError, match="must hold names below a folder. Received: .*outside"):
        originals.write_pictures(tmp_path / "a/b/birds", "train", tmp_path / "a/b/out", size=76)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["birds"]


def test_half_a_picture_folder_is_not_left(tmp_path):
    write_pickles(tmp_path / "birds", "train", ["a/1", "b/2"], [1, 2])
    with open(tmp_path / "birds/train/76images.pickle", "wb") as file:
        pickle.dump([np.zeros((4, 4, 3), "uint8"), np.zeros((4, 4), "float32")], file, 2)
    with pytest.raises(ValueError, match="must hold uint8 pictures"):
        originals.write_pictures(tmp_path / "birds", "train", tmp_path / "out", size=76)
    assert [path.name for path in tmp_path.iterdir()] == ["birds"]


def test_code_in_a_pickle_never_runs(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "was here"),))

    (tmp_path / "train").mkdir()
    with open(tmp_path / "train/filenames.pickle", "wb") as file:
        pickle.dump([Evil()], file)
    with pytest.raises(ValueError, match="mkdir"):
        originals.read_filenames(tmp_path, "train")
    assert not (tmp_path / "was here").exists()


def test_other_content(tmp_path):
    write_pickles(tmp_path, "train", ["a/1", "b/2"], [1, 2])
    for name, value in {"filenames": [1, 2], "char-CNN-RNN-embeddings": np.zeros((2, 3))}.items():
        with open(tmp_path / f"train/{name}.pickle", "wb") as file:
            pickle.dump(value, file, 2)
    with pytest.raises(ValueError, match="must hold a list of file names"):
        originals.read_filenames(tmp_path, "train")
    with pytest.raises(ValueError, match="must hold an array .pictures, captions, dim."):
        originals.read_embeddings(tmp_path, "train")
    with pytest.raises(ValueError, match="`kind` must be one of char-CNN-RNN"):
        originals.read_embeddings(tmp_path, "train", kind="bert")
    (tmp_path / "train/filenames.pickle").unlink()
    with pytest.raises(FileNotFoundError, match="needs filenames.pickle beside it"):
        originals.read_embeddings(tmp_path, "train")


@pytest.fixture
def torch_folder(tmp_path):
    for number, name in enumerate(["Bird_2", "Bird_1", "Bird_3"]):
        path = tmp_path / f"icml/00{number}.Class/{name}.t7"
        path.parent.mkdir(parents=True)
        content = {"img": f"00{number}.Class/{name}.jpg", "txt": np.full((10, 4), number, "f4")}
        write_torch7(path, content)
    return tmp_path / "icml"


def test_torch_embeddings_in_the_order_of_the_records(torch_folder, tmp_path):
    records = []
    for name in ("Bird_1", "Bird_2"):
        photograph(1, (8, 8)).save(tmp_path / f"{name}.jpg")
        records.append(Record(tmp_path, f"{name}.jpg", ("a", "b")))
    embeddings = originals.read_torch_embeddings(torch_folder, records)
    assert embeddings.shape == (2, 10, 4) and embeddings.dtype == np.float32
    assert embeddings[:, 0, 0].tolist() == [1, 0]
    batch = next(iter(caption_dataset(records, embeddings, image_size=8, batch_size=2)))
    assert sorted(batch["embeddings"].numpy()[:, 0].tolist()) == [0, 1]


def test_torch_embeddings_that_do_not_fit(torch_folder, tmp_path):
    record = Record(tmp_path, "pictures/Bird_9.jpg", ("a",))
    with pytest.raises(ValueError, match="1 of 1 have none, e.g. 'pictures/Bird_9.jpg'"):
        originals.read_torch_embeddings(torch_folder, [record])
    write_torch7(torch_folder / "Again.t7", {"img": "Bird_1.jpg", "txt": np.ones((10, 4), "f4")})
    with pytest.raises(ValueError, match="some pictures are there twice"):
        originals.read_torch_embeddings(torch_folder, [record])
