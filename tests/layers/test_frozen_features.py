import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import normal
from layer_cases import network

from keras_stackgan.layers import FrozenFeatures
from keras_stackgan.metrics import AttributeClassifier


def trained():
    """A network whose batch statistics are not those that it began with."""
    made = network()
    made(normal(8, 8, 8, 3, seed=5), training=True)
    return made


def test_maps_are_the_networks_own_of_averaged_pictures_largest_first():
    made, images = trained(), normal(2, 16, 16, 3)
    smaller, larger = made(images.reshape(2, 8, 2, 8, 2, 3).mean(axis=(2, 4)), training=False)
    layer = FrozenFeatures(made)
    maps = layer(images)
    assert [tuple(each.shape) for each in maps] == [(2, 4, 4, 4), (2, 2, 2, 6)]
    assert layer.compute_output_shape((2, 16, 16, 3)) == [(2, 4, 4, 4), (2, 2, 2, 6)]
    np.testing.assert_allclose(maps[0], larger, atol=1e-6)
    np.testing.assert_allclose(maps[1], smaller, atol=1e-6)


def test_nothing_thaws_them_and_gradients_reach_the_pictures():
    layer = FrozenFeatures(trained())
    before = layer.get_weights()
    model = keras.Sequential([keras.Input((8, 8, 3)), layer])
    model.trainable = True
    layer.trainable = True
    assert layer.trainable is False and layer.trainable_variables == []
    assert all(not weight.trainable for weight in layer.weights)
    images = tf.constant(normal(2, 8, 8, 3))
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = sum(tf.reduce_sum(each**2) for each in layer(images, training=True))
    assert np.abs(tape.gradient(total, images)).max() > 0
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_the_network_is_copied():
    made = trained()
    layer = FrozenFeatures(made)
    assert made.trainable and made.trainable_variables
    images = normal(2, 8, 8, 3)
    before = [each.numpy() for each in layer(images)]
    made.set_weights([0.0 * weight for weight in made.get_weights()])
    for now, then in zip(layer(images), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_it_is_saved_with_its_weights(tmp_path):
    layer = FrozenFeatures(trained())
    alike = FrozenFeatures.from_config(json.loads(json.dumps(layer.get_config())))
    assert alike.shapes == layer.shapes and alike.image_size == 8
    inputs = keras.Input((16, 16, 3))
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    images = normal(2, 16, 16, 3)
    for ours, theirs in zip(again(images), model(images), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "float64"])
def test_it_computes_as_its_policy_says(policy):
    layer = FrozenFeatures(trained(), dtype=policy)
    compute = keras.dtype_policies.get(policy).compute_dtype
    maps = layer(normal(2, 8, 8, 3))
    assert {keras.backend.standardize_dtype(each.dtype) for each in maps} == {compute}
    kinds = {each.compute_dtype for each in layer.network.layers[1:]}
    assert kinds == {compute}


@pytest.mark.parametrize(
    "architecture, kind", [("plain", "MaxPooling2D"), ("separable", "DepthwiseConv2D")]
)
def test_some_layers_are_never_in_half_precision(architecture, kind):
    judge = AttributeClassifier({"crown": 3}, image_size=16, width=2, architecture=architecture)
    layer = FrozenFeatures(judge.feature_maps(), dtype="mixed_bfloat16")
    kinds = {type(x).__name__: x.compute_dtype for x in layer.network.layers[1:]}
    assert kinds[kind] == "float32" and kinds["Conv2D"] == "bfloat16"
    assert {keras.backend.standardize_dtype(x.dtype) for x in layer(normal(2, 16, 16, 3))} == {
        "bfloat16"
    }


@pytest.mark.parametrize("architecture", ["plain", "separable"])
def test_a_classifiers_maps(architecture):
    judge = AttributeClassifier({"crown": 3}, image_size=32, width=4, architecture=architecture)
    maps = judge.feature_maps()
    sides = [output.shape[1] for output in maps.outputs]
    assert sides == ([32, 16, 8, 4] if architecture == "plain" else [16, 8])
    images = normal(2, 32, 32, 3)
    flat = keras.ops.reshape(maps(images)[-1], (2, -1))
    rest = judge.trunk.layers[[type(x).__name__ for x in judge.trunk.layers].index("Flatten") + 1 :]
    for layer in rest:
        flat = layer(flat)
    np.testing.assert_allclose(flat, judge.trunk(images), atol=1e-5)


def test_last_maps_of_published_networks():
    network = keras.applications.MobileNetV3Small(
        (64, 64, 3), include_top=False, weights=None, include_preprocessing=False
    )
    made = FrozenFeatures.last_maps(network)
    assert [x.shape[1] for x in made.outputs] == [32, 16, 8, 4, 2]
    maps = FrozenFeatures(made)(normal(2, 64, 64, 3))
    np.testing.assert_allclose(maps[-1], network(normal(2, 64, 64, 3)), atol=1e-5)


def test_what_convolves_no_pictures_has_no_maps():
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    # A model of a class of its own: its trunk is functional, itself it is not.
    for wrong in (dense, AttributeClassifier({"crown": 3}, image_size=16, width=2), None):
        with pytest.raises(ValueError, match="`network` must be a functional keras.Model that"):
            FrozenFeatures.last_maps(wrong)


def two_of_one_side():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, [keras.layers.Conv2D(2, 1)(inputs) for _ in range(2)])


def flat():
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, keras.layers.Flatten()(inputs))


def of_any_size():
    inputs = keras.Input((None, None, 3))
    return keras.Model(inputs, keras.layers.Conv2D(2, 1)(inputs))


@pytest.mark.parametrize("wrong", [two_of_one_side, flat, of_any_size, lambda: "resnet"])
def test_what_is_no_network_of_maps_is_one_clear_error(wrong):
    with pytest.raises(ValueError, match="`network` must be a functional keras.Model"):
        FrozenFeatures(wrong())


def test_smaller_pictures_repeat_their_pixels():
    layer, images = FrozenFeatures(trained()), normal(2, 4, 4, 3)
    large = images.repeat(2, axis=1).repeat(2, axis=2)
    for ours, theirs in zip(layer(images), layer(large), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 12, 12, 3), (2, 5, 5, 3), (2, 16, 8, 3)])
def test_pictures_that_do_not_fit_are_one_clear_error(shape):
    with pytest.raises(ValueError, match="a whole number of times as large"):
        FrozenFeatures(network())(normal(*shape))
