"""Networks that discriminators look through."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_stackgan.layers import FrozenFeatures
from keras_stackgan.training import efficientnet_lite0, join_features, scale_features
from keras_stackgan.training.published_features import PACKAGE

installed = pytest.mark.skipif(
    importlib.util.find_spec(PACKAGE) is None,
    reason="EfficientNet-Lite0's weights are not installed (make setup does it).",
)


@installed
def test_the_network_is_the_published_one():
    """Its maps are those that PyTorch's model of the package's makers computed."""
    # Of one picture: every map's means, and its upper left corner.
    reference = np.load(Path(__file__).parent / "efficientnet_lite0_reference.npz")
    network = efficientnet_lite0(224)
    images = np.random.default_rng(0).uniform(-1, 1, (1, 224, 224, 3)).astype("float32")
    assert [x.shape[1:] for x in network.outputs] == [
        (56, 56, 24), (28, 28, 40), (14, 14, 112), (7, 7, 320)
    ]  # fmt: skip
    for values in network.predict(images, verbose=0):
        side = values.shape[1]
        np.testing.assert_allclose(values.mean((1, 2))[0], reference[f"mean_{side}"], atol=2e-5)
        np.testing.assert_allclose(values[0, :2, :2], reference[f"corner_{side}"], atol=2e-4)


@installed
def test_small_pictures_are_enlarged_without_squares():
    network = efficientnet_lite0(64, 32)
    tent = keras.Model(network.inputs[0], network.layers[1].output)
    ramp = np.linspace(-1, 1, 32, dtype="float32").repeat(2)
    images = np.broadcast_to(ramp[None, None, :, None], (1, 64, 64, 3))
    steps = np.diff(tent(np.ascontiguousarray(images))[0, 32, 2:-2, 0])
    np.testing.assert_allclose(steps, 1 / 31, atol=1e-6)


@installed
def test_sides_that_do_not_halve_are_refused():
    with pytest.raises(ValueError, match="`image_size` must be a multiple of 32"):
        efficientnet_lite0(100)


def test_other_weights_are_one_clear_error(tmp_path):
    torch = pytest.importorskip("torch", reason="writes the file")
    torch.save({"fc.weight": torch.zeros(2, 2)}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="must be those of EfficientNet-Lite0"):
        efficientnet_lite0(weights=tmp_path / "other.pth")


def maps(size, filters, seed):
    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((size, size, 3))
    layers = [keras.layers.Conv2D(n, 3, strides=2, padding="same") for n in filters]
    return keras.Model(inputs, [x := layer(x) for layer in layers])


def test_features_come_beside_each_other():
    one, other = maps(16, (2, 3), 0), maps(8, (4, 5), 1)
    both = join_features(one, other)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 3)).astype("float32")
    small = images.reshape(2, 8, 2, 8, 2, 3).mean(axis=(2, 4))
    large, least = both(images)
    np.testing.assert_allclose(large, one(images)[0], atol=1e-6)
    np.testing.assert_allclose(least[..., :3], one(images)[1], atol=1e-6)
    np.testing.assert_allclose(least[..., 3:], other(small)[0], atol=1e-6)


def test_discriminators_see_joined_networks_in_their_own_precision():
    both = join_features(maps(16, (2, 3), 0), maps(8, (4, 5), 1))
    images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 3)).astype("float32")
    layer = FrozenFeatures(both, dtype="mixed_bfloat16")
    nested = [each for each in layer.network.layers if isinstance(each, keras.Model)]
    kinds = {x.compute_dtype for x in nested[0].layers if isinstance(x, keras.layers.Conv2D)}
    assert len(nested) == 1 and kinds == {"bfloat16"}
    for ours, wanted in zip(FrozenFeatures(both)(images), both(images), strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-6)
    for ours, wanted in zip(layer(images), both(images), strict=True):
        np.testing.assert_allclose(keras.ops.cast(ours, "float32"), wanted, atol=0.05)


def test_every_channel_is_scaled():
    images = np.random.default_rng(0).uniform(-1, 1, (32, 16, 16, 3)).astype("float32")
    for values in scale_features(maps(16, (4, 6), 0), images)(images):
        values = keras.ops.convert_to_numpy(values)
        np.testing.assert_allclose(values.mean((0, 1, 2)), 0.0, atol=1e-4)
        np.testing.assert_allclose(values.std((0, 1, 2)), 1.0, atol=1e-3)
