import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_stackgan.data import read_records
from keras_stackgan.data.pictures import PictureLoader, crop_and_flip, smaller_pictures
from keras_stackgan.data.preprocessing import PREPROCESSINGS


@pytest.fixture
def noise(make_folder):
    """Records of three pictures of noise, all of other sizes, the first with a box."""
    folder = make_folder(count=3)
    rng = np.random.default_rng(0)
    for number, shape in enumerate([(40, 60, 3), (30, 20, 3), (25, 25, 3)]):
        pixels = rng.integers(0, 256, shape, dtype="uint8")
        Image.fromarray(pixels).save(folder / f"pictures/{number}.png")
    lines = (folder / "captions.jsonl").read_text()
    lines = lines.replace('"file": "pictures/0', '"box": [10, 8, 9, 20], "file": "pictures/0')
    (folder / "captions.jsonl").write_text(lines)
    return read_records(folder)


@pytest.mark.parametrize("use_boxes", [True, False])
def test_cache_holds_what_is_read_from_disk(noise, use_boxes):
    cached, fresh = (
        PictureLoader(noise, PREPROCESSINGS["v2"], 16, use_boxes=use_boxes, cache=cache)
        for cache in (True, False)
    )
    for index, record in enumerate(noise):
        box = record.box if use_boxes else None
        expected = PREPROCESSINGS["v2"].load(Image.open(record.path), 16, box)
        np.testing.assert_array_equal(cached(index), expected)
        np.testing.assert_array_equal(fresh(index), expected)
    assert cached(0).shape == ((19, 19, 3) if use_boxes else (19, 28, 3))


def test_a_box_in_shares_is_refused(noise):
    noise[0] = dataclasses.replace(noise[0], box=(0.2, 0.2, 0.5, 0.5))
    v2 = PREPROCESSINGS["v2"]
    with pytest.raises(ValueError, match="0.png' must have a box .* in pixels, not in shares"):
        PictureLoader(noise, v2, 16, cache=True)
    # Where the box is drawn into, it counts without the cut too.
    boxes = PictureLoader(noise, v2, 16, use_boxes=False, cache=False, boxes=True)
    with pytest.raises(ValueError, match=r"Received: \[0.2, 0.2, 0.5, 0.5\]"):
        boxes.load_with_box(0)
    assert PictureLoader(noise, v2, 16, use_boxes=False, cache=False).load(0).shape == (19, 28, 3)


def test_pictures_are_cached_only_while_they_are_few(noise, monkeypatch):
    loads = []
    original = PictureLoader.load

    def load(self, index):
        loads.append(int(index))
        return original(self, index)

    monkeypatch.setattr(PictureLoader, "load", load)
    PictureLoader(noise, PREPROCESSINGS["v2"], 16)
    assert sorted(loads) == [0, 1, 2]
    monkeypatch.setattr("keras_stackgan.data.pictures.CACHE_LIMIT", 3 * 19 * 19 * 4)
    PictureLoader(noise, PREPROCESSINGS["v2"], 16)
    assert len(loads) == 3


def crop(picture, draws, preprocessing, size=4):
    draws = tf.constant(draws, tf.float64)
    return crop_and_flip(tf.constant(picture), size, draws, PREPROCESSINGS[preprocessing]).numpy()


def test_crop_and_flip():
    picture = np.arange(6 * 9 * 3, dtype="uint8").reshape(6, 9, 3)
    np.testing.assert_array_equal(crop(picture, [0.0, 0.0, 0.9], "v2"), picture[:4, :4])
    almost_one = np.nextafter(1.0, 0.0)
    far = [almost_one, almost_one, 0.4]
    np.testing.assert_array_equal(crop(picture, far, "v2"), picture[2:, 5:][:, ::-1])
    # The TensorFlow code never takes the last offset.
    np.testing.assert_array_equal(crop(picture, far, "v1_tensorflow"), picture[1:5, 4:8][:, ::-1])
    np.testing.assert_array_equal(crop(picture, far, "center"), picture[1:5, 2:6])


def test_smaller_pictures_of_the_stages():
    square = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype="uint8")
    resized = smaller_pictures(tf.constant(square), (8, 16, 32), PREPROCESSINGS["v2"])
    assert [picture.shape for picture in resized] == [(8, 8, 3), (16, 16, 3), (32, 32, 3)]
    for picture, size in zip(resized, (8, 16, 32), strict=True):
        expected = Image.fromarray(square).resize((size, size), Image.Resampling.BILINEAR)
        np.testing.assert_array_equal(picture, np.asarray(expected))
    picked = smaller_pictures(tf.constant(square), (8, 32), PREPROCESSINGS["v1_tensorflow"])
    np.testing.assert_array_equal(picked[0], square[::4, ::4])
