"""The attribute judges and what is made of their verdicts."""

import keras
import numpy as np
import pytest

from keras_stackgan import metrics
from keras_stackgan.metrics import AttributeClassifier


def painted_squares(count, size=32, seed=0):
    """Pictures whose left and right halves have one of three colors."""
    generator = np.random.default_rng(seed)
    colors = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]])
    numbers = generator.integers(3, size=(count, 2))
    images = np.repeat(colors[numbers], size // 2, axis=1)[:, None].repeat(size, axis=1)
    noise = generator.integers(-40, 40, images.shape)
    return np.clip(images + noise, 0, 255).astype("uint8"), numbers.astype("int32")


@pytest.mark.parametrize("architecture", ["plain", "separable"])
def test_learns_what_is_where(architecture):
    keras.utils.set_random_seed(0)
    images, numbers = painted_squares(256)
    judge = AttributeClassifier({"left": 3, "right": 3}, 32, 8, architecture)
    judge.compile()
    targets = {"left": numbers[:, 0], "right": numbers[:, 1]}
    judge.fit(images, targets, batch_size=32, epochs=6, verbose=0)
    test_images, test_numbers = painted_squares(64, seed=1)
    accuracy = metrics.attribute_accuracy(judge.predict_values(test_images), test_numbers)
    assert accuracy["mean"] > 0.9


def test_takes_pictures_of_other_sizes_and_ranges():
    judge = AttributeClassifier({"left": 3, "right": 2}, 16, 4)
    images, _ = painted_squares(4)
    floats = images / 127.5 - 1.0
    smaller = images.reshape(4, 16, 2, 16, 2, 3).mean((2, 4))
    features = judge.features(images)
    assert features.shape == (4, 32)
    np.testing.assert_allclose(features, judge.features(floats.astype("float32")), atol=1e-4)
    by_area = judge.features((smaller / 127.5 - 1.0).astype("float32"))
    np.testing.assert_allclose(features, by_area, atol=1e-4)
    assert judge.predict_values(images[:, :8, :8]).shape == (4, 2)


def test_is_saved_whole(tmp_path):
    judge = AttributeClassifier({"left": 3}, 16, 4, "separable")
    images, _ = painted_squares(2)
    judge.save(tmp_path / "judge.keras")
    loaded = keras.models.load_model(tmp_path / "judge.keras")
    assert loaded.get_config() == judge.get_config()
    np.testing.assert_array_equal(loaded.features(images), judge.features(images))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (({"a": 1},), "at least two values"),
        (({"a": 2}, 20), "multiple of 16"),
        (({"a": 2}, 16, 8, "deep"), "architecture"),
    ],
)
def test_classifier_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        AttributeClassifier(*arguments)


def test_accuracy_counts_only_what_was_asked_for():
    predictions = [[1, 0], [1, 1], [0, 1]]
    targets = [[1, 1], [0, 1], [0, 1]]
    mentioned = [[True, False], [True, True], [False, True]]
    found = metrics.attribute_accuracy(predictions, targets, mentioned, ["crown", "pose"])
    assert found == {"crown": 0.5, "pose": 1.0, "mean": 0.75}
    never = metrics.attribute_accuracy([[1, 0]], [[1, 1]], [[True, False]])
    assert np.isnan(never["1"]) and never["mean"] == 1.0


def test_accuracy_says_what_is_wrong():
    with pytest.raises(ValueError, match="one shape"):
        metrics.attribute_accuracy([[1]], [[1, 2]])
    with pytest.raises(ValueError, match="`names` must name 2"):
        metrics.attribute_accuracy([[1, 2]], [[1, 2]], names=["one"])
