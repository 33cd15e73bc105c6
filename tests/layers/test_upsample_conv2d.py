import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test

from keras_stackgan.layers import UpsampleConv2D
from keras_stackgan.layers.upsample_conv2d import phase_kernels, transposed_kernel


def plain_form(layer):
    """`UpSampling2D`, then a convolution with the layer's kernel."""
    upsample = keras.layers.UpSampling2D(2, interpolation="nearest", dtype=layer.dtype)
    bias = layer.bias.value if layer.use_bias else 0.0
    return lambda x: tf.nn.conv2d(upsample(x), layer.kernel.value, 1, "SAME") + bias


def test_layer():
    run_layer_test(UpsampleConv2D, {"filters": 5}, [normal(2, 3, 4, 2)])
    run_layer_test(UpsampleConv2D, {"filters": 5, "use_bias": True}, [normal(2, 3, 4, 2)])


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (2, 2), (3, 5), (8, 6)])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_the_plain_form(size, dtype, tolerance):
    layer = UpsampleConv2D(4, dtype=dtype)
    x = normal(2, *size, 3).astype(dtype)
    assert layer(x).shape == (2, 2 * size[0], 2 * size[1], 4)
    assert_same(layer, plain_form(layer), [x], layer.trainable_weights, tolerance)


@pytest.mark.parametrize("size", [(3, 5), (8, 6)])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_the_plain_form_with_bias(size, dtype, tolerance):
    layer = UpsampleConv2D(4, use_bias=True, dtype=dtype)
    x = normal(2, *size, 3).astype(dtype)
    layer.build(x.shape)
    layer.bias.assign(normal(4, seed=1))
    assert_same(layer, plain_form(layer), [x], layer.trainable_weights, tolerance)


def test_is_not_bilinear_nor_transposed():
    layer = UpsampleConv2D(1)
    x = np.zeros((1, 2, 2, 1), "float32")
    x[0, 0, 1, 0] = 1.0
    layer.build(x.shape)
    kernel = np.zeros((3, 3, 1, 1), "float32")
    kernel[0, 1] = 1.0  # looks one pixel up
    layer.kernel.assign(kernel)
    expected = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]
    np.testing.assert_array_equal(layer(x)[0, :, :, 0], expected)


def test_phase_kernels():
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    phases = phase_kernels(kernel).numpy()
    assert phases.shape == (4, 2, 2, 1, 1)
    np.testing.assert_array_equal(phases[0, :, :, 0, 0], [[0, 1 + 2], [3 + 6, 4 + 5 + 7 + 8]])
    np.testing.assert_array_equal(phases[1, :, :, 0, 0], [[0 + 1, 2], [3 + 4 + 6 + 7, 5 + 8]])
    np.testing.assert_array_equal(phases[2, :, :, 0, 0], [[0 + 3, 1 + 2 + 4 + 5], [6, 7 + 8]])
    np.testing.assert_array_equal(phases[3, :, :, 0, 0], [[0 + 1 + 3 + 4, 2 + 5], [6 + 7, 8]])


@pytest.mark.parametrize("use_bias", [False, True])
def test_both_forms_are_equal(use_bias):
    layer = UpsampleConv2D(4, use_bias=use_bias, dtype="float64")
    x = normal(2, 8, 6, 3).astype("float64")
    layer.build(x.shape)
    if use_bias:
        layer.bias.assign(normal(4, seed=1))
    phases = layer._by_phases(x, phase_kernels(layer.kernel.value))
    transposed = layer._transposed(x, transposed_kernel(layer.kernel.value))
    np.testing.assert_allclose(phases, transposed, rtol=0, atol=1e-13)


def test_transposed_kernel():
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    spread = transposed_kernel(kernel).numpy()
    assert spread.shape == (4, 4, 1, 1)
    expected = [[8, 15, 13, 6], [13, 24, 20, 9], [7, 12, 8, 3], [2, 3, 1, 0]]
    # What the four copies of a source pixel add to the 4x4 outputs around them.
    np.testing.assert_array_equal(spread[:, :, 0, 0], expected)


def test_second_derivatives_are_those_of_the_plain_form():
    layer = UpsampleConv2D(2, dtype="float64")
    x = tf.constant(normal(2, 5, 5, 2).astype("float64"))
    layer.build(x.shape)

    def second(function):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(function(x) ** 3)
            penalty = tf.reduce_sum(inner.gradient(y, x) ** 2)
        return outer.gradient(penalty, layer.kernel.value)

    np.testing.assert_allclose(second(layer), second(plain_form(layer)), rtol=1e-9)


@pytest.mark.parametrize("known", [(None, None), (None, 4), (3, None)])
def test_unknown_size(known):
    layer = UpsampleConv2D(4)
    inputs = keras.Input((*known, 3))
    outputs = layer(inputs)
    doubled = tuple(None if size is None else 2 * size for size in known)
    assert outputs.shape == (None, *doubled, 4)
    model = keras.Model(inputs, outputs)
    traced = tf.function(model, input_signature=[tf.TensorSpec((None, *known, 3))])
    for size in [(3, 4), (3 if known[0] else 6, 4 if known[1] else 7)]:
        x = normal(2, *size, 3)
        np.testing.assert_allclose(model(x), plain_form(layer)(x), rtol=0, atol=1e-5)
        np.testing.assert_allclose(traced(x), plain_form(layer)(x), rtol=0, atol=1e-5)


@pytest.mark.parametrize("size", [1, 8])
def test_taps_are_summed_before_rounding(size):
    layer = UpsampleConv2D(1, dtype="mixed_bfloat16")
    layer.build((None, size, size, 1))
    kernel = np.zeros((3, 3, 1, 1), "float32")
    kernel[1, 1], kernel[1, 2], kernel[2, 1] = 1.0, 2.0**-8, 2.0**-8
    layer.kernel.assign(kernel)  # in bfloat16 1 + 2^-8 rounds to 1, and 1 + 2^-7 is exact
    outputs = layer(np.ones((1, size, size, 1), "float32"))
    assert float(outputs[0, 0, 0, 0]) == 1.0 + 2.0**-7


def test_invalid_filters():
    for filters in (0, -1, 1.5, None, "3", True, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="`filters` must be a whole number of at least 1"):
            UpsampleConv2D(filters)
