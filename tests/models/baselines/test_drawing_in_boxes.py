"""Boxes wherever a model's pictures are drawn: interpolations, callbacks, statistics, exports."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from small_baselines import batch_for, dataset_for, move_weights, small

from keras_stackgan.callbacks import InterpolationStrip, SampleGrid, health_measures
from keras_stackgan.export import export_saved_model
from keras_stackgan.models import (
    interpolate_captions,
    interpolate_noise,
    recalibrate_batch_statistics,
)

TEXTS = np.random.default_rng(0).normal(size=(2, 8)).astype("float32")
LEFT, RIGHT, MIDDLE = (0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5), (0.25, 0.25, 0.5, 0.5)
NEED_BOXES = "conditioned on them, such as GAWWN. Received: boxes for a GANINTCLS"


@pytest.fixture(scope="module")
def model():
    made = small("gawwn")
    # Far enough that boxes change what is drawn.
    move_weights(made, scale=0.2)
    return made


def read(path):
    return np.asarray(Image.open(path))


# === Interpolations ===


def test_captions_are_blended_in_one_box_or_while_it_moves(model):
    pictures = interpolate_captions(model, *TEXTS, steps=3, seed=1, boxes=LEFT)
    for k in (0, 1):
        expected = model.generate(embeddings=TEXTS[k : k + 1], seed=1, boxes=LEFT)[0]
        np.testing.assert_array_equal(pictures[2 * k], expected)
    moving = interpolate_captions(model, *TEXTS, steps=3, seed=1, boxes=[LEFT, RIGHT])
    mean = TEXTS.mean(axis=0, keepdims=True)
    for picture, text, box in zip(
        moving, (TEXTS[:1], mean, TEXTS[1:]), (LEFT, MIDDLE, RIGHT), strict=True
    ):
        np.testing.assert_array_equal(
            picture, model.generate(embeddings=text, seed=1, boxes=box)[0]
        )


def test_noise_is_blended_in_one_box_or_while_it_moves(model):
    for boxes, last in ((LEFT, LEFT), ([LEFT, RIGHT], RIGHT)):
        pictures = interpolate_noise(model, TEXTS[0], steps=3, seeds=(1, 2), boxes=boxes)
        for picture, seed, box in ((pictures[0], 1, LEFT), (pictures[-1], 2, last)):
            expected = model.generate(embeddings=TEXTS[:1], seed=seed, boxes=box)[0]
            assert np.abs(picture.astype(int) - expected).max() <= 1


def test_what_is_no_box_of_an_interpolation_is_named(model):
    with pytest.raises(ValueError, match=r"\(2, 4\), one for each end. Received: shape \(3, 4\)"):
        interpolate_captions(model, *TEXTS, boxes=[LEFT] * 3)
    with pytest.raises(ValueError, match="inside of the picture"):
        interpolate_noise(model, TEXTS[0], boxes=(0.7, 0.0, 0.5, 0.5))
    with pytest.raises(ValueError, match=NEED_BOXES):
        interpolate_captions(small("gan_int_cls"), *TEXTS, boxes=LEFT)


# === Callbacks ===


def test_a_grid_has_a_box_a_row_or_one_for_all(model, tmp_path):
    for name, boxes, second in (("rows", [LEFT, RIGHT], RIGHT), ("all", LEFT, LEFT)):
        grid = SampleGrid(tmp_path / name, embeddings=TEXTS, columns=2, seed=3, boxes=boxes)
        grid.set_model(model)
        shown = read(grid.write()[0])
        for row, box in enumerate((LEFT, second)):
            pictures = model.generate(
                embeddings=TEXTS[row : row + 1], num_images=2, seed=3, boxes=box
            )
            part = shown[32 * row : 32 * row + 32]
            np.testing.assert_array_equal(part, np.concatenate(pictures, axis=1))
    with pytest.raises(ValueError, match=r"shape \(3, 4\) for 2 pictures"):
        SampleGrid(tmp_path, embeddings=TEXTS, boxes=[LEFT] * 3)
    grid.set_model(small("gan_int_cls"))
    with pytest.raises(ValueError, match=NEED_BOXES):
        grid.write()


def test_strips_take_boxes(model, tmp_path):
    strip = InterpolationStrip(tmp_path, *TEXTS, steps=2, seeds=(1, 2), boxes=[LEFT, RIGHT])
    strip.set_model(model)
    captions, noise = map(read, strip.write())
    expected = interpolate_captions(model, *TEXTS, 2, 1, boxes=[LEFT, RIGHT])
    np.testing.assert_array_equal(captions, np.concatenate(expected, axis=1))
    expected = interpolate_noise(model, TEXTS[0], 2, (1, 2), boxes=[LEFT, RIGHT])
    np.testing.assert_array_equal(noise, np.concatenate(expected, axis=1))


def test_health_compares_words_in_one_box(model):
    model.compile(run_eagerly=True)
    batch = health_measures.to_tensors(model, batch_for(model, rows=6))
    found = health_measures.compare_pictures(model, batch, 2, 2, seed=4)
    box = batch["boxes"][0].numpy()
    first, second = (
        model.generate(embeddings=batch["embeddings"][k : k + 1], num_images=2, seed=4, boxes=box)
        for k in (0, 1)
    )
    distance = np.abs(first.astype(int) - second).mean()
    assert found["text_distance"] == pytest.approx(distance, abs=1e-6) and distance > 1


def test_health_mixes_words_and_leaves_the_boxes(model):
    model.compile(run_eagerly=True)
    given = batch_for(model, rows=6)
    given["embeddings"][:] = given["embeddings"][:1]
    # As if they differed, so that the check of the batch is passed over.
    batch = {name: tf.constant(value) for name, value in given.items()}
    inputs = model.prepare(batch, 0, training=False)
    condition = model.condition(inputs, None)
    (other,) = model.other_conditions(inputs, None, 1)
    np.testing.assert_array_equal(condition, other)


# === Batch statistics ===


def test_statistics_are_those_of_pictures_in_the_batches_boxes(monkeypatch):
    model = small("gawwn")
    seen = []
    network = type(model.averaged_generator)
    call = network.call

    def spy(self, inputs, training=None, num_stages=None):
        seen.append(np.asarray(inputs["boxes"]))
        return call(self, inputs, training=training)

    monkeypatch.setattr(network, "call", spy)
    dataset = dataset_for(model, batches=2)
    recalibrate_batch_statistics(model, dataset, steps=2)
    for boxes, batch in zip(seen, dataset, strict=True):
        np.testing.assert_array_equal(boxes, batch["boxes"])
    with pytest.raises(ValueError, match="no 'boxes'"):
        recalibrate_batch_statistics(model, dataset.map(lambda x: {"embeddings": x["embeddings"]}))


# === Exports ===


@pytest.fixture(scope="module")
def loaded(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("boxed") / "saved"
    export_saved_model(model, folder)
    return tf.saved_model.load(str(folder))


def assert_close(ours, theirs):
    assert np.abs(np.asarray(ours, int) - np.asarray(theirs, int)).max() <= 1


def test_saved_models_draw_in_boxes(model, loaded):
    serve, seed = loaded.signatures["generate_in_boxes"], tf.constant(5)
    for boxes in ([LEFT], [LEFT, RIGHT]):
        made = serve(embeddings=TEXTS, boxes=tf.constant(boxes), seed=seed)["images"]
        assert_close(made, model.generate(embeddings=TEXTS, seed=5, boxes=boxes))
    middle = loaded.signatures["serving_default"](embeddings=TEXTS, seed=seed)["images"]
    assert_close(middle, model.generate(embeddings=TEXTS, seed=5))
    assert np.abs(made.numpy().astype(int) - middle.numpy()).mean() > 2
    noise = model.draw_noise(2, seed=5)
    given = loaded.generate_from_embeddings(TEXTS, tf.constant([LEFT, RIGHT]), **noise)
    assert_close(np.round(255 * given["image_32"].numpy()), made)


def test_saved_models_refuse_what_is_no_box(loaded):
    for boxes, message in (
        ([(0.7, 0.0, 0.5, 0.5)], "must lie inside of the picture"),
        ([LEFT] * 3, "must be one, or one for each of `embeddings`"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            loaded.generate_in_boxes(TEXTS, tf.constant(boxes), 0)
