import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block

from keras_stackgan.layers import ConvBlock


def names(layer):
    return [weight.name for weight in layer.weights]


def test_layer():
    run_layer_test(ConvBlock, {"filters": 3, "activation": "glu"}, [normal(2, 4, 5, 2)])
    arguments = {"filters": 3, "kernel_size": 1, "strides": 1, "normalization": "bias"}
    run_layer_test(ConvBlock, arguments, [normal(2, 4, 5, 2)])


@pytest.mark.parametrize("kernel_size, strides", [(3, 1), (1, 1), (4, 2)])
@pytest.mark.parametrize("activation", ["glu", "relu", "leaky_relu", None])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(kernel_size, strides, activation, dtype, tolerance):
    layer = ConvBlock(4, kernel_size, strides, activation, dtype=dtype)
    x = normal(3, 6, 8, 2).astype(dtype)
    layer.build(x.shape)
    layer.norm.beta.assign(0.3 * normal(*layer.norm.beta.shape, seed=3))
    kernel, norm = layer.convolution.kernel, layer.norm

    def plain(x):
        return plain_block(x, kernel, norm.gamma, norm.beta, activation, strides)

    def ours(x):
        return layer(x, training=True)

    assert ours(x).shape == (3, 6 // strides, 8 // strides, 4)
    assert_same(ours, plain, [x], layer.trainable_weights, tolerance)


def test_normalization_batch():
    layer = ConvBlock(3)
    layer.build((None, 4, 4, 2))
    assert names(layer) == ["kernel", "gamma", "beta", "moving_mean", "moving_variance"]
    assert (layer.norm.epsilon, layer.norm.momentum) == (1e-5, 0.9)


@pytest.mark.parametrize("activation, channels", [("leaky_relu", 3), ("glu", 6)])
def test_normalization_bias(activation, channels):
    layer = ConvBlock(3, normalization="bias", activation=activation, dtype="float64")
    x = normal(2, 4, 4, 2).astype("float64")
    layer.build(x.shape)
    assert names(layer) == ["kernel", "bias"] and layer.norm is None
    bias = layer.convolution.bias
    assert bias.shape == (channels,) and not bias.numpy().any()
    bias.assign(normal(channels))

    def plain(x):
        linear = plain_block(x, layer.convolution.kernel) + bias.value
        return plain_activation(linear, activation)

    assert_same(layer, plain, [x], layer.weights, 1e-10)


def test_no_normalization():
    layer = ConvBlock(3, normalization=None, dtype="float64")
    x = normal(2, 4, 4, 2).astype("float64")
    layer.build(x.shape)
    assert names(layer) == ["kernel"]

    def plain(x):
        return plain_block(x, layer.convolution.kernel, activation="leaky_relu")

    assert_same(layer, plain, [x], layer.weights, 1e-10)


def test_leaky_slope():
    layer = ConvBlock(1, 1, normalization=None, kernel_initializer="ones")
    x = normal(1, 2, 2, 1)
    assert float(layer(-abs(x))[0, 0, 0, 0]) == pytest.approx(-0.2 * abs(x[0, 0, 0, 0]))


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`filters` must be a whole number"):
        ConvBlock(0)
    with pytest.raises(ValueError, match="`kernel_size` must be a whole number"):
        ConvBlock(4, kernel_size=(3, 3))
    with pytest.raises(ValueError, match="`strides` must be a whole number"):
        ConvBlock(4, strides=0)
    with pytest.raises(ValueError, match="`activation` must be one of"):
        ConvBlock(4, activation="gelu")
    with pytest.raises(ValueError, match="`normalization` must be one of 'batch', 'bias', None"):
        ConvBlock(4, normalization="layer")
