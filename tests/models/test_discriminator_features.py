"""Discriminators that see a frozen network's features beside their own."""

import hashlib
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_models import batch, dataset, small_v2

from keras_stackgan.layers import DownsampleBlock
from keras_stackgan.metrics import AttributeClassifier


def maps(size=16, seed=0):
    keras.utils.set_random_seed(seed)
    judge = AttributeClassifier({"crown": 3, "pose": 2}, image_size=size, width=2)
    judge(np.random.default_rng(seed).normal(size=(8, size, size, 3)), training=True)
    return judge.feature_maps()


def frozen_weights(model):
    return [
        weight.numpy()
        for discriminator in model.discriminators
        for weight in discriminator.frozen_features.weights
    ]


def test_each_map_joins_the_features_of_its_side():
    network = maps()
    model = small_v2(discriminator_features=network)
    images = np.random.default_rng(1).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    discriminator = model.discriminators[1]
    small = images.reshape(2, 16, 2, 16, 2, 3).mean(axis=(2, 4))
    found = {each.shape[1]: each for each in network(small)}
    x = images
    for layer in discriminator.trunk:
        assert isinstance(layer, DownsampleBlock)
        x = layer(x, training=False)
        x = tf.concat([x, found[x.shape[1]]], axis=-1)
    np.testing.assert_allclose(discriminator.features(images, training=False), x, atol=1e-6)
    # 4, 8 and 16 channels of its own, and 2, 4 and 6 of the network's maps of 16, 8 and 4 pixels.
    assert x.shape == (2, 4, 4, 16 + 6)
    shape = discriminator.compute_output_shape((2, 32, 32, 3), (2, 6))
    assert shape == {"conditional": (2,), "unconditional": (2,)}


def test_training_leaves_them_and_changes_what_is_beside_them():
    model = small_v2(discriminator_features=maps())
    before = frozen_weights(model)
    own = model.discriminators[0].trunk[1].convolution.kernel
    # The rows of the kernel that read the network's map of 8 pixels.
    then = own.numpy()[:, :, 4:]
    assert then.shape[2] == 4
    model.compile(run_eagerly=True, r1_weight=0.1, r1_interval=1)
    model.fit(dataset(), verbose=0)
    for now, old in zip(frozen_weights(model), before, strict=True):
        np.testing.assert_array_equal(now, old)
    assert np.abs(own.numpy()[:, :, 4:] - then).max() > 0


def test_the_slope_penalty_goes_through_them_under_xla_in_half_precision():
    model = small_v2(discriminator_features=maps(), image_sizes=(16,), dtype="mixed_bfloat16")
    model.compile(jit_compile=True, r1_weight=0.1, r1_interval=1)
    logs = model.fit(dataset(batches=1, size=16), verbose=0).history
    plain = small_v2(discriminator_features=maps(), image_sizes=(16,))
    plain.compile(run_eagerly=True, r1_weight=0.1, r1_interval=1)
    wanted = plain.fit(dataset(batches=1, size=16), verbose=0).history
    np.testing.assert_allclose(logs["d_r1_loss_16"], wanted["d_r1_loss_16"], rtol=0.02)


def test_a_saved_model_has_them(tmp_path):
    model = small_v2(discriminator_features=maps(seed=3))
    model.compile(run_eagerly=True)
    model.fit(dataset(batches=1), verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(frozen_weights(again), frozen_weights(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    images = batch()["images"].astype("float32") / 255.0
    for ours, theirs in zip(again.discriminators, model.discriminators, strict=True):
        small = images[:, :: 32 // ours.image_size, :: 32 // ours.image_size]
        np.testing.assert_allclose(ours.features(small), theirs.features(small), atol=1e-5)
    grown = again.grow((16, 32, 64))
    for ours, theirs in zip(
        grown.discriminators[2].frozen_features.get_weights(),
        model.discriminators[0].frozen_features.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_grown_stages_see_the_same_network():
    network = maps(seed=4)
    model = small_v2(image_sizes=(16,), discriminator_features=network)
    grown = model.grow((16, 32))
    first, second = [each.frozen_features.get_weights() for each in grown.discriminators]
    for ours, theirs, own in zip(first, second, network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, own)
        np.testing.assert_array_equal(theirs, own)


def test_a_preset_draws_without_them_and_does_not_go_on(tmp_path):
    model = small_v2(discriminator_features=maps())
    model.save_to_preset(tmp_path / "preset")
    again = type(model).from_preset(tmp_path / "preset", trainable=True)
    assert again.discriminator_features is None
    ones = np.ones((1, 8), "float32")
    drawn = [each.generate(embeddings=ones, seed=0).astype("int32") for each in (again, model)]
    # A preset's kernels are float16.
    np.testing.assert_allclose(*drawn, atol=1)
    with pytest.raises(ValueError, match="include_training=True of a model with discriminator_f"):
        model.save_to_preset(tmp_path / "other", include_training=True)
    assert not (tmp_path / "other").exists()


def test_a_preset_that_describes_a_network_is_refused(tmp_path):
    model = small_v2(discriminator_features=maps())
    model.save_to_preset(tmp_path / "preset")
    file = tmp_path / "preset" / "config.json"
    entry = json.loads(file.read_text())
    assert entry["config"]["discriminator_features"] is None
    entry["config"]["discriminator_features"] = model.get_config()["discriminator_features"]
    file.write_text(json.dumps(entry))
    # As its maker would: the file's checksum fits.
    metadata = tmp_path / "preset" / "metadata.json"
    described = json.loads(metadata.read_text())
    content = file.read_bytes()
    described["files"]["config.json"] = {
        "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()
    }  # fmt: skip
    metadata.write_text(json.dumps(described))
    with pytest.raises(ValueError, match="a preset has no discriminator_features"):
        type(model).from_preset(tmp_path / "preset")


def test_a_network_without_a_side_of_the_discriminators_is_one_clear_error():
    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(2, 1)(inputs))
    with pytest.raises(ValueError, match=r"`frozen_features` must have a map of a side.*\[8, 4\]"):
        small_v2(image_sizes=(16,), discriminator_features=network)
