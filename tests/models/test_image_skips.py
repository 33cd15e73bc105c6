"""Stages that add to the enlarged picture of the stage before them."""

import keras
import numpy as np
import pytest
from keras import ops
from small_models import assert_same_state, batch, dataset, small_v2

SIZES = (16, 32, 32)


def inputs_for(rows=4):
    return {
        "noise": keras.random.normal((rows, 5), seed=3),
        "embeddings": keras.random.normal((rows, 8), seed=4),
    }


def enlarged(images):
    return keras.layers.UpSampling2D(interpolation="bilinear")(images.astype("float32"))


@pytest.mark.parametrize("sizes", [(16, 32, 64), SIZES])
def test_a_picture_is_the_enlarged_one_before_it_and_what_the_stage_adds(sizes):
    plain, skipping = (
        small_v2(image_sizes=sizes, dtype="float64", image_skips=skips) for skips in (False, True)
    )
    skipping.generator.set_weights(plain.generator.get_weights())
    alone, together = (
        [np.arctanh(ops.convert_to_numpy(x)) for x in model.generator(inputs_for())["images"]]
        for model in (plain, skipping)
    )
    np.testing.assert_allclose(together[0], alone[0], atol=1e-12)
    for k in (1, 2):
        before = together[k - 1]
        if sizes[k] > sizes[k - 1]:
            before = enlarged(before)
        np.testing.assert_allclose(together[k], alone[k] + before, atol=1e-6)
    first = skipping.generator(inputs_for(), num_stages=2)["images"][-1]
    np.testing.assert_allclose(np.arctanh(first), together[1], atol=1e-12)


@pytest.mark.parametrize("normalization", ["batch", "bias"])
def test_grown_stages_begin_as_the_picture_before_them(normalization):
    model = small_v2(
        image_sizes=(16,), generator_normalization=normalization, dtype="float64", image_skips=True
    )
    grown = model.grow((16, 32, 64))
    assert grown.image_skips and grown.get_config()["image_skips"] is True
    for generator in (grown.generator, grown.averaged_generator):
        logits = [np.arctanh(x) for x in generator(inputs_for())["images"]]
        for smaller, larger in zip(logits, logits[1:], strict=False):
            np.testing.assert_allclose(larger, enlarged(smaller), atol=1e-6)
        assert np.std(logits[0]) > 0.01


def test_grown_stages_train_and_are_saved(tmp_path):
    model = small_v2(image_sizes=(16,), image_skips=True).grow((16, 32))
    model.compile(run_eagerly=True, frozen_stages=1)
    head = model.generator.image_heads[1].convolution.kernel
    joint = model.generator.stages[1].joint.convolution.kernel
    before = ops.convert_to_numpy(joint)
    model.fit(dataset(batches=3), verbose=0)
    # The head first, then what it lets through.
    assert np.abs(head).max() > 0 and np.abs(joint - before).max() > 0
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.image_skips
    assert_same_state(loaded, model)
    embeddings = np.ones((1, 8), "float32")
    again, pictures = (m.generate(embeddings=embeddings, seed=2) for m in (loaded, model))
    np.testing.assert_array_equal(again, pictures)


def test_refinement_ties_every_picture_to_the_one_before_it():
    model = small_v2(image_sizes=SIZES, image_skips=True)
    model.compile(refinement_weight=200.0, run_eagerly=True)
    inputs = model.prepare(batch(), 0)
    fakes = model.generate_fakes(inputs)
    images = [ops.convert_to_numpy(x) for x in fakes["images"]]
    halves = images[1].reshape(4, 16, 2, 16, 2, 3).mean((2, 4))
    distances = [np.square(halves - images[0]).mean(), np.square(images[2] - images[1]).mean()]
    terms = model.generator_losses(inputs, fakes)
    np.testing.assert_allclose(terms["refinement_loss"], 200.0 * sum(distances), rtol=1e-5)
    logs = model.fit(dataset(), verbose=0).history
    assert logs["refinement_loss"][0] > 0
    model.compile(frozen_stages=2, refinement_weight=1.0, run_eagerly=True)
    assert model.fit(dataset(), verbose=0).history["refinement_loss"][0] > 0
    assert model.get_compile_config()["refinement_weight"] == 1.0
    with pytest.raises(ValueError, match="`refinement_weight` must be 0 or more.*=-1"):
        model.compile(refinement_weight=-1)
    assert model.refinement_weight == 1.0


def test_one_picture_has_none_to_add_to():
    with pytest.raises(ValueError, match="`image_skips` needs `supervised='all'`"):
        small_v2(image_skips=True, supervised="last")
