"""From a batch to what the step needs: checks, picture sizes, noise."""

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.models import step_inputs


def draw(name="noise", shape=(4, 3), seed=1, step=0, number=0, **kwargs):
    kwargs = {"dtype": "float32", **kwargs}
    return step_inputs.draw(name, shape, seed, tf.constant(step, tf.int64), number, **kwargs)


def test_bytes_become_floats_between_minus_one_and_one():
    images = np.array([[0, 127, 128, 255]], "uint8")
    found = step_inputs.to_float_images(tf.constant(images), "images", "float64")
    assert found.dtype == tf.float64
    np.testing.assert_allclose(found, [[-1.0, -1 / 255, 1 / 255, 1.0]], atol=1e-12)


def test_floats_are_taken_as_they_are_and_checked():
    images = tf.constant([[-1.0, 0.25, 1.0]])
    np.testing.assert_array_equal(step_inputs.to_float_images(images, "images", "float32"), images)
    for bad in (1.01, np.nan, np.inf):
        with pytest.raises(tf.errors.InvalidArgumentError, match="'images' given as floats"):
            step_inputs.to_float_images(tf.constant([[0.0, bad]]), "images", "float32")


def test_shrinking_averages_areas():
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    expected = images.reshape(2, 2, 4, 2, 4, 3).mean((2, 4))
    np.testing.assert_allclose(step_inputs.shrink(images, 4), expected, atol=1e-6)
    assert step_inputs.shrink(images, 1) is images


def test_one_picture_a_size():
    images = tf.constant(np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)), tf.uint8)
    found = step_inputs.picture_sizes(images, (16, 32, 32), "images", "float32")
    assert [x.shape[1] for x in found] == [16, 32, 32]
    np.testing.assert_allclose(found[0], step_inputs.shrink(found[1], 2), atol=1e-6)


def test_a_list_is_used_as_given():
    rng = np.random.default_rng(0)
    images = [tf.constant(rng.integers(0, 256, (2, n, n, 3)), tf.uint8) for n in (16, 32)]
    found = step_inputs.picture_sizes(images, (16, 32), "images", "float32")
    for x, image in zip(found, images, strict=True):
        np.testing.assert_allclose(x, np.asarray(image) / 127.5 - 1.0, atol=1e-6)
    for sizes in ((16, 32, 64), (32, 32), (8, 32)):
        with pytest.raises(ValueError, match=r"list of 'images'.*pictures of \(16, 32\)"):
            step_inputs.picture_sizes(images, sizes, "images", "float32")


@pytest.mark.parametrize(
    ("key", "shape"),
    [("embeddings", (3, 8)), ("mismatched_images", (2, 16, 16, 3)), ("labels", (5,))],
)
def test_all_parts_have_one_row_a_picture(key, shape):
    made = {"images": np.zeros((4, 16, 16, 3), "uint8"), key: np.zeros(shape, "int32")}
    needed = {"embeddings": {"embedding_dim": 8}, "labels": {"num_classes": 9}}
    with pytest.raises(ValueError, match=f"one row a picture. Received: .*'{key}': {shape[0]}"):
        step_inputs.check_batch(made, 16, **needed.get(key, {}))


def test_labels_are_class_numbers():
    made = {"images": np.zeros((2, 16, 16, 3), "uint8"), "labels": np.zeros(2, "float32")}
    with pytest.raises(ValueError, match="which are integers.*dtype float32"):
        step_inputs.check_batch(made, 16, num_classes=3)
    step_inputs.check_labels(np.array([0, 2]), 3)
    for bad in ([1, 3], [-1, 0]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="from 0 to num_classes - 1 = 2"):
            step_inputs.check_labels(np.array(bad), 3)


