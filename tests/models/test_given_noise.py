"""`draw_noise` and `generate_from`: pictures of noise that is given."""

import numpy as np
import pytest
import tensorflow as tf
from small_models import small_v1, small_v2

EMBEDDINGS = np.random.default_rng(3).normal(size=(3, 8)).astype("float32")


@pytest.fixture(autouse=True)
def eager():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def lively(model):
    """Weights so large that every input shows in the pictures."""
    rng = np.random.default_rng(11)
    for weight in model.averaged_generator.trainable_weights:
        weight.assign(weight.numpy() + 0.3 * rng.normal(size=weight.shape))
    return model


@pytest.fixture(scope="module")
def model():
    return lively(small_v2())


def difference(first, second):
    return np.abs(first.astype(int) - second.astype(int)).mean()


@pytest.mark.parametrize("make", [small_v1, small_v2])
def test_drawn_noise_makes_the_pictures_of_its_seed(make):
    model = lively(make())
    noise = model.draw_noise(3, seed=7)
    expected = model.generate(embeddings=EMBEDDINGS, seed=7, stages="all")
    for ours, theirs in zip(
        model.generate_from(noise, embeddings=EMBEDDINGS, stages="all"), expected, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    for name, array in noise.items():
        changed = {**noise, name: array + 1.0}
        other = model.generate_from(changed, embeddings=EMBEDDINGS)
        assert difference(other, expected[-1]) > 1, name


def test_names_and_shapes():
    shapes = {name: array.shape for name, array in small_v2().draw_noise(3).items()}
    assert shapes == {"noise": (3, 5), "augmentation_noise": (3, 6)}
    assert "stage2_augmentation_noise" in small_v1().draw_noise(1)
    assert list(small_v2(embedding_dim=None).draw_noise(2)) == ["noise"]
    assert list(small_v2(conditioning_augmentation=False).draw_noise(2)) == ["noise"]


def test_without_augmentation_noise_the_code_is_the_mean(model):
    noise = {"noise": model.draw_noise(3, seed=2)["noise"]}
    np.testing.assert_array_equal(
        model.generate_from(noise, embeddings=EMBEDDINGS),
        model.generate(embeddings=EMBEDDINGS, seed=2, augmentation=False),
    )


def test_one_row_serves_all(model):
    noise = model.draw_noise(3, seed=2)
    repeated = np.repeat(EMBEDDINGS[:1], 3, axis=0)
    np.testing.assert_array_equal(
        model.generate_from(noise, embeddings=EMBEDDINGS[:1]),
        model.generate_from(noise, embeddings=repeated),
    )
    one = {name: array[:1] for name, array in noise.items()}
    pictures = model.generate_from(one, embeddings=EMBEDDINGS)
    assert pictures.shape == (3, 32, 32, 3)
    same = model.generate_from(one, embeddings=repeated)
    np.testing.assert_array_equal(same[1], same[0])
    assert difference(pictures[1], pictures[0]) > 1


def test_parts_are_the_whole(model):
    noise = model.draw_noise(5, seed=2)
    whole = model.generate_from(noise, embeddings=EMBEDDINGS[:1])
    parts = model.generate_from(noise, embeddings=EMBEDDINGS[:1], batch_size=2)
    assert np.abs(whole.astype(int) - parts.astype(int)).max() <= 1


def test_labels_and_unconditional():
    model = lively(small_v2(embedding_dim=None, num_classes=3))
    noise = model.draw_noise(2, seed=4)
    np.testing.assert_array_equal(
        model.generate_from(noise, labels=[2, 0]), model.generate(labels=[2, 0], seed=4)
    )
    model = lively(small_v2(embedding_dim=None))
    np.testing.assert_array_equal(
        model.generate_from(model.draw_noise(2, seed=4)), model.generate(num_images=2, seed=4)
    )


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        (np.zeros((2, 5)), "`noise` must be a dict with 'noise'.*Received: ndarray"),
        ({"augmentation_noise": np.zeros((2, 6))}, r"Received: keys \['augmentation_noise'\]"),
        ({"noise": np.zeros((2, 5)), "mix": np.zeros((2, 1))}, "at most the keys"),
        ({"noise": np.zeros((2, 4))}, r"'noise' must have shape \(n, 5\).*\(2, 4\)"),
        ({"noise": np.zeros((0, 5))}, "n >= 1"),
        ({"noise": np.full((2, 5), np.nan)}, "'noise' must be finite"),
        ({"noise": np.zeros((2, 5))}, "one row a picture, or one for all.*'condition': 3"),
    ],
)
def test_bad_noise(model, noise, message):
    with pytest.raises(ValueError, match=message):
        model.generate_from(noise, embeddings=EMBEDDINGS)


def test_on_jax(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        import numpy as np
        from keras_stackgan import StackGANv2
        from keras_stackgan.models import interpolate_captions

        model = StackGANv2(
            image_sizes=(16,), generator_filters=2, discriminator_filters=2, embedding_dim=4
        )
        noise = model.draw_noise(2, seed=3)
        ours = model.generate_from(noise, embeddings=np.ones((1, 4)))
        print((ours == model.generate(embeddings=np.ones((1, 4)), num_images=2, seed=3)).all())
        print(interpolate_captions(model, np.zeros(4), np.ones(4), steps=3).shape)
        """
    )
    assert printed.splitlines() == ["True", "(3, 16, 16, 3)"]
