import numpy as np
import pytest
from helpers import normal, run_layer_test

from keras_stackgan.layers import TransposedConvBlock


def test_contracts():
    run_layer_test(TransposedConvBlock, {"filters": 3}, [normal(2, 3, 4, 2)])
    arguments = {"filters": 3, "kernel_size": 4, "strides": 1, "normalization": "bias"}
    run_layer_test(TransposedConvBlock, arguments, [normal(2, 1, 1, 2)])


def scattered(inputs, kernel, strides, cut):
    """Each pixel puts its kernel into the result; `cut` pixels fall away in front."""
    rows, height, width, _ = inputs.shape
    size, _, outputs, _ = kernel.shape
    full = np.zeros((rows, strides * height + size, strides * width + size, outputs))
    for i in range(height):
        for j in range(width):
            y, x = strides * i, strides * j
            full[:, y : y + size, x : x + size] += np.einsum(
                "bi,yxoi->byxo", inputs[:, i, j], kernel
            )
    return full[:, cut:, cut:]


@pytest.mark.parametrize("kernel_size, cut", [(4, 1), (5, 1)])
def test_doubles_as_torch_and_theano_do(kernel_size, cut):
    layer = TransposedConvBlock(
        3, kernel_size, activation=None, normalization=None, dtype="float64"
    )
    inputs = normal(2, 3, 5, 2).astype("float64")
    ours = layer(inputs).numpy()
    assert ours.shape == (2, 6, 10, 3)
    plain = scattered(inputs, layer.convolution.kernel.numpy(), 2, cut)[:, :6, :10]
    np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-12)


def test_spreads_a_vector_over_the_kernel():
    layer = TransposedConvBlock(
        3, 4, strides=1, activation=None, normalization=None, dtype="float64"
    )
    inputs = normal(2, 1, 1, 2).astype("float64")
    ours = layer(inputs).numpy()
    plain = np.einsum("bi,yxoi->byxo", inputs[:, 0, 0], layer.convolution.kernel.numpy())
    np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-12)