def test_batches_are_dicts_or_tuples_that_begin_with_one():
    made = {"images": np.zeros((2, 16, 16, 3), "uint8"), "embeddings": np.zeros((2, 8))}
    assert step_inputs.check_batch(made, 16, embedding_dim=8) is made
    assert step_inputs.check_batch((made, None), 16, embedding_dim=8) is made
    with pytest.raises(ValueError, match="must be a dict.*ndarray"):
        step_inputs.check_batch(made["images"], 16)
    for rest in ((np.ones(2), None), (None, np.ones(2))):
        with pytest.raises(ValueError, match="sample weights have no place.*a tuple of 3; yield"):
            step_inputs.check_batch((made, *rest), 16, embedding_dim=8)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"num_classes": 3}, "no 'labels'.*'embeddings', 'images'"),
        ({"labels": np.zeros((2, 3))}, {"num_classes": 3}, r"'labels' must have shape.*\(2, 3\)"),
        ({"images": np.zeros((2, 24, 24, 3))}, {}, r"'images' must.*16, 16, 3.*\(2, 24, 24, 3\)"),
        ({"images": np.zeros((2, 32, 16, 3))}, {}, r"'images' must.*\(2, 32, 16, 3\)"),
        ({"images": [np.zeros((2, 16, 16, 3)), np.zeros((2, 8, 8, 3))]}, {}, r"\(2, 8, 8, 3\)"),
        ({"images": []}, {}, "list of 'images' must hold one tensor a stage. Received: none"),
        ({"mismatched_images": np.zeros((2, 8, 8, 3))}, {}, "'mismatched_images' must"),
        ({"embeddings": np.zeros((2, 8, 1))}, {"embedding_dim": 8}, r"=8.*\(2, 8, 1\)"),
    ],
)
def test_bad_batches_are_named(change, arguments, message):
    made = {"images": np.zeros((2, 16, 16, 3), "uint8"), "embeddings": np.zeros((2, 8)), **change}
    with pytest.raises(ValueError, match=message):
        step_inputs.check_batch(made, 16, **arguments)


def test_pictures_of_other_whole_numbers_are_named():
    with pytest.raises(ValueError, match="must be uint8, or floats.*dtype int32; cast them"):
        step_inputs.to_float_images(tf.zeros((1, 16, 16, 3), "int32"), "images", "float32")


def test_noise_of_a_batch_has_the_shape_of_a_draw():
    for shape in ((4, 5), (4, 2, 5)):
        step_inputs.check_noise("noise", tf.zeros(shape), (4, 5), 1)
    for shape in ((4, 9), (3, 5), (4,), ()):
        with pytest.raises(ValueError, match=r"'noise' in a batch must have shape \(rows, 5\)"):
            step_inputs.check_noise("noise", tf.zeros(shape), (4, 5), 0)
    with pytest.raises(ValueError, match="1 draws, .*; draw 2 is needed"):
        step_inputs.check_noise("noise", tf.zeros((4, 1, 5)), (4, 5), 1)


def test_every_draw_of_a_run_is_its_own():
    draws = [draw(name) for name in step_inputs.DRAWS]
    draws += [draw(number=1), draw(step=1), draw(seed=2), draw(number=1, step=1)]
    for i, first in enumerate(draws):
        for second in draws[i + 1 :]:
            assert np.abs(first - second).max() > 0.1
    np.testing.assert_array_equal(draw(), draws[0])


def test_kinds_of_noise():
    sample = {
        kind: draw(shape=(200, 200), kind=kind).numpy()
        for kind in ("normal", "truncated_normal", "uniform")
    }
    assert np.abs(sample["normal"]).max() > 3 and abs(sample["normal"].std() - 1) < 0.02
    assert 1.99 < np.abs(sample["truncated_normal"]).max() <= 2
    assert 0 <= sample["uniform"].min() < 0.01 and 0.99 < sample["uniform"].max() < 1
    assert draw(dtype="float64").dtype == tf.float64


def test_graph_and_eager_draw_the_same():
    inside = tf.function(lambda: draw(step=3, number=1))()
    np.testing.assert_array_equal(inside, draw(step=3, number=1))


def test_number_of_rows():
    images = tf.zeros((3, 16, 16, 3))
    assert step_inputs.num_rows({"images": images}) == 3
    assert step_inputs.num_rows({"images": [images, images]}) == 3

    @tf.function(input_signature=[tf.TensorSpec((None, 16, 16, 3))])
    def rows(images):
        return step_inputs.num_rows({"images": images})

    assert int(rows(images)) == 3
