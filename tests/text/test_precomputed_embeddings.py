import json
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch7_files

from keras_stackgan.text import PrecomputedEmbeddings, TextEncoder

TEXTS = ["a red bird", "", "caf\u00e9\n\u65e5\u672c", "x" * 2000]
VECTORS = np.arange(12, dtype="float32").reshape(4, 3)


@pytest.fixture
def encoder():
    return PrecomputedEmbeddings(TEXTS, VECTORS)


def test_looks_up(encoder):
    assert encoder.dim == 3
    np.testing.assert_array_equal(encoder([TEXTS[2], TEXTS[0], TEXTS[0]]), VECTORS[[2, 0, 0]])
    np.testing.assert_array_equal(encoder(""), VECTORS[1:2])


@pytest.mark.parametrize("text", ["a red  bird", "A red bird", "a red bird ", "\u65e5", "y" * 2000])
def test_unknown_texts(encoder, text):
    message = "among the 4 that vectors were computed for.*'a red bird'.*Received: 1 others"
    with pytest.raises(ValueError, match=message) as caught:
        encoder([TEXTS[0], text])
    assert len(str(caught.value)) < 500
    with pytest.raises(tf.errors.InvalidArgumentError, match="among the 4 that vectors"):
        encoder.graph_encode(tf.constant([TEXTS[0], text]))


def test_several_vectors_for_a_text_are_averaged():
    vectors = np.arange(12, dtype="float32").reshape(2, 2, 3)
    np.testing.assert_array_equal(
        PrecomputedEmbeddings(["a", "b"], vectors)(["b", "a"]), vectors.mean(axis=1)[::-1]
    )
    nested = PrecomputedEmbeddings([["a", "b"], ("c", "a")], vectors)
    assert nested.texts == ["a", "b", "c"]
    expected = [vectors[[0, 1], [0, 1]].mean(axis=0), vectors[0, 1], vectors[1, 0]]
    np.testing.assert_array_equal(nested(["a", "b", "c"]), expected)


def test_in_the_graph_and_exported(encoder, tmp_path):
    module = tf.Module()
    module.encode = tf.function(encoder.graph_encode, [tf.TensorSpec([None], tf.string)])
    module.resources = encoder.resources()
    strings = tf.constant([TEXTS[2], TEXTS[1]])
    np.testing.assert_array_equal(module.encode(strings), VECTORS[[2, 1]])
    tf.saved_model.save(module, tmp_path / "exported")
    loaded = tf.saved_model.load(tmp_path / "exported")
    np.testing.assert_array_equal(loaded.encode(strings), VECTORS[[2, 1]])
    assert loaded.encode(tf.constant([], tf.string)).shape == (0, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="a green bird"):
        loaded.encode(tf.constant(["a green bird"]))


def test_saved_and_loaded(encoder, tmp_path):
    encoder.save(tmp_path / "encoder")
    loaded = TextEncoder.load(tmp_path / "encoder")
    assert isinstance(loaded, PrecomputedEmbeddings)
    assert loaded.fingerprint() == encoder.fingerprint()
    np.testing.assert_array_equal(loaded(TEXTS), VECTORS)
    assert "texts" not in json.loads((tmp_path / "encoder/config.json").read_text())["config"]
    other = PrecomputedEmbeddings(TEXTS, VECTORS + 1)
    assert other.fingerprint() != encoder.fingerprint()


def test_weights_of_another_shape(encoder):
    with pytest.raises(ValueError, match=r"'vectors' of shape \(4, 3\) and nothing else"):
        encoder.set_weights({"vectors": VECTORS[:2]})
    encoder.graph_encode(tf.constant([TEXTS[0]]))
    encoder.set_weights({"vectors": VECTORS + 1})
    np.testing.assert_array_equal(encoder.graph_encode(tf.constant([TEXTS[0]])), VECTORS[:1] + 1)


