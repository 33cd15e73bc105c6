import numpy as np
import pytest
from helpers import normal, outputs_and_gradients, run_layer_test
from layer_cases import CHANGES

from keras_stackgan.layers import DifferentiableAugmentation


def uniform(*shape, seed=0):
    return np.random.default_rng(seed).uniform(size=shape).astype("float32")


def color(images, brightness, saturation, contrast):
    results = []
    for image, b, s, c in zip(images, brightness, saturation, contrast, strict=True):
        image = image + (b - 0.5)
        gray = image.mean(axis=-1, keepdims=True)
        image = (image - gray) * (2.0 * s) + gray
        results.append((image - image.mean()) * (c + 0.5) + image.mean())
    return np.stack(results)


def translation(images, vertical, horizontal):
    result = np.zeros_like(images)
    _, height, width, _ = images.shape
    for index in range(len(images)):
        down = int(vertical[index] * (2 * (height // 8) + 1)) - height // 8
        right = int(horizontal[index] * (2 * (width // 8) + 1)) - width // 8
        for row in range(height):
            for column in range(width):
                if 0 <= row + down < height and 0 <= column + right < width:
                    result[index, row, column] = images[index, row + down, column + right]
    return result


def cutout(images, vertical, horizontal):
    result = images.copy()
    _, height, width, _ = images.shape
    for index in range(len(images)):
        top = int(vertical[index] * (height + 1)) - height // 4
        left = int(horizontal[index] * (width + 1)) - width // 4
        rows = slice(max(top, 0), max(top + height // 2, 0))
        result[index, rows, max(left, 0) : max(left + width // 2, 0)] = 0.0
    return result


REFERENCES = {"color": color, "translation": translation, "cutout": cutout}


def test_layer():
    arrays = [np.tanh(normal(2, 16, 8, 3)), uniform(2, 7)]
    run_layer_test(DifferentiableAugmentation, {"policy": CHANGES}, arrays, wide_outputs=(0,))


@pytest.mark.parametrize("policy", [["color"], ["translation"], ["cutout"], CHANGES])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
def test_equals_numpy(policy, dtype, tolerance):
    layer = DifferentiableAugmentation(policy, dtype=dtype)
    images = np.tanh(normal(20, 16, 24, 3)).astype(dtype)
    noise = uniform(20, layer.noise_dim, seed=1).astype(dtype)
    noise[0], noise[1] = 0.0, 1.0 - 1e-6
    expected, first = images, 0
    for name in policy:
        draws = noise[:, first:].T[: 3 if name == "color" else 2]
        expected, first = REFERENCES[name](expected, *draws), first + len(draws)
    assert first == layer.noise_dim
    np.testing.assert_allclose(layer(images, noise), expected, rtol=0, atol=tolerance)
    assert np.abs(expected - images).max() > 0.1


@pytest.mark.parametrize("policy", ["translation", "cutout"])
def test_gradients_are_those_of_the_pixels_kept(policy):
    """Both are linear: the gradient is the transpose, here found one pixel at a time."""
    layer = DifferentiableAugmentation(policy)
    images, noise = normal(1, 8, 8, 1), uniform(1, 2, seed=3)
    (output,), (gradient,) = outputs_and_gradients(lambda x: layer(x, noise), [images])
    upstream = np.cos(1.0 + np.arange(64)).reshape(output.shape)
    for row in range(8):
        for column in range(8):
            one = np.zeros_like(images)
            one[0, row, column] = 1.0
            expected = np.sum(upstream * REFERENCES[policy](one, *noise.T))
            np.testing.assert_allclose(gradient[0, row, column, 0], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_places_are_exact_in_half_precision(dtype):
    images, noise = np.tanh(normal(8, 256, 4, 3)), uniform(8, 4, seed=2)
    noise[:2] = 0.9999  # rounds to 1 in half precision: out of the range of the draws
    expected = DifferentiableAugmentation()(images, noise)
    ours = DifferentiableAugmentation(dtype=dtype)(images, noise)
    np.testing.assert_array_equal(ours, expected)


def test_noise_dim():
    for policy, size in (("color", 3), ("cutout", 2), (("translation", "color"), 5)):
        layer = DifferentiableAugmentation(policy)
        assert layer.noise_dim == size
        with pytest.raises(ValueError, match=f"`noise` must have noise_dim={size}"):
            layer(normal(2, 8, 8, 3), uniform(2, size + 1))


def test_invalid_policy():
    with pytest.raises(ValueError, match="`policy` must be one of 'color', .*'flip'"):
        DifferentiableAugmentation(("color", "flip"))
    with pytest.raises(ValueError, match="`policy` must name at least one change"):
        DifferentiableAugmentation(())
