import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch7_files
from helpers import run_layer_test
from torch7_files import Lua

from keras_stackgan.text import CharCNNRNN, TextEncoder
from keras_stackgan.text.char_cnn_rnn import ALPHABET
from keras_stackgan.text.character_gated_recurrence import CharacterGatedRecurrence
from keras_stackgan.text.character_recurrence import CharacterRecurrence

RECORDED = np.load(pathlib.Path(__file__).parent / "data" / "char_cnn_rnn.npz")
# Parameters of the PyTorch port in its order; the record's weights were drawn in it.
CONVOLUTIONS = ("conv1", "conv2", "conv3")
PLAIN = (*CONVOLUTIONS, "i2h", "h2h", "projection")
GATES = ("i2h_update", "h2h_update", "i2h_reset", "h2h_reset")
ORDER = {
    "cvpr": PLAIN,
    "icml_flowers": PLAIN,
    "icml_birds": (*CONVOLUTIONS, *GATES, "i2h", "h2h", "projection"),
}
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


@pytest.fixture(scope="module", params=list(ORDER))
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
    for layer in ORDER[encoder.form]:
        path, shape = paths[layer, "kernel"]
        made[path] = rng.uniform(-0.08, 0.08, shape[::-1]).T.astype("float32")
        path, shape = paths[layer, "bias"]
        made[path] = rng.uniform(-0.08, 0.08, shape).astype("float32")
    return made


def test_parameter_counts_are_the_published_ones():
    assert CharCNNRNN("cvpr").network.count_params() == 1_814_144
    assert CharCNNRNN("icml_flowers").network.count_params() == 2_994_560
    assert CharCNNRNN("icml_birds").network.count_params() == 4_045_184


def recorded_of_birds(encoder, sentences):
    """What the PyTorch port makes of a batch with its gated recurrence.

    Its first state has one axis too many, so that every later step pairs each sentence's state with
    the letters of all: row `a` is the mean over all chains that begin with sentence `a`.
    """
    rows = encoder.inputs_of(sentences)
    inputs = keras.Model(
        encoder.network.input, encoder.network.get_layer("recurrence").input, name="convolutions"
    )(rows)
    recurrence = encoder.network.get_layer("recurrence")
    first = keras.ops.convert_to_numpy(keras.ops.tanh(recurrence.i2h(inputs[:, 0])))
    states = []
    for a in range(len(sentences)):
        chains = np.array(inputs)
        steps = chains.shape[1]
        chains[:, 0] = chains[a, 0]
        later = steps * keras.ops.convert_to_numpy(recurrence(chains)) - first[a]
        states.append((first[a] + later.sum(axis=0)) / (1 + len(sentences) * (steps - 1)))
    projection = encoder.network.get_layer("projection")
    return keras.ops.convert_to_numpy(projection(np.array(states)))


def test_vectors_equal_the_recorded_ones(encoder):
    sentences = [str(sentence) for sentence in RECORDED["sentences"]]
    if encoder.form == "icml_birds":
        found = recorded_of_birds(encoder, sentences)
    else:
        found = encoder(sentences)
    np.testing.assert_allclose(found, RECORDED[encoder.form], atol=2e-6)


def test_sentences_of_a_batch_do_not_meet(encoder):
    np.testing.assert_allclose(encoder(ODD)[3:4], encoder(ODD[3:4]), atol=1e-6)


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


@pytest.mark.parametrize("recurrence", [CharacterRecurrence, CharacterGatedRecurrence])
def test_recurrences_are_layers(recurrence):
    inputs = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
    run_layer_test(recurrence, {"units": 6}, [inputs])


