import numpy as np
import pytest
import tensorflow as tf
from helpers import normal, run_layer_test

from keras_stackgan.layers import ResampleBlock


@pytest.mark.parametrize("resample", ["up", "down"])
def test_contracts(resample):
    arguments = {"filters": 3, "resample": resample}
    run_layer_test(ResampleBlock, arguments, [normal(2, 4, 6, 2)])
    arguments["normalization"] = "layer"
    run_layer_test(ResampleBlock, arguments, [normal(2, 4, 6, 2)])


def layer_norm(x):
    """The mean and deviation of each picture, over pixels and channels."""
    mean = x.mean(axis=(1, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(x.var(axis=(1, 2, 3), keepdims=True) + 1e-5)


def batch_norm(x):
    mean = x.mean(axis=(0, 1, 2), keepdims=True)
    return (x - mean) / np.sqrt(x.var(axis=(0, 1, 2), keepdims=True) + 1e-5)


def convolve(x, layer):
    kernel = layer.kernel.numpy()
    y = tf.nn.conv2d(x, kernel, strides=1, padding="SAME").numpy()
    return y if getattr(layer, "bias", None) is None else y + layer.bias.numpy()


def double(x):
    return x.repeat(2, axis=1).repeat(2, axis=2)


def halve(x):
    return (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4


@pytest.mark.parametrize(
    "normalization, norm", [("batch", batch_norm), ("layer", layer_norm), (None, np.asarray)]
)
def test_equals_the_plain_form(normalization, norm):
    inputs = normal(3, 4, 6, 2).astype("float64")
    up = ResampleBlock(5, "up", normalization, dtype="float64")
    ours = up(inputs, training=True).numpy()
    x = convolve(double(np.maximum(norm(inputs), 0)), up.first)
    x = convolve(np.maximum(norm(x), 0), up.second)
    np.testing.assert_allclose(ours, x + convolve(double(inputs), up.shortcut), atol=1e-10)
    down = ResampleBlock(5, "down", normalization, dtype="float64")
    ours = down(inputs, training=True).numpy()
    x = convolve(np.maximum(norm(inputs), 0), down.first)
    x = halve(convolve(np.maximum(norm(x), 0), down.second))
    np.testing.assert_allclose(ours, x + convolve(halve(inputs), down.shortcut), atol=1e-10)


def test_first_kernels_are_he_s_over_both_fans():
    layer = ResampleBlock(64, "down")
    layer.build((None, 4, 4, 32))
    for convolution, fans in ((layer.first, 64), (layer.second, 96)):
        kernel = convolution.kernel.numpy()
        assert abs(kernel.std() / np.sqrt(4.0 / (9 * fans)) - 1.0) < 0.05
        assert np.abs(kernel).max() <= np.sqrt(3.0) * np.sqrt(4.0 / (9 * fans))
