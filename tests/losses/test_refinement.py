"""What ties a picture to the smaller one before it."""

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan import losses

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_equals_plain_form(factor):
    smaller = RNG.normal(size=(2, 4, 4, 3))
    larger = RNG.normal(size=(2, 4 * factor, 4 * factor, 3))
    averages = larger.reshape(2, 4, factor, 4, factor, 3).mean((2, 4))
    expected = np.square(averages - smaller).mean()
    np.testing.assert_allclose(losses.refinement(larger, smaller), expected, rtol=1e-12)


def test_detail_is_free_and_the_smaller_picture_stays():
    smaller = tf.constant(RNG.normal(size=(1, 2, 2, 3)))
    larger = tf.repeat(tf.repeat(smaller, 2, axis=1), 2, axis=2)
    detail = np.tile([[1.0, -1.0], [-1.0, 1.0]], (2, 2))[None, :, :, None]
    assert float(losses.refinement(larger + detail, smaller)) < 1e-20
    with tf.GradientTape() as tape:
        tape.watch([smaller, larger])
        loss = losses.refinement(larger + 0.5, smaller)
    to_smaller, to_larger = tape.gradient(loss, [smaller, larger])
    assert to_smaller is None and np.all(to_larger.numpy() > 0)
    assert float(loss) == pytest.approx(0.25)
