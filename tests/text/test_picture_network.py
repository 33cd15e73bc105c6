import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan.text import picture_network
from keras_stackgan.text.picture_network import area_resized


@pytest.mark.parametrize("size", [16, 32, 128])
def test_pictures_become_vectors(size):
    network = picture_network(size, dim=8, width=4)
    assert network.output_shape == (None, 8)
    assert network.get_layer(index=-1).units == 8


def test_the_places_that_are_left_do_not_grow_with_the_picture():
    assert (
        picture_network(256, width=4).get_layer("vectors").kernel.shape
        == picture_network(64, width=4).get_layer("vectors").kernel.shape
    )


def test_other_sizes_are_refused():
    with pytest.raises(ValueError, match="`image_size` must be 16 times a power of 2"):
        picture_network(48)
    with pytest.raises(ValueError, match="`image_size` must be a whole number of at least 16"):
        picture_network(8)


@pytest.mark.parametrize("shape", [(64, 64), (40, 40), (20, 12), (16, 16), (10, 9)])
def test_areas_equal_those_of_tensorflow(shape):
    pictures = normal(2, *shape, 3)
    expected = tf.image.resize(pictures, (16, 16), method="area")
    np.testing.assert_allclose(area_resized(tf.constant(pictures), 16), expected, atol=1e-5)


def test_areas_have_gradients():
    pictures = tf.Variable(normal(1, 20, 20, 3))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(area_resized(pictures, 16))
    # Every pixel counts alike.
    np.testing.assert_allclose(tape.gradient(total, pictures), 256 / 400, rtol=1e-4)
