import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan.losses import (
    binary_cross_entropy,
    get,
    least_squares,
    matching_terms,
    wasserstein,
)


def logits(seed, heads=("conditional", "unconditional"), rows=4):
    return {head: 3.0 * normal(rows, seed=10 * seed + index) for index, head in enumerate(heads)}


def bce(x, label):
    return np.mean(np.logaddexp(0.0, x) - label * x)


REAL, WRONG, FAKE = logits(1), logits(2), logits(3)
TEXT = ("conditional",)


def total(terms):
    return float(sum(terms.values()))


def test_v2_with_unconditional_heads():
    """NUMERICS 6: errD = (r + k r_u) + (w + k w_u) + (f + k f_u), w_u labelled 1."""
    for k in (1.0, 0.3):
        terms = matching_terms(binary_cross_entropy, REAL, FAKE, WRONG, unconditional_weight=k)
        expected = {
            "real": bce(REAL["conditional"], 1),
            "mismatched": bce(WRONG["conditional"], 0),
            "fake": bce(FAKE["conditional"], 0),
            "real_unconditional": k * bce(REAL["unconditional"], 1),
            "mismatched_unconditional": k * bce(WRONG["unconditional"], 1),
            "fake_unconditional": k * bce(FAKE["unconditional"], 0),
        }
        assert set(terms) == set(expected)
        for name, value in expected.items():
            np.testing.assert_allclose(terms[name], value, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("zero_weight", [False, True])
def test_halves(zero_weight):
    """v2 without unconditional heads, v1's Stage-I: errD = r + 0.5 * (w + f)."""
    heads = ("conditional", "unconditional") if zero_weight else TEXT
    real, wrong, fake = (logits(seed, heads) for seed in (1, 2, 3))
    terms = matching_terms(
        binary_cross_entropy,
        real,
        fake,
        wrong,
        weighting="halves",
        unconditional_weight=0.0 if zero_weight else 1.0,
    )
    r, w, f = (bce(x["conditional"], y) for x, y in ((real, 1), (wrong, 0), (fake, 0)))
    assert set(terms) == {"real", "mismatched", "fake"}
    np.testing.assert_allclose(total(terms), r + 0.5 * (w + f), rtol=1e-5)
    np.testing.assert_allclose(terms["mismatched"], 0.5 * w, rtol=1e-5)


def test_thirds():
    """v1's PyTorch Stage-II: (real + u_real) / 2 + (fake + wrong + u_fake) / 3, B - 1 wrong."""
    wrong = logits(2, TEXT, rows=3)
    terms = matching_terms(binary_cross_entropy, REAL, FAKE, wrong, weighting="thirds")
    real = bce(REAL["conditional"], 1) + bce(REAL["unconditional"], 1)
    other = bce(FAKE["conditional"], 0) + bce(wrong["conditional"], 0)
    other += bce(FAKE["unconditional"], 0)
    assert "mismatched_unconditional" not in terms and len(terms) == 5
    np.testing.assert_allclose(total(terms), real / 2 + other / 3, rtol=1e-5)


def test_unconditional_models():
    real, fake = (logits(seed, ("unconditional",)) for seed in (1, 3))
    terms = matching_terms(binary_cross_entropy, real, fake)
    assert set(terms) == {"real_unconditional", "fake_unconditional"}
    expected = bce(real["unconditional"], 1) + bce(fake["unconditional"], 0)
    np.testing.assert_allclose(total(terms), expected, rtol=1e-5)


@pytest.mark.parametrize("none", [None, []])
def test_without_mismatched(none):
    terms = matching_terms(binary_cross_entropy, REAL, FAKE, none)
    assert set(terms) == {"real", "fake", "real_unconditional", "fake_unconditional"}
    full = matching_terms(binary_cross_entropy, REAL, FAKE, WRONG)
    for name, term in terms.items():
        np.testing.assert_array_equal(term, full[name])


def test_several_mismatched():
    """Their mean counts, head by head; one may have a head that the other lacks."""
    second = logits(4, TEXT, rows=7)
    terms = matching_terms(binary_cross_entropy, REAL, FAKE, [WRONG, second])
    expected = 0.5 * (bce(WRONG["conditional"], 0) + bce(second["conditional"], 0))
    np.testing.assert_allclose(terms["mismatched"], expected, rtol=1e-5)
    expected = bce(WRONG["unconditional"], 1)
    np.testing.assert_allclose(terms["mismatched_unconditional"], expected, rtol=1e-5)
    one = matching_terms(binary_cross_entropy, REAL, FAKE, [WRONG])
    np.testing.assert_array_equal(
        one["mismatched"], matching_terms(binary_cross_entropy, REAL, FAKE, WRONG)["mismatched"]
    )


def test_weights():
    plain = matching_terms(binary_cross_entropy, REAL, FAKE, WRONG)
    terms = matching_terms(
        binary_cross_entropy, REAL, FAKE, WRONG, unconditional_weight=3.0, text_weight=2.0
    )
    for name, term in terms.items():
        factor = 3.0 if name.endswith("unconditional") else 2.0
        np.testing.assert_allclose(term, factor * plain[name], rtol=1e-6)
    without_text = matching_terms(binary_cross_entropy, REAL, FAKE, WRONG, text_weight=0.0)
    assert set(without_text) == {name for name in plain if name.endswith("unconditional")}
    nothing = {"text_weight": 0.0, "unconditional_weight": 0.0}
    assert matching_terms(binary_cross_entropy, REAL, FAKE, WRONG, **nothing) == {}


@pytest.mark.parametrize("loss", [least_squares, wasserstein, get("hinge").discriminator])
def test_other_losses(loss):
    terms = matching_terms(loss, REAL, FAKE, WRONG, weighting="halves")
    np.testing.assert_allclose(terms["real"], loss(REAL["conditional"], real=True))
    np.testing.assert_allclose(
        terms["mismatched_unconditional"], 0.5 * loss(WRONG["unconditional"], real=True)
    )
    np.testing.assert_allclose(
        terms["fake_unconditional"], 0.5 * loss(FAKE["unconditional"], real=False)
    )


def test_gradients():
    """A mismatched pair's text logit falls while its picture's logit rises."""
    wrong = {name: tf.constant(value) for name, value in WRONG.items()}
    with tf.GradientTape() as tape:
        tape.watch(wrong)
        terms = matching_terms(binary_cross_entropy, REAL, FAKE, wrong)
        value = sum(terms.values())
    gradients = tape.gradient(value, wrong)
    for name, label in (("conditional", 0), ("unconditional", 1)):
        expected = (1.0 / (1.0 + np.exp(-WRONG[name])) - label) / 4
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-4)


def test_unknown_weighting():
    with pytest.raises(ValueError, match="`weighting` must be one of 'sum', 'halves', 'thirds'"):
        matching_terms(binary_cross_entropy, REAL, FAKE, weighting="quarters")
