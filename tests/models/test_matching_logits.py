"""Which pairs a discriminator judges in one step, and in what order."""

import numpy as np

from keras_stackgan.models.matching_logits import matching_logits
from keras_stackgan.models.stackgan_v2 import StackGANv2Discriminator

RNG = np.random.default_rng(0)
REAL, OTHER, FAKE = RNG.normal(size=(3, 4, 16, 16, 3)).astype("float32")
CONDITION = RNG.normal(size=(4, 5)).astype("float32")


class Recorder:
    """Passes everything on to a discriminator and notes what was judged."""

    def __init__(self, **kwargs):
        self.network = StackGANv2Discriminator(16, 2, condition_dim=5, **kwargs)
        self.calls = []

    def features(self, images, training=None):
        self.calls.append(("features", self.name(images), training))
        return self.network.features(images, training=training)

    def head(self, features, condition, training=None):
        self.calls.append(("head", len(features), training))
        return self.network.head(features, condition, training=training)

    def __call__(self, images, condition, training=None):
        self.calls.append(("both", self.name(images), training))
        return self.network(images, condition, training=training)

    @staticmethod
    def name(images):
        named = {"real": REAL, "other": OTHER, "fake": FAKE}
        return next(name for name, array in named.items() if array is images)

    def expected(self, images, condition):
        return self.network(images, condition, training=True)


def assert_logits(found, expected):
    assert set(found) == set(expected)
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], atol=1e-6)


def test_other_pictures_take_a_pass_between_real_and_fake():
    judge = Recorder()
    real, mismatched, fake = matching_logits(
        judge, REAL, FAKE, CONDITION, mismatched_images=OTHER, training=True
    )
    assert judge.calls == [
        ("features", "real", True),
        ("head", 4, True),
        ("both", "other", True),
        ("both", "fake", True),
    ]
    assert_logits(real, judge.expected(REAL, CONDITION))
    assert_logits(mismatched[0], judge.expected(OTHER, CONDITION))
    assert_logits(fake, judge.expected(FAKE, CONDITION))


def test_other_texts_take_the_head_alone():
    judge = Recorder()
    conditions = [CONDITION[::-1], CONDITION[1:]]
    real, mismatched, _ = matching_logits(
        judge, REAL, FAKE, CONDITION, mismatched_conditions=conditions, training=True
    )
    assert judge.calls == [
        ("features", "real", True),
        ("head", 4, True),
        ("head", 4, True),
        ("head", 3, True),
        ("both", "fake", True),
    ]
    whole, part = mismatched
    expected = judge.expected(REAL, CONDITION[::-1])["conditional"]
    np.testing.assert_allclose(whole["conditional"], expected, atol=1e-6)
    # Fewer texts than pictures: the first pictures are judged, on all pictures' features.
    features = judge.network.features(REAL, training=True)[:3]
    expected = judge.network.head(features, CONDITION[1:], training=True)["conditional"]
    np.testing.assert_allclose(part["conditional"], expected, atol=1e-6)
    # Without their text both pairs are the real picture, which counts once.
    assert whole["unconditional"] is real["unconditional"]
    assert "unconditional" not in part


def test_no_mismatched_pairs():
    judge = Recorder()
    _, mismatched, _ = matching_logits(judge, REAL, FAKE, CONDITION, training=False)
    assert mismatched == []
    assert [call[2] for call in judge.calls] == [False, False, False]


def test_heads_that_are_off_stay_off():
    judge = Recorder(unconditional=False)
    _, mismatched, fake = matching_logits(
        judge, REAL, FAKE, CONDITION, mismatched_conditions=[CONDITION[::-1]]
    )
    assert set(mismatched[0]) == set(fake) == {"conditional"}
    judge = Recorder(conditional=False)
    real, mismatched, _ = matching_logits(judge, REAL, FAKE, None)
    assert set(real) == {"unconditional"} and mismatched == []
