import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_stackgan.data import read_records
from keras_stackgan.data.pictures import PictureLoader, crop_to_box, decode_picture


@pytest.mark.parametrize(
    "mode, suffix", [("L", "png"), ("RGBA", "png"), ("P", "png"), ("L", "jpg"), ("RGB", "jpg"),
                     ("RGB", "bmp"), ("P", "gif"), ("LA", "png"), ("1", "png")]
)  # fmt: skip
def test_every_kind_of_picture_becomes_rgb(tmp_path, mode, suffix):
    ramp = np.linspace(0, 255, 20 * 30 * 3).reshape(20, 30, 3).astype("uint8")
    picture = Image.fromarray(ramp).convert(mode)
    path = tmp_path / f"a.{suffix}"
    picture.save(path)
    decoded = decode_picture(tf.constant(str(path))).numpy()
    assert decoded.shape == (20, 30, 3) and decoded.dtype == np.uint8
    # JPEG too: the decoder and its settings are those of Pillow.
    with Image.open(path) as opened:
        np.testing.assert_array_equal(decoded, np.asarray(opened.convert("RGB")))


def test_transparency_becomes_white(tmp_path):
    rgba = np.zeros((4, 4, 4), "uint8")
    rgba[:2] = (200, 0, 0, 255)
    rgba[0, 0, 3] = 51
    Image.fromarray(rgba).save(tmp_path / "a.png")
    decoded = decode_picture(tf.constant(str(tmp_path / "a.png"))).numpy()
    assert decoded[0, 0].tolist() == [244, 204, 204]
    assert (decoded[1] == (200, 0, 0)).all() and (decoded[2:] == 255).all()


def test_resize_is_that_of_the_original(make_folder):
    folder = make_folder(count=1)
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (90, 130, 3), dtype="uint8"))
    noise.save(folder / "pictures/0.png")
    loaded = PictureLoader(read_records(folder), 76, cache=False)(0).numpy()
    expected = noise.resize((130 * 76 // 90, 76), Image.Resampling.BILINEAR)
    assert loaded.shape == (76, 109, 3)
    assert np.abs(loaded.astype(int) - np.asarray(expected)).max() <= 1


def original_box(box, width, height):
    x, y, w, h = map(int, box)
    radius, cx, cy = int(max(w, h) * 0.75), int((2 * x + w) / 2), int((2 * y + h) / 2)
    rows = slice(max(0, cy - radius), min(height, cy + radius))
    return rows, slice(max(0, cx - radius), min(width, cx + radius))


@pytest.mark.parametrize("box", [(10, 5, 13, 8), (0, 0, 40, 30), (30, 20, 9, 9), (17.0, 3.0, 5, 6)])
def test_box_is_cut_as_in_the_original(box):
    picture = np.arange(40 * 30 * 3).reshape(30, 40, 3).astype("uint8")
    cut = crop_to_box(tf.constant(picture), tf.constant(box, tf.float32)).numpy()
    np.testing.assert_array_equal(cut, picture[original_box(box, 40, 30)])


def test_box_outside_of_the_picture_leaves_a_pixel():
    picture = tf.zeros((30, 40, 3), tf.uint8)
    assert crop_to_box(picture, tf.constant([90.0, 90.0, 4.0, 4.0])).shape == (1, 1, 3)
    assert crop_to_box(picture, tf.zeros(4)).shape == (30, 40, 3)
