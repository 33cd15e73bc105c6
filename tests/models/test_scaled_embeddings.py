"""How embeddings are standardized."""

import numpy as np
import pytest
from keras import ops
from small_models import small_v2


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
