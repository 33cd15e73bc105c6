import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.text import NgramHashing

ODD = [
    "",
    " ",
    "a red bird",
    "A RED BIRD.",
    "x" * 2000,
    "caf\u00e9 cr\u00e8me",
    "cafÃ© crÃ¨me",
    "\u65e5\u672c\u306e\u9ce5",
    "bird \U0001f426!",
    "tab\tnew\nline\x00end",
    "\u0130stanbul \u212a",
    "-_-",
    "red-winged bird, with \u201cblack\u201d \u2014 eyes\u2026",
    "a red " * 300,
    "a lone \ud800 surrogate",
]


def as_tensor(texts):
    return tf.constant([text.encode("utf-8", errors="ignore") for text in texts], tf.string)


@pytest.mark.parametrize("settings", [(2, 1, False), (2, 3, False), (1, 2, True), (4, 1, True)])
def test_counts_in_numpy_and_in_the_graph_are_the_same(settings):
    hashing = NgramHashing(512, *settings)
    graph = tf.function(hashing.graph)(as_tensor(ODD)).numpy()
    np.testing.assert_array_equal(graph, hashing(ODD))
    assert graph.dtype == hashing(ODD).dtype == np.uint8


def test_no_texts():
    hashing = NgramHashing(16)
    assert hashing([]).shape == tuple(hashing.graph(as_tensor([])).shape) == (0, 16)


def test_words_and_pairs_are_counted():
    hashing = NgramHashing(2**16)
    counts = hashing(["a red bird", "a", "red", "bird", "a red", "red bird"])
    first, a, red, bird, a_red, red_bird = counts.astype(int)
    np.testing.assert_array_equal(first, a_red + red_bird - red)
    assert a_red.sum() == 3 and (a_red >= a + red).all()
    assert first.sum() == 5 and (first >= bird).all()
    assert NgramHashing(2**16, max_distance=2)(["a red bird"]).sum() == 6
    assert NgramHashing(2**16, max_words=3)(["a red bird"]).sum() == 6
    assert NgramHashing(2**16, max_words=1)(["a red bird"]).sum() == 3


def test_groups_end_with_the_clause():
    hashing = NgramHashing(2**16, max_words=3, max_distance=2, clauses=True)
    parted, first, second = hashing(["a red bird, on snow; big", "a red bird", "on snow"])
    np.testing.assert_array_equal(parted, first + second + hashing(["big"])[0])
    joined = NgramHashing(2**16, max_words=3, max_distance=2)
    np.testing.assert_array_equal(*joined(["a red bird, on snow", "a red bird on snow"]))


def test_pairs_know_their_order_and_distance():
    near, swapped, apart = NgramHashing(2**16, 2, 2)(["red wing", "wing red", "red of wing"])
    words = (near > 0) & (swapped > 0)
    assert words.sum() == 2
    pair = (near > 0) & ~words
    assert pair.sum() == 1 and not swapped[pair].any() and not apart[pair].any()


def test_case_accents_and_punctuation_do_not_count():
    counts = NgramHashing(2**16)(["a cafe red bird", "A CAF\u00c9, red-bird!", "a cafe red birds"])
    np.testing.assert_array_equal(counts[0], counts[1])
    assert (counts[0] != counts[2]).any()


def test_counts_are_those_of_the_first_release():
    # Saved encoders are useless if their buckets move.
    found = [
        np.flatnonzero(row).tolist() for row in NgramHashing(2048, 2, 3)(["a red bird", "\u9ce5"])
    ]
    assert found == [[86, 192, 572, 747, 1237, 1726], [1146]]


def test_triples_are_those_of_the_first_release():
    counts = NgramHashing(4096, 3, 1, True)(["a red bird", "a, red bird"])
    assert [np.flatnonzero(row).tolist() for row in counts] == [
        [86, 2240, 2620, 3285, 3318, 3774],
        [86, 2240, 2620, 3774],
    ]


def test_words_spread_over_the_buckets():
    counts = NgramHashing(64)([f"word{number}" for number in range(64 * 50)]).sum(axis=0)
    assert counts.min() > 20 and counts.max() < 90


def test_counts_stop_at_255():
    assert NgramHashing(8)(["red " * 5000]).max() == 255
