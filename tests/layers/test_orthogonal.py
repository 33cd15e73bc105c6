"""Orthogonal kernels: Keras' values, whatever the way to them."""

import keras
import numpy as np
import pytest

from keras_stackgan.layers.orthogonal import Orthogonal


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(6, 4), (3, 3, 2, 5), (1, 1, 3, 8), (3, 3, 60, 128), (130, 600)])
def test_orthogonal(dtype, shape):
    """TensorFlow itself cannot decompose a bfloat16 matrix."""
    values = Orthogonal()(shape, dtype)
    assert keras.backend.standardize_dtype(values.dtype) == dtype
    matrix = values.numpy().astype("float64").reshape(-1, shape[-1])
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    digits = {"bfloat16": 0.01, "float16": 2e-3, "float32": 3e-6, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), rtol=0, atol=digits)


@pytest.mark.parametrize("shape", [(5, 4), (3, 3, 60, 128), (600, 130), (130, 600)])
def test_values_are_those_of_keras(shape):
    expected = keras.initializers.Orthogonal(gain=2.0, seed=3)(shape)
    made = Orthogonal(gain=2.0, seed=3)(shape)
    np.testing.assert_allclose(made, expected, rtol=0, atol=2e-6)


def test_large_kernels_are_not_decomposed_by_keras(monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("QR")

    monkeypatch.setattr("keras.src.ops.qr", fail)
    assert Orthogonal()((3, 3, 60, 128)).shape == (3, 3, 60, 128)
    with pytest.raises(AssertionError, match="QR"):
        keras.initializers.Orthogonal()((3, 3, 60, 128))


def test_vectors_have_no_columns():
    with pytest.raises(ValueError, match="at least two-dimensional"):
        Orthogonal()((4,))
