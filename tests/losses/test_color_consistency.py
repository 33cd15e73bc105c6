import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan.losses import color_consistency, color_statistics


def pictures(*shape, seed=0):
    return np.tanh(0.5 * normal(*shape, seed=seed) + 0.2 * seed).astype("float32")


def statistics(images):
    """The definition, pixel by pixel."""
    means, covariances = [], []
    for image in images.astype("float64"):
        pixels = [
            image[row, column] for row in range(len(image)) for column in range(len(image[0]))
        ]
        mean = sum(pixels) / len(pixels)
        covariance = sum(np.outer(pixel - mean, pixel - mean) for pixel in pixels) / len(pixels)
        means.append(mean)
        covariances.append(covariance)
    return np.stack(means), np.stack(covariances)


def formula(larger, smaller, mean_weight=1.0, covariance_weight=5.0):
    (mean, covariance), (mean_before, covariance_before) = map(statistics, (larger, smaller))
    means = sum((a - b) ** 2 for a, b in zip(mean.flat, mean_before.flat, strict=True))
    covariances = sum(
        (a - b) ** 2 for a, b in zip(covariance.flat, covariance_before.flat, strict=True)
    )
    rows = len(larger)
    return mean_weight * means / (3 * rows) + covariance_weight * covariances / (9 * rows)


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_color_statistics(dtype, tolerance):
    images = pictures(2, 4, 6, 3)
    mean, covariance = color_statistics(images.astype(dtype))
    assert mean.shape == (2, 3) and covariance.shape == (2, 3, 3)
    assert mean.dtype == covariance.dtype == dtype
    expected_mean, expected_covariance = statistics(images)
    np.testing.assert_allclose(mean, expected_mean, rtol=0, atol=tolerance)
    np.testing.assert_allclose(covariance, expected_covariance, rtol=0, atol=tolerance)


@pytest.mark.parametrize("weights", [{}, {"mean_weight": 2.0, "covariance_weight": 0.5}])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_formula(weights, dtype, tolerance):
    larger, smaller = pictures(2, 8, 6, 3), pictures(2, 4, 3, 3, seed=1)
    value = color_consistency(larger.astype(dtype), smaller.astype(dtype), **weights)
    assert value.shape == () and value.dtype == dtype
    expected = formula(larger, smaller, **weights)
    assert expected > 1e-3
    np.testing.assert_allclose(value, expected, rtol=tolerance)


def test_terms_are_weighed_apart():
    larger, smaller = pictures(2, 8, 6, 3), pictures(2, 4, 3, 3, seed=1)
    for weights in ({"mean_weight": 0.0}, {"covariance_weight": 0.0}):
        value = color_consistency(larger, smaller, **weights)
        np.testing.assert_allclose(value, formula(larger, smaller, **weights), rtol=1e-5)


def test_only_colors_count():
    larger = pictures(2, 8, 8, 3)
    shuffled = larger.reshape(2, 64, 3)[:, np.random.default_rng(0).permutation(64)]
    value = color_consistency(larger, shuffled.reshape(larger.shape))
    np.testing.assert_allclose(value, 0.0, atol=1e-12)
    repeated = larger.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(color_consistency(repeated, larger), 0.0, atol=1e-12)


def test_gradient_reaches_the_larger_picture_only():
    larger = tf.constant(pictures(2, 4, 4, 3), "float64")
    smaller = tf.constant(pictures(2, 2, 2, 3, seed=1), "float64")
    with tf.GradientTape() as tape:
        tape.watch([larger, smaller])
        value = color_consistency(larger, smaller)
    gradient, none = tape.gradient(value, [larger, smaller])
    assert none is None
    step = np.zeros(larger.shape)
    step[1, 2, 3, 0] = 1e-5
    slope = (
        formula(larger.numpy() + step, smaller.numpy())
        - formula(larger.numpy() - step, smaller.numpy())
    ) / 2e-5
    assert abs(slope) > 1e-4
    np.testing.assert_allclose(gradient[1, 2, 3, 0], slope, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision(dtype):
    larger, smaller = pictures(1, 64, 64, 3), pictures(1, 8, 8, 3, seed=1)
    larger, smaller = (tf.cast(images, dtype) for images in (larger, smaller))
    value = color_consistency(larger, smaller)
    assert value.dtype == "float32"
    exact = formula(*(tf.cast(images, "float64").numpy() for images in (larger, smaller)))
    np.testing.assert_allclose(value, exact, rtol=1e-4)