def test_gated_recurrence_follows_its_equations():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(3, 5, 4))
    layer = CharacterGatedRecurrence(4)
    layer.build(inputs.shape)
    weights = {}
    for weight in layer.weights:
        weights[weight.path.split("/")[-2:][0], weight.name] = rng.normal(size=weight.shape)
        weight.assign(weights[weight.path.split("/")[-2:][0], weight.name])

    def product(name, x):
        return x @ weights[name, "kernel"] + weights[name, "bias"]

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    h = np.tanh(product("i2h", inputs[:, 0]))
    total = h.copy()
    for x in inputs[:, 1:].transpose(1, 0, 2):
        z = sigmoid(product("i2h_update", x) + product("h2h_update", h))
        r = sigmoid(product("i2h_reset", x) + product("h2h_reset", h))
        n = np.tanh(product("i2h", x) + product("h2h", r * h))
        h = z * n + (1 - z) * h
        total += h
    found = keras.ops.convert_to_numpy(layer(inputs.astype("float32")))
    np.testing.assert_allclose(found, total / 5, atol=1e-6)


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


def by_layer(weights):
    """Pairs of kernel and bias."""
    pairs = {}
    for path, array in weights.items():
        layer, kind = path.split("/")[-2:]
        pairs.setdefault(layer, [None, None])[kind == "bias"] = array
    return pairs


def test_weights_of_the_original_training(encoder, tmp_path):
    weights = encoder.get_weights()
    content = torch7_files.network(by_layer(weights))
    for name, value in {"whole": content, "text": content["protos"]["enc_doc"]}.items():
        found = CharCNNRNN.from_t7(torch7_files.write(tmp_path / f"{name}.t7", value), "skip")
        assert found.form == encoder.form and found.unknown == "skip" and found.dim == 1024
        for path, array in found.get_weights().items():
            np.testing.assert_array_equal(array, weights[path], err_msg=path)


def small_network():
    shapes = {"conv1": (4, 70, 5), "conv2": (4, 384, 5), "conv3": (4, 512, 256)}
    shapes.update({"i2h": (256, 256), "h2h": (256, 256), "projection": (256, 8)})
    return torch7_files.network(
        {name: (np.zeros(s, "f4"), np.zeros(s[-1], "f4")) for name, s in shapes.items()}
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.pop("protos"), "it has no 'protos'"),
        (lambda f: f["protos"].pop("enc_doc"), "protos has no 'enc_doc'"),
        (lambda f: f["protos"].update(enc_doc=1.0), "a float stands in the place of a network"),
        (lambda f: layers(f).pop(), "nn.gModule has no 6"),
        (lambda f: layers(f)[3].fields.update(modules="x"), "nn.gModule has no list of modules"),
        (lambda f: layers(f)[5].fields.pop("bias"), "projection has no 'bias'"),
        (lambda f: layers(f)[5].fields.update(bias="x"), "projection has weights that are no"),
        (lambda f: layers(f)[5].fields.update(bias=np.zeros(7)), "8 rows of weights and 7 biases"),
        (
            lambda f: convolution(f).update(weight=np.zeros((5, 12))),
            "conv1 has 12 weights a filter",
        ),
        (lambda f: layers(f)[3].fields["modules"].append(Lua("nn.Sigmoid")), "no 'modules'"),
        (lambda f: None, "`weights` must be those of a CharCNNRNN"),
    ],
)
def test_files_of_other_networks(change, message, tmp_path):
    content = small_network()
    change(content)
    with pytest.raises(ValueError, match=message):
        CharCNNRNN.from_t7(torch7_files.write(tmp_path / "other.t7", content))


def layers(content):
    return content["protos"]["enc_doc"].fields["modules"]


def convolution(content):
    return layers(content)[1].fields["modules"][0].fields


def test_a_gated_recurrence_that_gives_its_last_state(tmp_path):
    weights = by_layer(CharCNNRNN("icml_birds").get_weights())
    path = torch7_files.write(tmp_path / "last.t7", torch7_files.network(weights, averaged=False))
    with pytest.raises(ValueError, match="gives its last state instead of the mean"):
        CharCNNRNN.from_t7(path)


def test_network_trains(encoder):
    network = keras.models.clone_model(encoder.network)
    network.compile(optimizer="sgd", loss="mse", jit_compile=False)
    before = [np.array(weight) for weight in network.get_weights()]
    network.train_on_batch(encoder.inputs_of(["a red bird", "a bee"]), np.ones((2, 1024)))
    for old, new, weight in zip(before, network.get_weights(), network.weights, strict=True):
        assert (old != new).any(), weight.path
