import json
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from keras_stackgan.text import TextEncoder


@keras.saving.register_keras_serializable("keras_stackgan_tests")
class Table(TextEncoder):
    """Looks a text's length up in a table of weights."""

    def __init__(self, rows=4, scale=1.0):
        self.rows = rows
        self.scale = scale
        self.table = np.arange(rows * 2, dtype="float32").reshape(rows, 2)

    @property
    def dim(self):
        return 2

    def get_config(self):
        return {"rows": self.rows, "scale": self.scale}

    def get_weights(self):
        return {"deep/table": self.table}

    def set_weights(self, weights):
        self.table = weights["deep/table"]

    def _encode(self, texts, progress=None):
        return self.scale * self.table[[len(text) % self.rows for text in texts]]

    def graph_encode(self, strings):
        raise NotImplementedError


def test_call():
    encoder = Table()
    assert encoder("abc").shape == (1, 2)
    vectors = encoder(["", "a", "ab"])
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(encoder(np.array(["", "a", "ab"])), vectors)
    np.testing.assert_array_equal(encoder(("", "a", "ab")), vectors)
    assert encoder([]).shape == (0, 2)


@pytest.mark.parametrize(
    "texts, message",
    [
        (3, "`texts` must be a string or a list"),
        (None, "`texts` must be a string or a list"),
        (b"bytes", "`texts` must be a string or a list"),
        (["a", b"b"], r"texts\[1\]=b'b'"),
        (["a", None], r"texts\[1\]=None"),
        ([["a"]], r"texts\[0\]"),
    ],
)
def test_bad_texts(texts, message):
    with pytest.raises(TypeError, match=message):
        Table()(texts)


def test_wrong_shape_from_a_subclass():
    class Wrong(Table):
        def _encode(self, texts, progress=None):
            return np.zeros(3)

    with pytest.raises(ValueError, match="Wrong must return shape"):
        Wrong()(["a"])


def test_fingerprint_sees_class_config_and_weights():
    class Other(Table):
        pass

    encoder = Table()
    first = encoder.fingerprint()
    assert len(first) == 64 and int(first, 16)
    assert Table.from_config(encoder.get_config()).fingerprint() == first
    assert Other().fingerprint() != first
    assert Table(scale=2.0).fingerprint() != first
    encoder.table = encoder.table + 1
    assert encoder.fingerprint() != first


def test_an_encoder_without_weights(tmp_path):
    @keras.saving.register_keras_serializable("keras_stackgan_tests")
    class WordCount(TextEncoder):
        dim = 1

        def get_config(self):
            return {}

        def _encode(self, texts, progress=None):
            return np.array([[len(text.split())] for text in texts])

        def graph_encode(self, strings):
            raise NotImplementedError

    encoder = WordCount()
    np.testing.assert_array_equal(encoder(["a red bird", ""]), [[3], [0]])
    encoder.save(tmp_path / "encoder")
    assert TextEncoder.load(tmp_path / "encoder").fingerprint() == encoder.fingerprint()
    with pytest.raises(ValueError, match=r"WordCount has none.*\['x'\]"):
        encoder.set_weights({"x": np.zeros(3)})


def test_save_and_load(tmp_path):
    encoder = Table(rows=3, scale=0.5)
    encoder.table = np.random.default_rng(0).normal(size=(3, 2)).astype("float32")
    directory = tmp_path / "new" / "encoder"
    encoder.save(directory)
    assert sorted(path.name for path in directory.iterdir()) == [
        "config.json",
        "encoder.weights.h5",
    ]
    for cls in (TextEncoder, Table):
        loaded = cls.load(directory)
        assert loaded.fingerprint() == encoder.fingerprint()
        np.testing.assert_array_equal(loaded(["a", "b"]), encoder(["a", "b"]))
    assert [path.name for path in directory.parent.iterdir()] == ["encoder"]


