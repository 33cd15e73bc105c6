import keras
import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block

from keras_stackgan.layers import DownsampleBlock


def test_layer():
    run_layer_test(DownsampleBlock, {"filters": 3}, [normal(2, 4, 6, 2)])
    arguments = {"filters": 3, "activation": "relu", "normalization": "bias"}
    run_layer_test(DownsampleBlock, arguments, [normal(2, 4, 6, 2)])


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "glu", None])
@pytest.mark.parametrize("normalization", ["batch", "bias", None])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(activation, normalization, dtype, tolerance):
    """The reference pads one pixel a side, as the published convolution does."""
    layer = DownsampleBlock(4, activation, normalization, dtype=dtype)
    x = normal(3, 4, 10, 2).astype(dtype)
    layer.build(x.shape)
    norm = layer.norm
    if normalization == "bias":
        layer.convolution.bias.assign(normal(*layer.convolution.bias.shape, seed=3))

    def plain(x):
        kernel = layer.convolution.kernel
        if normalization == "batch":
            return plain_block(x, kernel, norm.gamma, norm.beta, activation, strides=2)
        bias = layer.convolution.bias.value if normalization == "bias" else 0.0
        return plain_activation(plain_block(x, kernel, strides=2) + bias, activation)

    def ours(x):
        return layer(x, training=True)

    assert layer.convolution.kernel.shape[:2] == (4, 4)
    assert ours(x).shape == (3, 2, 5, 4)
    assert_same(ours, plain, [x], layer.trainable_weights, tolerance)


def test_odd_size():
    message = "`DownsampleBlock` needs inputs of even height and width"
    for size in [(5, 4), (4, 5), (1, 1), (None, 3)]:
        with pytest.raises(ValueError, match=message):
            DownsampleBlock(4).build((None, *size, 3))
    with pytest.raises(ValueError, match=message):
        DownsampleBlock(4)(normal(2, 4, 5, 3))
    # A layer that was built at another, or at an unknown, size says so too.
    inputs = keras.Input((None, None, 3))
    layer = DownsampleBlock(4)
    model = keras.Model(inputs, layer(inputs))
    assert model(normal(2, 4, 6, 3)).shape == (2, 2, 3, 4)
    with pytest.raises(ValueError, match=message):
        layer(normal(2, 5, 6, 3))


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`normalization` must be one of"):
        DownsampleBlock(4, normalization="layer")
    for argument in ("kernel_size", "strides"):
        with pytest.raises(TypeError, match=argument):
            DownsampleBlock(4, **{argument: 2})
