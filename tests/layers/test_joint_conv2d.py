import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test
from plain_forms import tile

from keras_stackgan.layers import JointConv2D
from keras_stackgan.layers.joint_conv2d import border_kernels


def plain_form(layer):
    """`Conv2D` over the concatenation of tiled code and features."""

    def call(features, code):
        tiled = tile(code, features)
        parts = [tiled, features] if layer.code_first else [features, tiled]
        return tf.nn.conv2d(tf.concat(parts, -1), layer.kernel.value, 1, "SAME")

    return call


def test_layer():
    arguments = {"filters": 5, "kernel_size": 1, "code_first": False}
    run_layer_test(JointConv2D, arguments, [normal(2, 3, 4, 2), normal(2, 6)])
    run_layer_test(JointConv2D, {"filters": 5}, [normal(2, 3, 4, 2), normal(2, 6)])


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (4, 4), (8, 8), (2, 5), (6, 3)])
@pytest.mark.parametrize("kernel_size", [1, 3])
@pytest.mark.parametrize("code_first", [True, False])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_the_plain_form(size, kernel_size, code_first, dtype, tolerance):
    layer = JointConv2D(4, kernel_size=kernel_size, code_first=code_first, dtype=dtype)
    arrays = [normal(2, *size, 3).astype(dtype), normal(2, 5, seed=1).astype(dtype)]
    assert layer(*arrays).shape == (2, *size, 4)
    assert layer.kernel.shape == (kernel_size, kernel_size, 8, 4)
    assert_same(layer, plain_form(layer), arrays, layer.trainable_weights, tolerance)


@pytest.mark.parametrize("kernel_size", [1, 3])
def test_code_first_is_the_order_of_the_kernel(kernel_size):
    features, code = np.zeros((1, 4, 4, 2), "float32"), np.ones((1, 3), "float32")
    for code_first, rows in ((True, slice(0, 3)), (False, slice(2, 5))):
        layer = JointConv2D(1, kernel_size=kernel_size, code_first=code_first)
        layer.build(features.shape, code.shape)
        kernel = np.zeros(layer.kernel.shape, "float32")
        kernel[:, :, rows] = 1.0
        layer.kernel.assign(kernel)
        middle = layer(features, code).numpy()[0, 1, 1, 0]
        assert middle == 3 * kernel_size**2
        layer.kernel.assign(1.0 - kernel)
        np.testing.assert_array_equal(layer(features, code), np.zeros((1, 4, 4, 1)))


def test_border_kernels():
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    picture = np.ones((1, 3, 3, 1))
    expected = tf.nn.conv2d(picture, kernel, 1, "SAME")[0, :, :, 0]
    np.testing.assert_array_equal(border_kernels(kernel).numpy()[:, :, 0, 0], expected)


@pytest.mark.parametrize("kernel_size", [1, 3])
@pytest.mark.parametrize("known", [(None, None), (None, 4), (3, None)])
def test_unknown_size(kernel_size, known):
    layer = JointConv2D(4, kernel_size=kernel_size)
    inputs = [keras.Input((*known, 3)), keras.Input((5,))]
    outputs = layer(*inputs)
    assert outputs.shape == (None, *known, 4)
    model = keras.Model(inputs, outputs)
    specs = [tf.TensorSpec((None, *known, 3)), tf.TensorSpec((None, 5))]
    traced = tf.function(lambda x, code: model([x, code]), input_signature=specs)
    for size in [(3, 4), (3 if known[0] else 2, 4 if known[1] else 7)]:
        arrays = [normal(2, *size, 3), normal(2, 5, seed=1)]
        expected = plain_form(layer)(*arrays)
        np.testing.assert_allclose(model(arrays), expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(traced(*arrays), expected, rtol=0, atol=1e-5)


def test_invalid_arguments():
    for kernel_size in (2, 5, None, "3"):
        with pytest.raises(ValueError, match="`kernel_size` must be one of 1, 3"):
            JointConv2D(4, kernel_size=kernel_size)
    with pytest.raises(ValueError, match="`filters` must be a whole number"):
        JointConv2D(0)
    for size in [(1, 4), (4, 1), (None, 1)]:
        with pytest.raises(ValueError, match="`features` must be at least 2 pixels"):
            JointConv2D(4).build((None, *size, 3), (None, 5))
