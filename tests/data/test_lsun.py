import io

import numpy as np
import pytest
from PIL import Image
from small_trees import photograph, save

from keras_stackgan.data import lsun, read_lsun
from keras_stackgan.data.decoding import decode


def encoded(picture, format):
    file = io.BytesIO()
    picture.save(file, format)
    return file.getvalue()


@pytest.fixture
def database(tmp_path):
    """An LMDB database with JPEG and WebP values, as those of LSUN."""
    lmdb = pytest.importorskip("lmdb")
    folder = tmp_path / "church_outdoor_train_lmdb"
    with lmdb.open(str(folder), map_size=2**24) as environment:
        with environment.begin(write=True) as transaction:
            for number in range(6):
                data = encoded(photograph(number), "WEBP" if number == 3 else "JPEG")
                transaction.put(f"{number:040x}".encode(), data)
    return folder


def test_pictures_in_a_database(database, tmp_path):
    records = read_lsun(tmp_path, "train", category="church_outdoor")
    assert [record.file for record in records] == [f"{number:040x}" for number in range(6)]
    assert {record.store for record in records} == {"lmdb"} and records[0].captions == ()
    for number, record in enumerate(records):
        # WebP and JPEG lose a little.
        error = np.abs(np.asarray(decode(record.read())).astype(int) - photograph(number)).mean()
        assert error < 8


def test_threads_and_cache_change_nothing(database, tmp_path):
    arguments = {"image_size": 16, "batch_size": 4, "steps": 4, "check_counts": False, "seed": 3}

    def batches(**changes):
        dataset = lsun.load_church(tmp_path, **arguments, **changes)
        return np.stack([batch["images"] for batch in dataset.as_numpy_iterator()])

    reference = batches(num_parallel_calls=1, cache=False)
    for calls, cache in ((8, False), (None, True)):
        np.testing.assert_array_equal(batches(num_parallel_calls=calls, cache=cache), reference)


def test_damaged_databases(database, tmp_path):
    records = read_lsun(tmp_path, category="church_outdoor")
    with pytest.raises(FileNotFoundError, match="holds nothing under the key 'other'"):
        type(records[0])(records[0].root, "other", (), store="lmdb").read()
    (tmp_path / "bedroom_val_lmdb").mkdir()
    with pytest.raises(FileNotFoundError, match="is no LMDB database: it has no data.mdb"):
        read_lsun(tmp_path, "test")


def test_the_package_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "lmdb", None)
    (tmp_path / "bedroom_train_lmdb").mkdir()
    with pytest.raises(ImportError, match="needs the package lmdb: pip install lmdb. Or export"):
        read_lsun(tmp_path)


def test_exported_pictures(tmp_path):
    save(tmp_path / "bedroom_train/0/1/01ab.webp", photograph(1))
    save(tmp_path / "bedroom_train/a.jpg", Image.new("RGB", (300, 256)))
    records = read_lsun(tmp_path)
    assert [record.file for record in records] == [
        "bedroom_train/0/1/01ab.webp",
        "bedroom_train/a.jpg",
    ]
    with pytest.raises(ValueError, match="2 pictures instead of 3,033,042"):
        lsun.load_bedroom(tmp_path)
    with pytest.raises(FileNotFoundError, match="(?s)bedroom_val_lmdb.*4,670,661 bytes"):
        read_lsun(tmp_path, "test")
