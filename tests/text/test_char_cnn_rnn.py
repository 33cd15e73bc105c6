import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import run_layer_test

from keras_stackgan.text import CharCNNRNN, TextEncoder
from keras_stackgan.text.char_cnn_rnn import ALPHABET
from keras_stackgan.text.character_recurrence import CharacterRecurrence

RECORDED = np.load(pathlib.Path(__file__).parent / "data" / "char_cnn_rnn.npz")
# Parameters of the PyTorch port in its order; the record's weights were drawn in it.
ORDER = ("conv1", "conv2", "conv3", "i2h", "h2h", "projection")
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
]


@pytest.fixture(scope="module", params=["cvpr", "icml_flowers"])
def encoder(request):
    made = CharCNNRNN(request.param)
    made.set_weights(drawn(made))
    return made


def drawn(encoder):
    """The record's weights: uniform in +-0.08, drawn in the port's order and layout."""
    rng = np.random.RandomState(0)
    paths = {}
    for path, array in encoder.get_weights().items():
        layer, kind = path.split("/")[-2:]
        paths[layer, kind] = path, array.shape
    made = {}
    for layer in ORDER:
        path, shape = paths[layer, "kernel"]
        made[path] = rng.uniform(-0.08, 0.08, shape[::-1]).T.astype("float32")
        path, shape = paths[layer, "bias"]
        made[path] = rng.uniform(-0.08, 0.08, shape).astype("float32")
    return made


def test_parameter_counts_are_the_published_ones():
    assert CharCNNRNN("cvpr").network.count_params() == 1_814_144
    assert CharCNNRNN("icml_flowers").network.count_params() == 2_994_560


def test_vectors_equal_the_recorded_ones(encoder):
    sentences = [str(sentence) for sentence in RECORDED["sentences"]]
    np.testing.assert_allclose(encoder(sentences), RECORDED[encoder.form], atol=2e-6)


@pytest.mark.parametrize("unknown", ["space", "skip"])
def test_tokens_in_python_and_in_the_graph_are_the_same(unknown):
    encoder = CharCNNRNN(unknown=unknown)
    strings = tf.constant([text.encode() for text in ODD])
    graph = tf.function(encoder.graph_inputs_of)(strings).numpy()
    np.testing.assert_array_equal(graph, encoder.inputs_of(ODD))
    assert graph.shape == (len(ODD), 201)


def test_graph_vectors_equal_the_eager_ones(encoder):
    found = tf.function(encoder.graph_encode)(tf.constant([text.encode() for text in ODD]))
    np.testing.assert_allclose(found, encoder(ODD), atol=1e-6)


def test_what_characters_become():
    encoder, skipping = CharCNNRNN(), CharCNNRNN(unknown="skip")
    # The later of the two places of '-'.
    assert encoder.inputs_of(["aZ-é "])[0, :6].tolist() == [1, 26, 60, 70, 70, 0]
    assert skipping.inputs_of(["aZ-é "])[0, :6].tolist() == [1, 26, 60, 0, 70, 0]
    assert len(ALPHABET) == 70 and ALPHABET.rindex("-") == 59
    long = encoder.inputs_of(["b" * 2000])
    assert (long == 2).all() and long.shape == (1, 201)


def test_broken_utf8_is_unknown_and_never_an_error():
    encoder = CharCNNRNN()
    tokens = encoder.graph_inputs_of(tf.constant([b"a\xffb", b"\xc3"])).numpy()
    assert tokens[0, :3].tolist() == [1, 70, 2] and tokens[1, 0] == 70


def test_saved_and_loaded(encoder, tmp_path):
    encoder.save(tmp_path / "encoder")
    loaded = TextEncoder.load(tmp_path / "encoder")
    assert isinstance(loaded, CharCNNRNN) and loaded.get_config() == encoder.get_config()
    assert loaded.fingerprint() == encoder.fingerprint()
    np.testing.assert_array_equal(loaded(ODD[:3]), encoder(ODD[:3]))


def test_other_weights_change_the_fingerprint(encoder):
    assert CharCNNRNN(encoder.form).fingerprint() != encoder.fingerprint()


def test_many_sentences_in_parts_with_progress(encoder):
    seen = []
    texts = [f"bird {number}" for number in range(70)]
    vectors = encoder(texts, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64, 70), (70, 70)]
    np.testing.assert_allclose(vectors[65:], encoder(texts[65:]), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"form": "nips"}, "`form` must be one of.*'nips'"),
        ({"unknown": "drop"}, "`unknown` must be one of"),
        ({"dim": 0}, "`dim` must be"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        CharCNNRNN(**arguments)


def test_weights_of_another_form():
    with pytest.raises(ValueError, match="`weights` must be those of a CharCNNRNN"):
        CharCNNRNN("cvpr").set_weights(CharCNNRNN("icml_flowers").get_weights())


def test_recurrence_is_a_layer():
    inputs = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
    run_layer_test(CharacterRecurrence, {"units": 6}, [inputs])


def test_recurrence_follows_its_equation():
    inputs = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    layer = CharacterRecurrence(4)
    layer.build(inputs.shape)
    for dense in (layer.i2h, layer.h2h):
        dense.bias.assign(np.random.default_rng(1).normal(size=4))
    w, b = (keras.ops.convert_to_numpy(v) for v in (layer.i2h.kernel, layer.i2h.bias))
    u, c = (keras.ops.convert_to_numpy(v) for v in (layer.h2h.kernel, layer.h2h.bias))
    states = [np.maximum(inputs[:, 0] @ w + b, 0)]
    for t in (1, 2):
        states.append(np.maximum(inputs[:, t] @ w + b + states[-1] @ u + c, 0))
    found = keras.ops.convert_to_numpy(layer(inputs))
    np.testing.assert_allclose(found, np.mean(states, axis=0), atol=1e-6)
