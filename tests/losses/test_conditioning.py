import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan.losses import kl_divergence

MEAN, LOG_VARIANCE = 2.0 * normal(5, 3), 2.0 * normal(5, 3, seed=1)


def formula(mean, log_variance):
    variance = np.exp(log_variance)
    return 0.5 * (variance + mean**2 - 1.0 - log_variance)


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_formula(dtype, tolerance):
    mean, log_variance = MEAN.astype(dtype), LOG_VARIANCE.astype(dtype)
    exact = formula(MEAN.astype("float64"), LOG_VARIANCE.astype("float64"))
    default = kl_divergence(mean, log_variance)
    assert default.shape == () and default.dtype == dtype
    np.testing.assert_allclose(default, exact.mean(), rtol=tolerance)
    mean_form = kl_divergence(mean, log_variance, reduction="mean")
    np.testing.assert_allclose(mean_form, exact.mean(), rtol=tolerance)
    sum_form = kl_divergence(mean, log_variance, reduction="sum")
    np.testing.assert_allclose(sum_form, exact.sum(axis=1).mean(), rtol=tolerance)


def test_equals_the_integral():
    """The divergence of N(0.7, 0.5^2) from N(0, 1), by quadrature."""
    x = np.linspace(-8.0, 8.0, 20001)
    density = np.exp(-0.5 * ((x - 0.7) / 0.5) ** 2) / (0.5 * np.sqrt(2 * np.pi))
    normal_density = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    inside = density > 1e-300
    integral = np.sum(density[inside] * np.log(density[inside] / normal_density[inside]))
    integral *= x[1] - x[0]
    value = kl_divergence(np.array([[0.7]]), np.array([[2.0 * np.log(0.5)]]))
    np.testing.assert_allclose(value, integral, rtol=1e-8)


def test_smallest_at_the_standard_normal():
    zeros = np.zeros((2, 3), "float32")
    assert float(kl_divergence(zeros, zeros)) == 0.0
    assert float(kl_divergence(zeros + 1.0, zeros)) == 0.5
    assert float(kl_divergence(MEAN, LOG_VARIANCE)) > 0.0


@pytest.mark.parametrize("reduction, count", [("mean", 15), ("sum", 5)])
def test_gradients(reduction, count):
    mean, log_variance = tf.constant(MEAN), tf.constant(LOG_VARIANCE)
    with tf.GradientTape() as tape:
        tape.watch([mean, log_variance])
        value = kl_divergence(mean, log_variance, reduction)
    by_mean, by_log_variance = tape.gradient(value, [mean, log_variance])
    np.testing.assert_allclose(by_mean, MEAN / count, rtol=1e-5)
    expected = 0.5 * (np.exp(LOG_VARIANCE) - 1.0) / count
    np.testing.assert_allclose(by_log_variance, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision(dtype):
    mean, log_variance = tf.cast(MEAN, dtype), tf.fill(MEAN.shape, tf.constant(14.0, dtype))
    value = kl_divergence(mean, log_variance)
    assert value.dtype == "float32"
    exact = formula(tf.cast(mean, "float64").numpy(), 14.0)  # exp(14) overflows float16
    np.testing.assert_allclose(value, exact.mean(), rtol=1e-5)


def test_unknown_reduction():
    with pytest.raises(ValueError, match="`reduction` must be one of 'mean', 'sum'.*'max'"):
        kl_divergence(MEAN, LOG_VARIANCE, reduction="max")
