"""Folding: the same pictures without batch normalization, for every form of generator."""

import keras
import numpy as np
import pytest
from small_models import small_v1, small_v2

from keras_stackgan.layers import BatchNormalization
from keras_stackgan.models.folding import fold, folded_generator, refold

MODELS = {
    "v2": (small_v2, {}),
    "v2 without condition": (small_v2, {"embedding_dim": None}),
    "v2 with repeated size": (small_v2, {"image_sizes": (16, 32, 32), "supervised": "last"}),
    "v2 without augmentation": (small_v2, {"conditioning_augmentation": False}),
    "v2 with nothing to fold": (small_v2, {"generator_normalization": "bias"}),
    "v1": (small_v1, {}),
    "v1 of the PyTorch release": (small_v1, {"form": "pytorch"}),
    "v1 with nothing to fold": (small_v1, {"generator_normalization": "bias"}),
    "v1 with text once": (small_v1, {"text_at_stage2": False}),
    "v1 with one stage": (small_v1, {"image_size": 16}),
}


def with_moved_weights(name, dtype="float32"):
    """A generator whose scales, shifts and statistics are those of no fresh one."""
    make, arguments = MODELS[name]
    model = make(dtype=dtype, **arguments)
    rng = np.random.default_rng(11)
    for weight in model.averaged_generator.weights:
        noise = rng.normal(size=weight.shape)
        positive = weight.path.endswith("moving_variance")
        weight.assign(np.exp(0.3 * noise) if positive else weight.numpy() + 0.1 * noise)
    return model


def images_of(model, network):
    rows = None
    if model.embedding_dim is not None:
        rows = np.random.default_rng(0).normal(size=(3, 8)).astype("float32")
    inputs = model.generation_inputs(rows, 1, 0, 3, True)
    return [x.numpy() for x in network(inputs, training=False)["images"]]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-12), ("float32", 1e-5)])
def test_folded_generators_draw_the_same(name, dtype, tolerance):
    model = with_moved_weights(name, dtype)
    folded = fold(model.averaged_generator)
    assert type(folded) is type(model.averaged_generator)
    layers = folded._flatten_layers()
    assert not any(isinstance(layer, BatchNormalization) for layer in layers)
    pairs = zip(images_of(model, folded), images_of(model, model.averaged_generator), strict=True)
    for ours, plain in pairs:
        assert ours.dtype == plain.dtype == dtype and plain.std() > 1e-3
        np.testing.assert_allclose(ours, plain, rtol=0, atol=tolerance)


def test_half_precision_folds_too():
    model = with_moved_weights("v2", "mixed_bfloat16")
    folded = fold(model.averaged_generator)
    assert folded.dtype_policy.name == "mixed_bfloat16"
    assert {weight.dtype for weight in folded.weights} == {"float32"}
    for ours, plain in zip(
        images_of(model, folded), images_of(model, model.averaged_generator), strict=True
    ):
        assert np.abs(ours - plain).mean() < 0.05 * plain.std()


def test_refolding_follows_the_weights():
    model = with_moved_weights("v1")
    folded = fold(model.averaged_generator)
    before = images_of(model, folded)
    for weight in model.averaged_generator.weights:
        weight.assign(1.1 * weight.numpy())
    refold(model.averaged_generator, folded)
    after = images_of(model, folded)
    for old, ours, plain in zip(
        before, after, images_of(model, model.averaged_generator), strict=True
    ):
        assert np.abs(ours - old).max() > 1e-3
        np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-5)


def test_the_folded_generator_is_no_part_of_its_model(tmp_path):
    model = with_moved_weights("v2")
    names = [weight.path for weight in model.weights]
    folded = folded_generator(model)
    assert folded_generator(model) is folded
    assert [weight.path for weight in model.weights] == names
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(
        images_of(model, folded), images_of(again, folded_generator(again)), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_folded_network_keeps_its_config():
    folded = fold(with_moved_weights("v1").averaged_generator)
    again = type(folded).from_config(folded.get_config())
    assert [w.path for w in again.weights] == [w.path for w in folded.weights]
    np.testing.assert_array_equal(fold(folded).get_weights()[0], folded.get_weights()[0])
