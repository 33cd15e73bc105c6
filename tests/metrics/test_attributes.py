"""The attribute judges and what is made of their verdicts."""

import keras
import numpy as np
import pytest

from keras_stackgan import StackGANv2, metrics
from keras_stackgan.metrics import AttributeClassifier, AttributeMatcher


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


@pytest.mark.parametrize(
    "wrong, message",
    [
        (
            lambda x: x.astype("int64"),
            r"uint8, or floats in \[-1, 1\]. Received: int64 from 0 to 25",
        ),
        (lambda x: x.astype("float32"), "Received: float32 from 0 to 25"),
        (lambda x: x / np.float32("nan"), "from nan to nan"),
        (lambda x: x[..., :1], r"\(n, size, size, 3\). .* Repeat the one channel"),
        (lambda x: x[:0], "at least one picture. Received: none"),
    ],
)
def test_refuses_pictures_that_it_would_misread(wrong, message):
    judge = AttributeClassifier({"left": 3}, 16, 4)
    images = painted_squares(4, 16)[0]
    for read in (judge.features, judge.predict_values):
        with pytest.raises(ValueError, match=message):
            read(wrong(images))


def test_refuses_them_in_graphs_too():
    judge = AttributeClassifier({"left": 3}, 16, 4)
    for wrong in (np.zeros((2, 16, 16, 3), "int32"), np.zeros((2, 16, 16, 1), "uint8")):
        with pytest.raises(ValueError, match="of three channels. Received: u?int"):
            judge(wrong)


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


@pytest.fixture(scope="module")
def guide():
    """A matcher of two-colored pictures, its embeddings (one-hot, with noise) and targets."""
    keras.utils.set_random_seed(0)
    images, numbers = painted_squares(256, size=16)
    judge = AttributeClassifier({"left": 3, "right": 3}, 16, 8)
    judge.compile()
    targets = {"left": numbers[:, 0], "right": numbers[:, 1]}
    judge.fit(images, targets, batch_size=32, epochs=6, verbose=0)
    mentioned = np.random.default_rng(1).random((256, 2)) < 0.6
    hot = np.eye(3)[numbers] * mentioned[:, :, None]
    embeddings = hot.reshape(256, 6).astype("float32") + 0.5
    matcher = AttributeMatcher.fit(judge, embeddings, numbers, mentioned, epochs=300)
    return matcher, embeddings, numbers, mentioned, images


def test_matcher_reads_what_a_sentence_states(guide):
    matcher, embeddings, numbers, mentioned, _ = guide
    values, stated = matcher.read(embeddings)
    np.testing.assert_array_equal(np.asarray(stated) > 0.5, mentioned)
    found = np.stack([np.argmax(np.asarray(each), -1) for each in values], axis=1)
    assert (found == numbers)[mentioned].all()


def test_matcher_likes_the_right_picture_at_every_size(guide):
    matcher, embeddings, _, mentioned, images = guide
    rows = np.flatnonzero(mentioned.all(axis=1))[:32]
    pictures = (images[rows] / 127.5 - 1.0).astype("float32")
    right = float(matcher(pictures, embeddings[rows]))
    assert right < 0.5 * float(matcher(pictures[::-1].copy(), embeddings[rows]))
    enlarged = pictures.repeat(4, axis=1).repeat(4, axis=2)
    np.testing.assert_allclose(float(matcher(enlarged, embeddings[rows])), right, rtol=1e-4)


def test_matcher_undoes_what_standardizes(guide):
    matcher, embeddings, _, _, images = guide
    mean, scale = embeddings.mean(0), 1.0 / embeddings.std(0)
    other = AttributeMatcher(matcher.classifier, matcher.kernel, matcher.bias, mean, scale)
    pictures = (images[:8] / 127.5 - 1.0).astype("float32")
    standardized = (embeddings[:8] - mean) * scale
    np.testing.assert_allclose(
        float(other(pictures, standardized)), float(matcher(pictures, embeddings[:8])), rtol=1e-4
    )


def test_matcher_guides_a_model_and_stays_as_it_is(guide, tmp_path):
    matcher, embeddings, _, _, images = guide
    matcher = AttributeMatcher(matcher.classifier, matcher.kernel, matcher.bias)
    matcher.save(tmp_path / "guide")
    before = matcher.fingerprint()
    model = StackGANv2((16,), generator_filters=4, discriminator_filters=4, embedding_dim=6)
    model.compile(matcher=matcher, matching_weight=1.0)
    batch = {"images": images[:8], "embeddings": embeddings[:8]}
    logs = model.train_on_batch(batch, return_dict=True)
    assert logs["matching_loss"] > 0
    assert matcher.fingerprint() == before
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.recipe.matcher.fingerprint() == before
    with pytest.raises(FileExistsError, match="must not exist"):
        matcher.save(tmp_path / "guide")
    with pytest.raises(ValueError, match="AttributeMatcher.save wrote"):
        AttributeMatcher.load(tmp_path)


def test_matcher_says_what_is_wrong(guide):
    matcher, embeddings, numbers, mentioned, _ = guide
    with pytest.raises(ValueError, match="end in 8 columns"):
        AttributeMatcher(matcher.classifier, matcher.kernel[:, 1:], matcher.bias)
    with pytest.raises(ValueError, match="a row an embedding"):
        AttributeMatcher.fit(matcher.classifier, embeddings, numbers[1:], mentioned)
