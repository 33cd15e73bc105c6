import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block

from keras_stackgan.layers import BottleneckBlock


def test_layer():
    arguments = {"filters": 2, "activation": "leaky_relu"}
    run_layer_test(BottleneckBlock, arguments, [normal(2, 3, 4, 6)])
    arguments = {"filters": 2, "normalization": "bias"}
    run_layer_test(BottleneckBlock, arguments, [normal(2, 3, 4, 6)])


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(activation, dtype, tolerance):
    x = normal(3, 4, 6, 8).astype(dtype)
    layer = BottleneckBlock(2, activation, dtype=dtype)
    layer.build(x.shape)
    for seed, block in enumerate(layer.blocks):
        block.norm.beta.assign(0.3 * normal(*block.norm.beta.shape, seed=seed))

    def plain(x):
        y = x
        for block, name in zip(layer.blocks, (activation, activation, None), strict=True):
            y = plain_block(y, block.convolution.kernel, block.norm.gamma, block.norm.beta, name)
        return plain_activation(x + y, activation)

    def ours(x):
        return layer(x, training=True)

    assert_same(ours, plain, [x], layer.trainable_weights, tolerance)


def test_kernels():
    layer = BottleneckBlock(2)
    layer.build((None, 4, 4, 8))
    kernels = [tuple(w.shape) for w in layer.trainable_weights if w.name == "kernel"]
    assert kernels == [(1, 1, 8, 2), (3, 3, 2, 2), (3, 3, 2, 8)]
    assert {weight.name for weight in layer.trainable_weights} == {"kernel", "gamma", "beta"}


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`filters` must be a whole number"):
        BottleneckBlock(0)
    for activation in ("glu", None):
        with pytest.raises(ValueError, match="`activation` must be one of 'relu', 'leaky_relu'"):
            BottleneckBlock(2, activation=activation)
