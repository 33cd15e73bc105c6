import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan import losses


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def cross_entropy(scores):
    """Mean over rows whose right column is the row's number; -inf does not count."""
    return np.mean([np.log(np.exp(row).sum()) - row[i] for i, row in enumerate(scores)])


@pytest.fixture
def vectors():
    return normal(5, 7), normal(5, 7, seed=1), normal(5, 3, 7, seed=2)


def test_equals_numpy(vectors):
    images, texts, _ = vectors
    scores = 4.0 * unit(images) @ unit(texts).T
    expected = (cross_entropy(scores) + cross_entropy(scores.T)) / 2
    np.testing.assert_allclose(losses.contrastive(images, texts, 4.0), expected, rtol=1e-5)


def test_what_is_the_same_and_hard_texts_equal_numpy(vectors):
    images, texts, hard = vectors
    same = np.eye(5, dtype=bool)
    same[0, 3] = same[3, 0] = same[2, 4] = True
    mask = np.ones((5, 3))
    mask[1, 2] = mask[4] = 0
    scores = 4.0 * unit(images) @ unit(texts).T
    scores[same & ~np.eye(5, dtype=bool)] = -np.inf
    hard_scores = 4.0 * np.einsum("bd,bkd->bk", unit(images), unit(hard))
    hard_scores[mask == 0] = -np.inf
    expected = cross_entropy(np.c_[scores, hard_scores]) + cross_entropy(scores.T)
    found = losses.contrastive(images, texts, 4.0, same, hard, mask)
    np.testing.assert_allclose(found, expected / 2, rtol=1e-5)


def test_the_length_of_vectors_does_not_count(vectors):
    images, texts, _ = vectors
    found = losses.contrastive(3.0 * images, 0.1 * texts)
    np.testing.assert_allclose(found, losses.contrastive(images, texts), rtol=1e-5)


def test_a_hard_text_costs_the_more_the_nearer_it_is(vectors):
    images, texts, _ = vectors
    costs = [
        float(
            losses.contrastive(images, texts, hard_vectors=share * images[:, None] + texts[:, None])
        )
        for share in (-1.0, 0.0, 1.0)
    ]
    assert costs[0] < costs[1] < costs[2]


def test_hardest_hinge_equals_numpy(vectors):
    images, texts, _ = vectors
    scores = unit(images) @ unit(texts).T
    same = np.zeros((5, 5), bool)
    same[1, 2] = True
    expected = []
    for table, left_out in ((scores, same), (scores.T, same.T)):
        others = np.where(np.eye(5, dtype=bool) | left_out, -np.inf, table).max(axis=1)
        expected.append(np.maximum(others - table.diagonal() + 0.2, 0).mean())
    found = losses.hardest_hinge(images, texts, 0.2, same)
    np.testing.assert_allclose(found, np.mean(expected), rtol=1e-5)


def test_gradients_are_finite_at_zero_vectors():
    images, texts = tf.zeros((3, 4)), tf.Variable(tf.zeros((3, 4)))
    with tf.GradientTape() as tape:
        loss = losses.contrastive(images, texts) + losses.hardest_hinge(images, texts)
    assert np.isfinite(tape.gradient(loss, texts)).all()
    np.testing.assert_allclose(loss, np.log(3) + 0.2, rtol=1e-5)


def test_half_precision_is_summed_in_float32(vectors):
    half = [keras.ops.cast(array, "bfloat16") for array in vectors[:2]]
    found = losses.contrastive(*half)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    wide = [keras.ops.cast(array, "float32") for array in half]
    np.testing.assert_allclose(found, losses.contrastive(*wide), rtol=1e-5)


def test_other_shapes_are_refused(vectors):
    images, texts, hard = vectors
    with pytest.raises(ValueError, match=r"must have one shape \(batch, dim\)"):
        losses.contrastive(images, texts[:4])
    with pytest.raises(ValueError, match="`hard_vectors` must have the shape"):
        losses.contrastive(images, texts, hard_vectors=hard[..., :4])
