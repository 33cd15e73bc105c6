"""The noise of `generate`: known answers of the cipher, the normals' distribution, independence."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.models import counter_noise


def normal(*args, **kwargs):
    return np.asarray(counter_noise.normal(*args, **kwargs))


@pytest.mark.parametrize(
    ("key", "counter", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_the_known_answers(key, counter, expected):
    """Of Random123, the authors' own library: `kat_vectors`, threefry2x32 with 20 rounds."""

    def words(pair):
        return tuple(tf.constant(word, tf.uint32) for word in pair)

    found = counter_noise.threefry(words(key), words(counter))
    assert tuple(int(word) for word in found) == expected


def test_normals_have_the_normal_distribution():
    sample = normal(1, 0, 1000, 400, 0).reshape(-1).astype("float64")
    error = 4.0 / math.sqrt(sample.size)
    assert abs(sample.mean()) < error
    assert abs(sample.std() - 1.0) < error
    assert abs((sample**3).mean()) < 4 * error
    assert abs((sample**4).mean() - 3.0) < 10 * error
    for bound in (0.5, 1.0, 2.0, 3.0):
        expected = math.erfc(bound / math.sqrt(2.0)) / 2
        for tail in (np.mean(sample > bound), np.mean(sample < -bound)):
            assert abs(tail - expected) < error * math.sqrt(expected)


def test_uniform_numbers_lie_between_minus_one_and_one():
    sample = np.asarray(counter_noise.uniform(1, 0, 1000, 400, 0)).astype("float64")
    assert -1.0 < sample.min() < -0.9999 and 0.9999 < sample.max() < 1.0
    counts, _ = np.histogram(sample, 20, (-1.0, 1.0))
    assert np.abs(counts / sample.size - 0.05).max() < 4.0 * math.sqrt(0.05 / sample.size)
    # Picture 7 does not depend on how many are drawn.
    one = np.asarray(counter_noise.uniform(1, 7, 1, 400, 0))
    np.testing.assert_array_equal(one[0], sample[7].astype("float32"))


def test_truncated_normals_are_cut_at_two():
    sample = normal(1, 0, 1000, 400, 0, truncated=True).reshape(-1).astype("float64")
    assert np.abs(sample).max() <= 2.0
    assert sample.max() > 1.999 and sample.min() < -1.999
    density = math.exp(-2.0) / math.sqrt(2.0 * math.pi)
    variance = 1.0 - 4.0 * density / math.erf(math.sqrt(2.0))
    assert abs(sample.mean()) < 4.0 / math.sqrt(sample.size)
    assert abs(sample.std() - math.sqrt(variance)) < 4.0 / math.sqrt(sample.size)


@pytest.mark.parametrize("truncated", [False, True])
@pytest.mark.parametrize("bits", [0, 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1])
def test_no_bits_give_infinity(monkeypatch, bits, truncated):
    def threefry(key, counter):
        return (tf.fill((1, 1), tf.constant(bits, tf.uint32)),) * 2

    monkeypatch.setattr(counter_noise, "threefry", threefry)
    (number,) = normal(0, 0, 1, 1, 0, truncated=truncated)[0]
    assert abs(number) < 6.0
    assert number < 0 if bits < 2**31 else number > 0


def test_seeds_streams_and_pictures_are_independent():
    count = 20_000
    samples = [
        normal(1, 0, 2, count, 0)[0],
        normal(1, 0, 2, count, 0)[1],
        normal(2, 0, 1, count, 0)[0],
        normal(1, 0, 1, count, 1)[0],
        normal(1, 10**6, 1, count, 0)[0],
    ]
    correlation = np.corrcoef(samples) - np.eye(len(samples))
    assert np.abs(correlation).max() < 4.0 / math.sqrt(count)
    neighbors = np.corrcoef(samples[0][:-1], samples[0][1:])[0, 1]
    assert abs(neighbors) < 4.0 / math.sqrt(count)


def test_a_picture_gets_the_same_numbers_however_many_are_drawn():
    whole = normal(7, 0, 10, 6, 2)
    assert whole.shape == (10, 6) and whole.dtype == np.float32
    np.testing.assert_array_equal(normal(7, 0, 4, 6, 2), whole[:4])
    np.testing.assert_array_equal(normal(7, 3, 5, 6, 2), whole[3:8])
    np.testing.assert_array_equal(normal(7, 0, 10, 2, 2), whole[:, :2])


@pytest.mark.parametrize("seed", [0, 12345, -1, 2**31 - 1])
def test_graph_and_eager_draw_the_same(seed):
    @tf.function
    def draw(seed, first):
        return counter_noise.normal(seed, first, 3, 5, 1)

    inside = draw(tf.constant(seed, tf.int32), tf.constant(4, tf.int32))
    np.testing.assert_allclose(inside, normal(np.int32(seed), np.int32(4), 3, 5, 1), rtol=1e-6)
