"""What makes features: the interface, and networks of one's own."""

import keras
import numpy as np
import pytest
from small_judges import color_extractor, two_colored

from keras_stackgan.metrics import (
    ApplicationExtractor,
    AttributeClassifier,
    ClassifierExtractor,
    FeatureExtractor,
)


def test_works_in_batches():
    images, _ = two_colored(10)
    extractor = color_extractor()
    extractor.batch_size = 4
    whole, chances = extractor.features_and_probabilities(images)
    assert whole.shape == (10, 6) and whole.dtype == np.float32 and chances.shape == (10, 3)
    np.testing.assert_array_equal(extractor(images[4:8]), whole[4:8])
    assert extractor(images[:0]).shape == (0, 6)


def test_brings_pictures_to_the_networks_size():
    seen = []

    def network(pictures):
        seen.append(np.asarray(pictures))
        return np.asarray(pictures).mean(axis=(1, 2))

    extractor = FeatureExtractor("mean", network, 3, image_size=8, resize="area")
    small = extractor.at(4)
    images, _ = two_colored(3)
    by_area = images.reshape(3, 4, 4, 4, 4, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(extractor(images), images.mean(axis=(1, 2)), atol=1e-3)
    assert seen[-1].shape == (3, 8, 8, 3)
    np.testing.assert_allclose(small(images), by_area.mean(axis=(1, 2)), atol=0.5)
    assert (extractor.resize, small.resize) == ("area", "area to 4, then area")
    assert small.name == extractor.name


def test_says_what_is_wrong():
    extractor = FeatureExtractor("wrong", lambda x: np.zeros((len(x), 2)), 3)
    with pytest.raises(ValueError, match=r"`function` of 'wrong' must give .* \(n, 3\)"):
        extractor(two_colored(2)[0])
    with pytest.raises(ValueError, match="`pictures` must be uint8"):
        extractor(np.zeros((2, 8, 8, 3), "float32"))


def test_a_classifier_gives_features_and_probabilities():
    keras.utils.set_random_seed(0)
    judge = AttributeClassifier({"left": 3, "label": 4}, 16, 4)
    images, _ = two_colored(3, 32)
    extractor = ClassifierExtractor(judge, "label")
    features, chances = extractor.features_and_probabilities(images)
    np.testing.assert_allclose(features, judge.features(images), atol=1e-6)
    logits = judge(images)["label"].numpy()
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(chances, expected, atol=1e-5)
    other = ClassifierExtractor(AttributeClassifier({"left": 3, "label": 4}, 16, 4))
    assert other.features_and_probabilities(images)[1] is None
    assert extractor.name.startswith("plain-16-") and extractor.name != other.name
    with pytest.raises(ValueError, match="`label` must be one of"):
        ClassifierExtractor(judge, "species")


def test_a_keras_application_gives_features():
    inputs = keras.Input((12, 12, 3))
    maps = keras.layers.Conv2D(5, 3, name="maps")(inputs)
    extractor = ApplicationExtractor(keras.Model(inputs, maps, name="net"), lambda x: x / 255.0)
    images, _ = two_colored(3)
    features = extractor(images)
    assert features.shape == (3, 5) and extractor.name.startswith("net-")
    pooled = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(maps), name="net")
    again = ApplicationExtractor(pooled, lambda x: x / 255.0)
    np.testing.assert_allclose(again(images), features, atol=1e-5)
    sizes = [ApplicationExtractor(pooled, image_size=size).name for size in (12, 24)]
    functions = [lambda x: x / 127.5 - 1.0, lambda x: x / 255.0, None]
    names = [ApplicationExtractor(pooled, function).name for function in functions]
    assert len({*sizes, *names, again.name}) == 4 and names[1] == again.name
    anything = keras.Input((None, None, 3))
    free = keras.Model(anything, keras.layers.Conv2D(5, 3)(anything))
    with pytest.raises(ValueError, match="`image_size` must be given"):
        ApplicationExtractor(free)
