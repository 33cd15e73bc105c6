import numpy as np
import pytest
import tensorflow as tf
from small_models import small_v1, small_v2

from keras_stackgan import DCGAN
from keras_stackgan.models import generation, interpolate_captions, interpolate_noise
from keras_stackgan.models.interpolation import linear, spherical

FIRST, SECOND = np.random.default_rng(3).normal(size=(2, 8)).astype("float32")


@pytest.fixture(autouse=True)
def eager():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module", params=[small_v1, small_v2])
def model(request):
    model = request.param()
    rng = np.random.default_rng(11)
    for weight in model.averaged_generator.trainable_weights:
        weight.assign(weight.numpy() + 0.2 * rng.normal(size=weight.shape))
    return model


def steps_between(pictures):
    return np.abs(np.diff(pictures.astype(float), axis=0)).mean(axis=(1, 2, 3))


def test_captions_end_at_both_captions_and_share_the_noise(model):
    pictures = interpolate_captions(model, FIRST, SECOND, steps=5, seed=4)
    assert pictures.shape == (5, 32, 32, 3) and pictures.dtype == np.uint8
    for picture, embedding in ((pictures[0], FIRST), (pictures[-1], SECOND)):
        expected = model.generate(embeddings=embedding[None], seed=4)[0]
        assert np.abs(picture.astype(int) - expected).max() <= 1
    whole = np.abs(pictures[-1].astype(float) - pictures[0]).mean()
    steps = steps_between(pictures)
    assert (steps > 0).all() and steps.max() < whole


def test_noise_ends_at_both_seeds(model):
    small, large = interpolate_noise(model, FIRST, steps=5, seeds=(4, 9), stages="all")
    assert small.shape == (5, 16, 16, 3)
    for picture, seed in ((large[0], 4), (large[-1], 9)):
        expected = model.generate(embeddings=FIRST[None], seed=seed)[0]
        assert np.abs(picture.astype(int) - expected).max() <= 1
    assert (steps_between(large) > 0).all()


def test_captions_pass_the_text_encoder():
    model = small_v2()
    model.text_encoder = lambda captions: np.stack(
        [{"red": FIRST, "blue": SECOND}[caption] for caption in captions]
    )
    np.testing.assert_array_equal(
        interpolate_captions(model, "red", "blue", steps=3),
        interpolate_captions(model, FIRST, SECOND, steps=3),
    )
    np.testing.assert_array_equal(
        interpolate_noise(model, "red", steps=2), interpolate_noise(model, FIRST, steps=2)
    )


def test_labels_and_unconditional():
    model = small_v2(embedding_dim=None, num_classes=3)
    pictures = interpolate_captions(model, 0, 2, steps=3, seed=1)
    np.testing.assert_array_equal(pictures[-1], model.generate(labels=2, seed=1)[0])
    model = small_v2(embedding_dim=None)
    assert interpolate_noise(model, steps=3).shape == (3, 32, 32, 3)
    with pytest.raises(ValueError, match="no condition"):
        interpolate_captions(model, FIRST, SECOND)


def test_bad_arguments():
    model = small_v2()
    for seeds in ((0, 1, 2), 3, (0,)):
        with pytest.raises(ValueError, match="`seeds` must be two whole numbers"):
            interpolate_noise(model, FIRST, seeds=seeds)
    with pytest.raises(ValueError, match=r"must be one caption, .*Received: \['a'\]"):
        interpolate_captions(model, ["a"], ["b"])
    with pytest.raises(ValueError, match="`steps` must be .* at least 2"):
        interpolate_captions(model, FIRST, SECOND, steps=1)
    with pytest.raises(ValueError, match="one condition. Received: 2 rows"):
        interpolate_captions(model, np.stack([FIRST, SECOND]), SECOND)
    with pytest.raises(ValueError, match="`embeddings` must have shape"):
        interpolate_noise(model, np.ones(7))


def test_uniform_noise_stays_where_it_is_drawn_from(monkeypatch):
    model = DCGAN(image_size=16, generator_filters=4, discriminator_filters=4)
    seen = []
    monkeypatch.setattr(
        generation, "generate_from", lambda model, noise, *rest: seen.append(noise["noise"])
    )
    interpolate_noise(model, steps=5, seeds=(0, 1))
    first, second = (model.draw_noise(1, seed)["noise"] for seed in (0, 1))
    np.testing.assert_allclose(seen[0], linear(first, second, 5), atol=1e-6)
    assert np.abs(seen[0]).max() <= 1


# === Ways between two vectors ===


def test_line():
    np.testing.assert_allclose(
        linear(np.array([[0.0, 2.0]]), np.array([[4.0, 0.0]]), 3), [[0, 2], [2, 1], [4, 0]]
    )


def test_circle_keeps_the_length():
    first, second = np.array([3.0, 0.0, 0.0]), np.array([0.0, 3.0, 0.0])
    points = spherical(first, second, 4)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 3.0, rtol=1e-6)
    angles = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    np.testing.assert_allclose(angles, [0, 30, 60, 90], atol=1e-4)


@pytest.mark.parametrize("second", [[2.0, 2.0], [-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]])
def test_where_there_is_no_one_circle_it_is_a_line(second):
    first = np.array([1.0, 1.0])
    points = spherical(first, np.array(second), 3)
    np.testing.assert_allclose(points[1], (first + second) / 2, atol=1e-6)
