import numpy as np
import pytest

from keras_stackgan.text import HashedNgramEncoder, train_on_attributes

COLORS = ("red", "green", "blue")
PARTS = ("wings", "tail")


def captions(count, seed):
    """Sentences of two colored parts, of which one may be left out."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 3, (count, 2))
    mask = rng.random((count, 2)) < 0.7
    mask[np.arange(count), rng.integers(0, 2, count)] = True
    texts = []
    for row, stated in zip(targets, mask, strict=True):
        said = [f"{COLORS[row[i]]} {PARTS[i]}" for i in rng.permutation(2) if stated[i]]
        texts.append("a bird with " + " and ".join(said))
    return texts, targets, mask


def small():
    return HashedNgramEncoder(num_buckets=128, hidden_dim=32, dim=8)


def train(encoder, seed=0, **kwargs):
    texts, targets, mask = captions(512, seed=0)
    keywords = {"epochs": 12, "batch_size": 32, "learning_rate": 5e-3, "seed": seed, **kwargs}
    return train_on_attributes(encoder, texts, targets, mask, [3, 3], **keywords)


def linear_accuracy(encoder):
    """Of a least-squares reading of one color from 8 numbers, on captions not seen."""
    scores = []
    texts, targets, mask = captions(512, seed=0)
    others, other_targets, other_mask = captions(256, seed=1)
    vectors, other_vectors = encoder(texts), encoder(others)
    for part in range(2):
        rows, other_rows = mask[:, part], other_mask[:, part]
        design = np.c_[vectors, np.ones(len(vectors))][rows]
        answer = np.linalg.lstsq(design, np.eye(3)[targets[rows, part]], rcond=None)[0]
        found = np.c_[other_vectors, np.ones(len(other_vectors))][other_rows] @ answer
        scores.append((found.argmax(1) == other_targets[other_rows, part]).mean())
    return np.mean(scores)


def test_a_linear_layer_reads_the_attributes_afterwards():
    encoder = small()
    before = linear_accuracy(encoder)
    history = train(encoder)
    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["accuracy"][-1] > 0.97
    assert linear_accuracy(encoder) > max(0.97, before)


def test_the_same_seed_gives_the_same_encoder():
    encoders = [small() for _ in range(3)]
    for encoder, seed in zip(encoders, (0, 0, 1), strict=True):
        train(encoder, seed, epochs=1)
    first, again, other = (encoder.fingerprint() for encoder in encoders)
    assert first == again != other


def test_what_is_not_stated_does_not_count():
    texts, targets, mask = captions(64, seed=0)
    encoders = [small(), small()]
    for encoder, unstated in zip(encoders, (0, -7), strict=True):
        given = np.where(mask, targets, unstated)
        train_on_attributes(encoder, texts, given, mask, {"wings": 3, "tail": 3}, epochs=1)
    assert encoders[0].fingerprint() == encoders[1].fingerprint()


def test_wrong_arrays_are_refused():
    with pytest.raises(ValueError, match=r"`targets` and `mask` must have .* \(1, 2\)"):
        train_on_attributes(small(), ["a"], [[0]], [[1]], [3, 3])
    with pytest.raises(ValueError, match=r"targets\[0, 1\]=3 with 3 values"):
        train_on_attributes(small(), ["a"], [[0, 3]], [[1, 1]], [3, 3])
    with pytest.raises(ValueError, match="`mask` must hold 0 and 1"):
        train_on_attributes(small(), ["a"], [[0, 0]], [[0, 0]], [3, 3])


def test_an_encoder_without_a_network_is_refused():
    with pytest.raises(TypeError, match="`encoder` must have `network`"):
        train_on_attributes(object(), ["a"], [[0]], [[1]], [3])
