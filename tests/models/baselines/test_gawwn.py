"""GAWWN: boxes reach both networks, and what is no box is named."""

import numpy as np
import pytest
import tensorflow as tf
from small_baselines import batch_for, inputs_for, move_weights, small

from keras_stackgan import GAWWN
from keras_stackgan.models.box_checks import DEFAULT_BOX


def tensors(batch):
    return tf.nest.map_structure(tf.convert_to_tensor, batch)


def test_compiles_as_the_authors_code():
    model = small("gawwn")
    model.compile()
    adam = model.generator_optimizer
    assert float(adam.learning_rate) == np.float32(2e-4) and adam.beta_1 == 0.5
    assert model.recipe.mismatched == "text" and not model.fresh_noise


def test_boxes_matter_to_every_term():
    model = small("gawwn")
    model.compile(run_eagerly=True)
    move_weights(model)
    inputs = inputs_for(model)

    def terms(inputs):
        fakes = model.generate_fakes(inputs, training=False)
        losses, _ = model.discriminator_losses(0, inputs, fakes, training=False)
        return {**losses, **model.generator_losses(inputs, fakes, training=False)}

    before, after = terms(inputs), terms({**inputs, "boxes": inputs["boxes"][::-1]})
    assert len(before) == 4
    for term, value in before.items():
        assert abs(float(value) - float(after[term])) > 1e-7, term


def test_mismatched_pairs_keep_the_pictures_box():
    model = small("gawwn")
    model.compile(num_mismatched=2, run_eagerly=True)
    inputs = inputs_for(model)
    first, second = model.mismatches(0, inputs, None)["mismatched_conditions"]
    for shift, condition in ((1, first), (2, second)):
        texts = np.roll(inputs["embeddings"], -shift, axis=0)
        np.testing.assert_array_equal(condition[:, :8], texts)
        np.testing.assert_array_equal(condition[:, 8:], inputs["boxes"])


def test_generating_puts_the_object_into_the_box():
    # With the scene's path cut off, the picture is the same everywhere but in and near the box.
    model = small("gawwn", image_size=128, dtype="float64")
    move_weights(model)
    generator = model.averaged_generator
    joint = generator.joined_blocks[0].convolution.kernel
    kernel = joint.numpy()
    kernel[:, :, : kernel.shape[2] // 2] = 0.0
    joint.assign(kernel)
    inputs = {"noise": np.ones((1, 5)), "embeddings": np.ones((1, 8))}
    inputs["boxes"] = np.array([[0.0, 0.0, 0.25, 0.25]])
    picture = generator(inputs, training=False)["images"][0].numpy()[0]
    # Away from the far borders, beside which zeros lie, and from the box. Transposed convolutions
    # repeat with the map's pixels.
    flat = picture[60:112:8, 60:112:8].reshape(-1, 3)
    assert np.ptp(flat, axis=0).max() < 1e-12
    assert np.abs(picture[4:36:8, 4:36:8] - flat[0]).max() > 1e-4


def test_generate_takes_boxes():
    model = small("gawwn")
    move_weights(model)
    texts = np.random.default_rng(0).normal(size=(2, 8))
    default = model.generate(embeddings=texts, num_images=2, seed=1)
    given = model.generate(embeddings=texts, num_images=2, seed=1, boxes=DEFAULT_BOX)
    np.testing.assert_array_equal(default, given)
    a, b = (0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)
    pairs = model.generate(embeddings=texts, num_images=2, seed=1, boxes=[a, b])
    single = model.generate(embeddings=texts, num_images=2, seed=1, boxes=[a, a, b, b])
    np.testing.assert_array_equal(pairs, single)
    assert np.abs(pairs.astype(int) - default).max() > 0
    noise = model.draw_noise(4, seed=1)
    rows = np.repeat(texts, 2, axis=0)
    again = model.generate_from(noise, embeddings=rows, boxes=[a, a, b, b])
    np.testing.assert_array_equal(again, single)


@pytest.mark.parametrize(
    "boxes, message",
    [
        ((0.0, 0.0, 0.5), r"shape \(4,\) or \(n, 4\)"),
        ([(0.0, 0.0, 0.5, 0.5)] * 3, r"shape \(3, 4\) for 2 pictures"),
        ((0.7, 0.0, 0.5, 0.5), "inside of the picture"),
        ((0.1, 0.1, 0.0, 0.5), "inside of the picture"),
        ((np.nan, 0.1, 0.2, 0.5), "inside of the picture"),
    ],
)
def test_bad_boxes_of_generate_are_named(boxes, message):
    with pytest.raises(ValueError, match=message):
        small("gawwn").generate(embeddings=np.ones((2, 8)), boxes=boxes)


def test_bad_boxes_of_a_batch_are_named():
    model = small("gawwn")
    model.compile(run_eagerly=True)
    batch = batch_for(model)
    without = {name: value for name, value in batch.items() if name != "boxes"}
    with pytest.raises(ValueError, match=r"no 'boxes'.*caption_dataset\(boxes=True\)"):
        model.train_step(tensors(without))
    with pytest.raises(ValueError, match=r"'boxes' must have shape \(batch, 4\)"):
        model.train_step(tensors({**batch, "boxes": batch["boxes"][:, :3]}))
    pixels = {**batch, "boxes": 32 * batch["boxes"]}
    with pytest.raises(tf.errors.InvalidArgumentError, match="must lie inside of the picture"):
        model.train_step(tensors(pixels))


def test_settings_that_cannot_work_are_named():
    with pytest.raises(ValueError, match=r"at least 32.*image_size=16"):
        GAWWN(image_size=16)
    with pytest.raises(ValueError, match=r"another picture has another box.*'images'"):
        small("gawwn").compile(mismatched="images")
