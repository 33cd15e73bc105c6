import numpy as np
import pytest
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation

from keras_stackgan.layers import GatedLinearUnit


def test_layer():
    run_layer_test(GatedLinearUnit, {}, [normal(2, 3, 4, 6)])
    run_layer_test(GatedLinearUnit, {}, [normal(3, 4)])


@pytest.mark.parametrize("shape", [(3, 8), (2, 3, 5, 4)])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_numpy(shape, dtype, tolerance):
    x = normal(*shape).astype(dtype)
    half = shape[-1] // 2
    expected = x[..., :half] / (1.0 + np.exp(-x[..., half:]))
    layer = GatedLinearUnit(dtype=dtype)
    np.testing.assert_allclose(layer(x), expected, rtol=0, atol=tolerance)
    assert_same(layer, lambda x: plain_activation(x, "glu"), [x], tolerance=tolerance)


def test_the_second_half_gates():
    x = np.array([[3.0, -5.0, 100.0, -100.0]], "float32")
    np.testing.assert_allclose(GatedLinearUnit()(x), [[3.0, 0.0]], rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 7), (2, 4, 4, 3), (2, None)])
def test_odd_channels(shape):
    for method in ("build", "compute_output_shape"):
        with pytest.raises(ValueError, match="splits the last axis in two halves"):
            getattr(GatedLinearUnit(), method)(shape)
