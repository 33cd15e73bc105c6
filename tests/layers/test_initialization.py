"""How weights start, and what XLA makes of the layers, for every layer at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import normal
from layer_cases import LAYERS

from keras_stackgan.layers import ConvBlock, JointBlock, ResampleBlock, ResidualBlock

CASES = [pytest.param(*case[1:], id=case[0]) for case in LAYERS]
# WGAN-GP's authors drew theirs otherwise; see test_resample_block.py.
ORTHOGONAL = [case for case in CASES if case.values[0] is not ResampleBlock]


def assert_no_two_equal(weights):
    for index, weight in enumerate(weights):
        for other in weights[:index]:
            if weight.shape == other.shape:
                assert not np.array_equal(weight.numpy(), other.numpy()), (weight.path, other.path)


def drawn(layer):
    """Weights that start as random numbers: all but offsets, moving statistics, scales of one."""
    constant = ("beta", "moving_mean", "moving_variance")
    drawn = [w for w in layer.weights if w.name not in constant and not (w.numpy() == 0).all()]
    return [w for w in drawn if not (w.name == "gamma" and (w.numpy() == 1).all())]


@pytest.mark.parametrize("layer_class, arguments, shapes", CASES)
def test_no_two_weights_start_alike(layer_class, arguments, shapes):
    shapes = [(None, *shape[1:]) for shape in shapes]
    layer = layer_class(**arguments)
    again = layer_class.from_config(layer.get_config())
    arguments = {**arguments}
    layers = [layer, again]
    if "kernel_initializer" in layer.get_config():
        # An instance that the caller shares between layers, and between one layer's weights.
        arguments["kernel_initializer"] = keras.initializers.RandomNormal(stddev=0.02)
        layers += [layer_class(**arguments), layer_class(**arguments)]
    for made in layers:
        made.build(*shapes)
    if not layer.weights:
        return
    assert_no_two_equal([weight for made in layers for weight in drawn(made)])


@pytest.mark.parametrize("layer_class, arguments, shapes", ORTHOGONAL)
def test_kernels_are_orthogonal(layer_class, arguments, shapes):
    layer = layer_class(**arguments)
    layer.build(*[(None, *shape[1:]) for shape in shapes])
    for weight in layer.weights:
        if weight.name == "kernel":
            matrix = weight.numpy().reshape(-1, weight.shape[-1]).astype("float64")
            matrix = matrix if matrix.shape[0] > matrix.shape[1] else matrix.T
            np.testing.assert_allclose(
                matrix.T @ matrix, np.eye(matrix.shape[1]), rtol=0, atol=1e-5
            )


@pytest.mark.parametrize("layer_class, arguments, shapes", CASES)
def test_offsets_start_at_zero(layer_class, arguments, shapes):
    layer = layer_class(**arguments)
    layer.build(*[(None, *shape[1:]) for shape in shapes])
    for weight in layer.weights:
        if weight.name == "beta" or (weight.name == "bias" and "logit" not in weight.path):
            assert not weight.numpy().any(), weight.path


def test_gamma_starts_around_one():
    for layer, shapes in (
        (ConvBlock(2048, 1), [(None, 1, 1, 1)]),
        (JointBlock(1024, 1), [(None, 2, 2, 1), (None, 1)]),
    ):
        layer.build(*shapes)
        gamma = layer.norm.gamma.numpy()
        assert gamma.shape == (2048,)
        assert abs(gamma.mean() - 1.0) < 0.003 and abs(gamma.std() - 0.02) < 0.002


def test_other_initializers():
    layer = ResidualBlock(kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.02))
    layer.build((None, 4, 4, 32))
    for block in (layer.first, layer.second):
        kernel = block.convolution.kernel.numpy()
        assert np.abs(kernel).max() <= 0.0401 and abs(kernel.std() - 0.0176) < 0.0005


@pytest.mark.parametrize("layer_class, arguments, shapes", CASES)
def test_xla_computes_the_same(layer_class, arguments, shapes):
    """Outputs and moving statistics of one training pass."""
    layer, other = layer_class(**arguments), layer_class(**arguments)
    mode = {"training": True} if layer._call_has_training_arg else {}
    arrays = [normal(*shape, seed=seed) for seed, shape in enumerate(shapes)]
    for made in (layer, other):
        made.build(*shapes)
    other.set_weights([weight.numpy() for weight in layer.weights])
    compiled = tf.function(lambda *args: other(*args, **mode), jit_compile=True)
    expected, outputs = layer(*arrays, **mode), compiled(*arrays)
    for ours, theirs in zip(keras.tree.flatten(outputs), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    for ours, theirs in zip(other.weights, layer.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=0, atol=1e-5)
