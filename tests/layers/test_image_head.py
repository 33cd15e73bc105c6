import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_block

from keras_stackgan.layers import ImageHead


@pytest.mark.parametrize("upsample", [False, True])
def test_layer(upsample):
    run_layer_test(ImageHead, {"upsample": upsample}, [normal(2, 3, 4, 2)], wide_outputs=(0,))


@pytest.mark.parametrize("upsample", [False, True])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(upsample, dtype, tolerance):
    layer = ImageHead(upsample, dtype=dtype)
    double = keras.layers.UpSampling2D(2, interpolation="nearest", dtype=dtype)
    x = normal(2, 4, 5, 3).astype(dtype)

    def plain(x):
        return tf.tanh(plain_block(double(x) if upsample else x, layer.convolution.kernel))

    assert layer(x).shape == ((2, 8, 10, 3) if upsample else (2, 4, 5, 3))
    assert [tuple(weight.shape) for weight in layer.weights] == [(3, 3, 3, 3)]  # no bias
    assert_same(layer, plain, [x], layer.trainable_weights, tolerance)


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_range(policy):
    layer = ImageHead(dtype=policy)
    y = layer(100.0 * normal(2, 8, 8, 4)).numpy()
    assert y.dtype == "float32" and np.abs(y).max() <= 1.0
    assert y.min() < -0.99 and y.max() > 0.99
    small = layer(0.001 * normal(2, 8, 8, 4)).numpy()
    assert 0.0 < np.abs(small).max() < 0.05


def test_tanh_is_taken_in_float32():
    """In bfloat16 the outputs near 1 would fall on steps of 1/256 and 1/128."""
    layer = ImageHead(kernel_initializer="ones", dtype="mixed_bfloat16")
    y = layer(np.full((1, 1, 1, 1), 2.0, "float32")).numpy()
    np.testing.assert_allclose(y, np.full((1, 1, 1, 3), np.tanh(2.0)), rtol=1e-6)
