"""Ways of resizing against the programs that they are named after."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_stackgan.metrics import resize


def pictures(size=23, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3)).astype("uint8")


@pytest.mark.parametrize("size", [37, 23, 11])
def test_tf1_bilinear_is_that_of_the_original_graph(size):
    found = resize(pictures(), size, "tf1_bilinear")
    expected = tf.compat.v1.image.resize_bilinear(
        tf.cast(pictures(), "float32"), (size, size), half_pixel_centers=False
    )
    np.testing.assert_array_equal(found, expected)


def test_bilinear_is_that_of_tensorflow_2():
    found = resize(pictures(), 37, "bilinear")
    np.testing.assert_allclose(found, tf.image.resize(pictures(), (37, 37)), atol=1e-3)


def test_the_two_bilinear_kinds_differ_by_much():
    difference = np.abs(resize(pictures(), 37, "bilinear") - resize(pictures(), 37, "tf1_bilinear"))
    assert np.max(difference) > 50


def test_bicubic_is_pillows_in_floats():
    found = resize(pictures(), 12, "bicubic")
    channel = Image.fromarray(pictures()[1, ..., 2].astype("float32"))
    expected = np.clip(channel.resize((12, 12), Image.Resampling.BICUBIC), 0, 255)
    np.testing.assert_array_equal(found[1, ..., 2], expected)


def test_area_takes_means():
    large = pictures(24)
    expected = large.reshape(2, 8, 3, 8, 3, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(resize(large, 8, "area"), expected, atol=1e-3)


def test_says_what_is_wrong():
    with pytest.raises(ValueError, match="`mode` must be one of 'tf1_bilinear'"):
        resize(pictures(), 8, "nearest")
    with pytest.raises(ValueError, match="`pictures` must have shape"):
        resize(pictures()[0], 8, "area")
