import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block

from keras_stackgan.layers import ResidualBlock


def make(x, **arguments):
    layer = ResidualBlock(**arguments)
    layer.build(x.shape)
    for seed, block in enumerate((layer.first, layer.second)):
        block.norm.beta.assign(0.3 * normal(*block.norm.beta.shape, seed=seed))
    return layer


def test_layer():
    run_layer_test(ResidualBlock, {}, [normal(2, 3, 4, 2)])
    arguments = {"activation": "relu", "output_activation": "relu"}
    run_layer_test(ResidualBlock, arguments, [normal(2, 3, 4, 4)])
    run_layer_test(ResidualBlock, {"normalization": "bias"}, [normal(2, 3, 4, 4)])


@pytest.mark.parametrize(
    "activation, output_activation",
    [("glu", None), ("relu", "relu"), ("leaky_relu", "leaky_relu"), ("relu", None)],
)
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_plain_form(activation, output_activation, dtype, tolerance):
    x = normal(3, 4, 6, 3).astype(dtype)
    layer = make(x, activation=activation, output_activation=output_activation, dtype=dtype)

    def plain(x):
        y = x
        for block, name in ((layer.first, activation), (layer.second, None)):
            y = plain_block(y, block.convolution.kernel, block.norm.gamma, block.norm.beta, name)
        return plain_activation(x + y, output_activation)

    def ours(x):
        return layer(x, training=True)

    assert_same(ours, plain, [x], layer.trainable_weights, tolerance)


def test_widths():
    # v2: c -> 2c, GLU, c -> c; v1: c -> c twice. No biases.
    for activation, middle in (("glu", 10), ("relu", 5)):
        layer = make(normal(2, 4, 4, 5), activation=activation)
        assert layer.first.convolution.kernel.shape == (3, 3, 5, middle)
        assert layer.second.convolution.kernel.shape == (3, 3, 5, 5)
        assert {weight.name for weight in layer.trainable_weights} == {"kernel", "gamma", "beta"}


def test_output_activation():
    x = normal(2, 4, 4, 3) - 1.0
    assert (make(x)(x).numpy() < 0).any()
    assert (make(x, output_activation="relu")(x).numpy() >= 0).all()


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`activation` must be one of .*activation='tanh'"):
        ResidualBlock(activation="tanh")
    with pytest.raises(ValueError, match="`normalization` must be one of 'batch', 'bias'"):
        ResidualBlock(normalization=None)
    with pytest.raises(ValueError, match="`output_activation` must be one of .*'glu'"):
        ResidualBlock(output_activation="glu")
