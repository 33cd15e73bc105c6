import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block, tile

from keras_stackgan.layers import JointBlock


def test_layer():
    arrays = [normal(3, 4, 4, 2), normal(3, 5, seed=1)]
    run_layer_test(JointBlock, {"filters": 3}, arrays)
    arguments = {"filters": 3, "kernel_size": 1, "code_first": False, "normalization": "bias"}
    run_layer_test(JointBlock, {**arguments, "activation": "leaky_relu"}, arrays)


@pytest.mark.parametrize("kernel_size, code_first", [(3, True), (3, False), (1, True), (1, False)])
@pytest.mark.parametrize("activation", ["glu", "relu", "leaky_relu", None])
@pytest.mark.parametrize("normalization", ["batch", "bias"])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(kernel_size, code_first, activation, normalization, dtype, tolerance):
    layer = JointBlock(4, kernel_size, code_first, activation, normalization, dtype=dtype)
    arrays = [normal(3, 4, 5, 2).astype(dtype), normal(3, 6, seed=1).astype(dtype)]
    layer.build(*[array.shape for array in arrays])
    offset = layer.norm.beta if normalization == "batch" else layer.bias
    offset.assign(0.3 * normal(*offset.shape, seed=3))

    def plain(features, code):
        parts = [tile(code, features), features]
        x = tf.concat(parts if code_first else parts[::-1], -1)
        kernel = layer.convolution.kernel
        if normalization == "batch":
            return plain_block(x, kernel, layer.norm.gamma, layer.norm.beta, activation)
        return plain_activation(plain_block(x, kernel) + layer.bias.value, activation)

    def ours(features, code):
        return layer(features, code, training=True)

    assert ours(*arrays).shape == (3, 4, 5, 4)
    assert_same(ours, plain, arrays, layer.trainable_weights, tolerance)


def test_weights():
    for activation, channels in (("glu", 8), ("relu", 4)):
        for normalization, names in (
            ("batch", ["gamma", "beta", "kernel"]),
            ("bias", ["bias", "kernel"]),
        ):
            layer = JointBlock(4, activation=activation, normalization=normalization)
            layer.build((None, 4, 4, 2), (None, 5))
            assert layer.convolution.kernel.shape == (3, 3, 7, channels)
            assert sorted(w.name for w in layer.trainable_weights) == sorted(names)


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`kernel_size` must be one of 1, 3"):
        JointBlock(4, kernel_size=5)
    with pytest.raises(ValueError, match="`activation` must be one of"):
        JointBlock(4, activation="tanh")
    with pytest.raises(ValueError, match="`normalization` must be one of 'batch', 'bias'"):
        JointBlock(4, normalization=None)
    with pytest.raises(ValueError, match="`filters` must be a whole number"):
        JointBlock(0)
