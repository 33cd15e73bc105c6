import keras
import numpy as np
import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_block

from keras_stackgan.layers import UpsampleBlock


def test_layer():
    run_layer_test(UpsampleBlock, {"filters": 3}, [normal(2, 3, 4, 2)])
    arguments = {"filters": 3, "activation": "relu", "normalization": None}
    run_layer_test(UpsampleBlock, arguments, [normal(2, 3, 4, 2)])
    run_layer_test(UpsampleBlock, {"filters": 3, "normalization": "bias"}, [normal(2, 3, 4, 2)])


@pytest.mark.parametrize("activation", ["glu", "relu", None])
@pytest.mark.parametrize("normalization", ["batch", None])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(activation, normalization, dtype, tolerance):
    layer = UpsampleBlock(4, activation, normalization, dtype=dtype)
    upsample = keras.layers.UpSampling2D(2, interpolation="nearest", dtype=dtype)
    x = normal(3, 4, 3, 2).astype(dtype)
    layer.build(x.shape)
    gamma = beta = None
    if normalization:
        gamma, beta = layer.norm.gamma, layer.norm.beta
        beta.assign(0.3 * normal(*beta.shape, seed=3))

    def plain(x):
        return plain_block(upsample(x), layer.convolution.kernel, gamma, beta, activation)

    def ours(x):
        return layer(x, training=True)

    assert ours(x).shape == (3, 8, 6, 4)
    assert_same(ours, plain, [x], layer.trainable_weights, tolerance)


def test_kernel_has_the_plain_shape():
    for activation, channels in (("glu", 8), ("relu", 4)):
        layer = UpsampleBlock(4, activation)
        layer.build((None, 4, 4, 3))
        assert layer.convolution.kernel.shape == (3, 3, 3, channels)


def test_bias_in_place_of_normalization():
    layer = UpsampleBlock(4, activation=None, normalization="bias")
    x = normal(2, 3, 4, 2)
    layer.build(x.shape)
    assert {weight.name for weight in layer.weights} == {"kernel", "bias"}
    before = layer(x)
    layer.convolution.bias.assign([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(layer(x) - before, np.broadcast_to([1, 2, 3, 4], before.shape), 1e-5)


def test_unknown_size():
    inputs = keras.Input((None, None, 3))
    outputs = UpsampleBlock(2)(UpsampleBlock(4)(inputs))
    assert outputs.shape == (None, None, None, 2)
    assert keras.Model(inputs, outputs)(normal(2, 3, 5, 3)).shape == (2, 12, 20, 2)


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`normalization` must be one of 'batch', 'bias', None"):
        UpsampleBlock(4, normalization="layer")
    with pytest.raises(ValueError, match="`activation` must be one of"):
        UpsampleBlock(4, activation="tanh")
    for argument in ("kernel_size", "strides"):
        with pytest.raises(TypeError, match=argument):
            UpsampleBlock(4, **{argument: 5})
