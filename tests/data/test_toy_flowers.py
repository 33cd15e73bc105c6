import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data import class_names, write_toy_flowers
from keras_stackgan.data.toy_flowers import COLORS


def pixels(record):
    with Image.open(record.path) as picture:
        return np.asarray(picture)


def test_same_seed_same_pictures(tmp_path):
    first = write_toy_flowers(tmp_path / "a", count=6, size=32, seed=3)
    longer = write_toy_flowers(tmp_path / "b", count=9, size=32, seed=3)
    other = write_toy_flowers(tmp_path / "c", count=6, size=32, seed=4)
    assert len(first) == 6 and len(longer) == 9
    for one, two in zip(first, longer, strict=False):
        assert (one.file, one.captions, one.label) == (two.file, two.captions, two.label)
        np.testing.assert_array_equal(pixels(one), pixels(two))
    assert [r.captions for r in first] != [r.captions for r in other]


def test_captions_say_what_is_painted(tmp_path):
    records = write_toy_flowers(tmp_path / "flowers", count=40, size=48)
    assert class_names(records) == ["buttercup", "daisy", "star flower"]
    for record in records:
        picture = pixels(record)
        assert picture.shape == (48, 48, 3) and picture.dtype == np.uint8
        sentence = record.captions[0]
        assert record.label in sentence and len(set(record.captions)) == 5
        assert " a orange" not in f" {sentence}"
        words = sentence.split()
        petal, center, background = words[1], words[words.index("center") - 1], words[-2]
        assert len({petal, center}) == 2 and petal != background
        corner = picture[:4, :4].reshape(-1, 3).mean(axis=0)
        assert nearest(corner, ("green", "blue", "brown", "gray")) == background
        middle = picture[20:28, 20:28].reshape(-1, 3)
        closest = np.abs(middle - np.array(COLORS[center])).sum(axis=1).min()
        assert closest < 45, (sentence, closest)


def nearest(color, names):
    def angle(name):
        wanted = np.array(COLORS[name], float)
        return -color @ wanted / np.linalg.norm(color) / np.linalg.norm(wanted)

    return min(names, key=angle)


def test_existing_data_is_not_overwritten(tmp_path):
    (tmp_path / "captions.jsonl").write_text("mine")
    with pytest.raises(FileExistsError, match="must be absent or empty"):
        write_toy_flowers(tmp_path, count=1)
    assert (tmp_path / "captions.jsonl").read_text() == "mine"
    with pytest.raises(ValueError, match="`count` must be >= 1 and `size` >= 8"):
        write_toy_flowers(tmp_path / "new", count=0)