def test_save_replaces_an_encoder_only(tmp_path):
    Table(rows=3).save(tmp_path / "encoder")
    Table(rows=5).save(tmp_path / "encoder")
    assert TextEncoder.load(tmp_path / "encoder").rows == 5
    (tmp_path / "empty").mkdir()
    Table().save(tmp_path / "empty")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("precious")
    (tmp_path / "file").write_text("precious")
    for name in ("other", "file"):
        with pytest.raises(FileExistsError, match="holds something else"):
            Table().save(tmp_path / name)
    assert (tmp_path / "other" / "thesis.txt").read_text() == "precious"


def test_save_leaves_nothing_half_done(tmp_path, monkeypatch):
    Table(rows=3).save(tmp_path / "encoder")

    def fail(self):
        raise OSError("disk full")

    monkeypatch.setattr(Table, "get_weights", fail)
    with pytest.raises(OSError, match="disk full"):
        Table(rows=5).save(tmp_path / "encoder")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]
    assert TextEncoder.load(tmp_path / "encoder").rows == 3


def test_half_precision_on_disk(tmp_path):
    encoder = Table()
    encoder.table = np.full((4, 2), 1 / 3, "float32")
    encoder.save(tmp_path / "encoder", dtype="float16")
    loaded = TextEncoder.load(tmp_path / "encoder")
    assert loaded.table.dtype == np.float32
    np.testing.assert_array_equal(loaded.table, np.float32(np.float16(1 / 3)))
    with pytest.raises(ValueError, match="dtype='int8'"):
        encoder.save(tmp_path / "encoder", dtype="int8")


def test_save_wants_a_registered_class(tmp_path):
    class Unknown(Table):
        pass

    with pytest.raises(ValueError, match="must be registered.*Unknown"):
        Unknown().save(tmp_path / "encoder")


@pytest.mark.parametrize(
    "config, message",
    [
        (None, "no readable config.json"),
        ("{", "config.json"),
        ("[]", "config.json"),
        ('{"model_type": "bert"}', "has no 'format'.*from_directory"),
        ('{"format": "other"}', "format is 'other'"),
        ({"version": 2}, "newer keras_stackgan"),
        ({"class_name": "os>system"}, "'os>system'"),
        ({"class_name": "Dense"}, "'Dense'"),
        ({"class_name": "keras_stackgan>SentenceEncoder"}, "SentenceEncoder'"),
        ({"config": {"columns": 3}}, "columns"),
        ({"config": 3}, "config.json"),
    ],
)
def test_load_refuses(tmp_path, config, message):
    Table().save(tmp_path / "encoder")
    path = tmp_path / "encoder" / "config.json"
    if isinstance(config, dict):
        config = json.dumps({**json.loads(path.read_text()), **config})
    if config is None:
        path.unlink()
    else:
        path.write_text(config)
    with pytest.raises(ValueError, match="`directory` must") as error:
        Table.load(tmp_path / "encoder")
    assert error.match(message)


def test_load_refuses_damaged_weights(tmp_path):
    Table().save(tmp_path / "encoder")
    path = tmp_path / "encoder" / "encoder.weights.h5"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="whole text encoder"):
        TextEncoder.load(tmp_path / "encoder")
    path.unlink()
    with pytest.raises(ValueError, match="whole text encoder"):
        TextEncoder.load(tmp_path / "encoder")


def test_without_tensorflow():
    """Importing, encoding and the fingerprint need no TensorFlow."""
    pytest.importorskip("jax")
    program = """
        import os, sys
        os.environ["KERAS_BACKEND"] = "jax"
        sys.modules["tensorflow"] = None
        from keras_stackgan.text import SentenceEncoder
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "red", "bird"]
        network = {"dim": 8, "num_layers": 1, "num_heads": 2, "hidden_dim": 8}
        encoder = SentenceEncoder(pieces, 16, network)
        print(encoder(["a red bird", "Bird!", ""]).shape, len(encoder.fingerprint()))
        try:
            encoder.graph_encode(["a"])
        except RuntimeError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("(3, 8) 64\n")
    assert "KERAS_BACKEND=tensorflow" in done.stdout
