"""How embeddings are standardized."""

import numpy as np
import pytest
from keras import ops
from small_models import batch, small_v1, small_v2

from keras_stackgan.models import generation


def test_entries_that_never_change_keep_their_scale():
    model = small_v2()
    embeddings = np.random.default_rng(0).normal(2.0, 0.5, size=(50, 8)).astype("float32")
    embeddings[:, 3] = 0.25
    model.adapt_embeddings(embeddings)
    found = ops.convert_to_numpy(model.standardize(embeddings))
    varied = np.delete(found, 3, axis=1)
    np.testing.assert_allclose(varied.mean(0), 0.0, atol=1e-4)
    np.testing.assert_allclose(varied.std(0), 1.0, atol=1e-4)
    np.testing.assert_allclose(found[:, 3], 0.0, atol=1e-6)
    embeddings[:, 3] += 0.05
    found = ops.convert_to_numpy(model.standardize(embeddings))
    np.testing.assert_allclose(found[:, 3], 0.05, atol=1e-6)


def test_embeddings_that_are_not_finite_are_refused():
    model = small_v2()
    embeddings = np.ones((4, 8), "float32")
    embeddings[2, 1] = np.nan
    with pytest.raises(ValueError, match="`embeddings` must be finite"):
        model.adapt_embeddings(embeddings)
    np.testing.assert_array_equal(model.embedding_mean, np.zeros(8))


# === A call of the model ===


@pytest.mark.parametrize("make", [small_v1, small_v2])
def test_a_call_draws_what_generate_from_draws(make):
    model = make()
    embeddings = np.random.default_rng(1).normal(3.0, 5.0, size=(10, 8)).astype("float32")
    model.adapt_embeddings(embeddings)
    noise = model.draw_noise(2)
    called = model({**noise, "embeddings": embeddings[:2]})
    expected = model.generate_from(noise, embeddings=embeddings[:2]).astype(int)
    ours = np.asarray(generation.to_uint8(called["images"][-1]))
    assert np.abs(ours - expected).max() <= 1
    plain = model.averaged_generator({**noise, "embeddings": embeddings[:2]})["images"][-1]
    assert not np.array_equal(called["images"][-1], plain)


def test_a_call_takes_labels():
    model = small_v2(image_sizes=(16,), embedding_dim=None, num_classes=3)
    noise = model.draw_noise(2)
    called = model({**noise, "labels": np.array([2, 0])})["images"][-1]
    expected = model.generate_from(noise, labels=[2, 0]).astype(int)
    assert np.abs(np.asarray(generation.to_uint8(called)) - expected).max() <= 1


def test_a_call_without_noise_or_condition_says_so():
    model = small_v2(image_sizes=(16,))
    with pytest.raises(ValueError, match=r"\['noise', 'embeddings'\].*'images'\].*use `generate`"):
        model.predict(batch(size=16), verbose=0)
    with pytest.raises(ValueError, match=r"\['noise', 'embeddings'\].*keys \['noise'\]"):
        model({"noise": np.ones((1, 5))})
    with pytest.raises(ValueError, match=r"takes a dict with.*Received: .*use `generate`"):
        model(np.ones((1, 5)))