@pytest.mark.parametrize(
    ("texts", "vectors", "error", "message"),
    [
        (["a"], np.zeros((2, 3)), ValueError, r"N as many as `texts` \(1\). Received: \(2, 3\)"),
        ([], np.zeros((0, 3)), ValueError, "`vectors` must have the shape"),
        (["a"], np.zeros(3), ValueError, "`vectors` must have the shape"),
        (["a", b"b"], np.zeros((2, 3)), TypeError, "`texts` must hold strings.*b'b'"),
        (["a", ["b"]], np.zeros((2, 3)), TypeError, "must hold nothing but strings"),
        ([["a", 1]], np.zeros((1, 2, 3)), TypeError, "must hold nothing but strings"),
        ([["a", "b"], ["c"]], np.zeros((2, 2, 3)), ValueError, r"lists of \[1, 2\] strings"),
        ([["a", "b"]], np.zeros((1, 3)), ValueError, "as many strings in each"),
        (["a", "b"], [[0.0], [np.nan]], ValueError, "`vectors` must be finite.*'b'"),
    ],
)
def test_bad_arguments(texts, vectors, error, message):
    with pytest.raises(error, match=message):
        PrecomputedEmbeddings(texts, vectors)


# === Files ===


def write_pickle(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def files(folder):
    """The same vectors in every form that says whose they are."""
    by_text = dict(zip(TEXTS, VECTORS, strict=True))
    np.savez(folder / "arrays.npz", texts=np.array(TEXTS), vectors=VECTORS)
    # Python 2 wrote texts as bytes; what it made of them is the same in Python 3's protocol 2.
    old = b"\x80\x02}(" + b"".join(
        b"U" + bytes([len(text.encode())]) + text.encode() + pickle.dumps(vector, 2)[2:-1]
        for text, vector in list(by_text.items())[:3]
    )
    (folder / "old.pickle").write_bytes(old + b"u.")
    return [
        folder / "arrays.npz",
        write_pickle(folder / "new.pkl", by_text, 4),
        write_pickle(folder / "two.pickle", by_text),
        torch7_files.write(folder / "table.t7", by_text),
        folder / "old.pickle",
    ]


def test_files_that_say_whose_the_vectors_are(tmp_path):
    for path in files(tmp_path):
        texts = TEXTS[:3] if path.name == "old.pickle" else TEXTS
        encoder = PrecomputedEmbeddings.from_file(path)
        assert encoder.texts == texts, path
        np.testing.assert_array_equal(encoder(texts), VECTORS[: len(texts)], err_msg=str(path))


def test_files_that_do_not(tmp_path):
    np.save(tmp_path / "array.npy", VECTORS)
    np.savez(tmp_path / "arrays.npz", vectors=VECTORS.astype("float64"))
    for path in (
        tmp_path / "array.npy",
        tmp_path / "arrays.npz",
        write_pickle(tmp_path / "list.pickle", list(VECTORS)),
        torch7_files.write(tmp_path / "tensor.t7", VECTORS),
        torch7_files.write(tmp_path / "list.t7", list(VECTORS)),
    ):
        with pytest.raises(ValueError, match=f"{path.name}' does not say.*4 vectors.*`texts`"):
            PrecomputedEmbeddings.from_file(path)
        encoder = PrecomputedEmbeddings.from_file(path, TEXTS)
        np.testing.assert_array_equal(encoder(TEXTS), VECTORS)


def test_the_released_pickles(tmp_path):
    names = ["001.Black/Bird_1", "002.White/Bird_2"]
    vectors = np.arange(12, dtype="float32").reshape(2, 2, 3)
    write_pickle(tmp_path / "filenames.pickle", names, 0)
    path = write_pickle(tmp_path / "char-CNN-RNN-embeddings.pickle", list(vectors))
    by_picture = PrecomputedEmbeddings.from_file(path)
    np.testing.assert_array_equal(by_picture(names[1]), vectors[1:].mean(axis=1))
    by_caption = PrecomputedEmbeddings.from_file(path, [["a", "b"], ["c", "d"]])
    np.testing.assert_array_equal(by_caption(["d", "a"]), vectors[[1, 0], [1, 0]])


def test_is_registered(encoder):
    assert keras.saving.get_registered_name(type(encoder)) == "keras_stackgan>PrecomputedEmbeddings"


def test_large_numbers_are_not_saved_as_half(tmp_path):
    large = PrecomputedEmbeddings(["a", "b"], np.array([[7e4, 1.0], [2.0, 3.0]]))
    large.save(tmp_path / "large", dtype="float16")
    loaded = TextEncoder.load(tmp_path / "large")
    np.testing.assert_array_equal(loaded(["a", "b"]), [[7e4, 1.0], [2.0, 3.0]])
