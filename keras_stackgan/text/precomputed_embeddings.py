"""Sentence vectors that somebody else computed, looked up."""

import json

import keras
import numpy as np

from keras_stackgan.formats import read_vectors
from keras_stackgan.text.encoder import TextEncoder

_TEXTS = "texts.json"


@keras.saving.register_keras_serializable("keras_stackgan")
class PrecomputedEmbeddings(TextEncoder):
    """Looks sentences up in a table: for vectors whose encoder is not at hand.

    A text must be in the table letter by letter; there is no vector for any other, an empty one
    included. Where the table has a text more than once, or several vectors for it, their mean
    counts. So pictures may be the keys: a picture's file then gives the mean of its captions'
    vectors.

    To train on vectors by picture, each caption's by itself, give `caption_dataset` the array: see
    `keras_stackgan.data.CaptionEmbeddings` and `originals.read_embeddings`.

    Args:
        texts: list of N strings, or of N lists of equally many strings.
        vectors: float array `(N, dim)`, or `(N, vectors, dim)` for several vectors a text, or one
            for each string of the lists.

    Raises:
        TypeError: `texts` holds something else.
        ValueError: `vectors` does not fit to `texts`, or is not finite.

    Example:

    ```python
    encoder = PrecomputedEmbeddings(["a red bird", "a bee"], np.eye(2))
    encoder("a bee")  # [[0., 1.]]
    ```
    """

    def __init__(self, texts, vectors):
        texts, vectors = _flattened(texts, vectors)
        rows = {}
        # Each text's place in the order of first appearance.
        place = np.array([rows.setdefault(text, len(rows)) for text in texts], "int64")
        counts = np.bincount(place)
        if (counts > 1).any():
            sums = np.zeros((len(rows), vectors.shape[1]), "float64")
            np.add.at(sums, place, vectors)
            vectors = (sums / counts[:, None]).astype("float32")
        self.texts = list(rows)
        self._rows = rows
        self._vectors = vectors
        self._graph_parts = None

    @classmethod
    def from_file(cls, path, texts=None):
        """Returns the encoder of a file of vectors.

        Args:
            path: str or path of a `.npy`, `.npz`, `.pickle`, `.pkl` or `.t7` file, or of a folder
                of `.t7` files, as `read_vectors` describes them.
            texts: list as in the constructor, or None. Whose vectors they are, in the file's
                order; needed where the file does not say. Defaults to None.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, holds no vectors, or nothing says whose they are.

        Example:

        ```python
        path = "birds/train/char-CNN-RNN-embeddings.pickle"
        by_picture = PrecomputedEmbeddings.from_file(path)
        captions = [record.captions for record in read_cub("birds", "train")]
        by_caption = PrecomputedEmbeddings.from_file(path, captions)
        ```
        """
        keys, vectors = read_vectors(path)
        texts = keys if texts is None else texts
        if texts is None:
            raise ValueError(
                f"'{path}' does not say which texts its {len(vectors)} vectors belong to. Pass "
                f"`texts`, in the file's order."
            )
        return cls(texts, vectors)

    @classmethod
    def from_config(cls, config):
        return cls(config["texts"], np.zeros((len(config["texts"]), config["dim"]), "float32"))

    @property
    def dim(self):
        return self._vectors.shape[1]

    def get_config(self):
        return {"texts": list(self.texts), "dim": self.dim}

    def get_weights(self):
        return {"vectors": self._vectors}

    def set_weights(self, weights):
        received = {name: np.shape(array) for name, array in weights.items()}
        if received != {"vectors": self._vectors.shape}:
            raise ValueError(
                f"`weights` must hold 'vectors' of shape {self._vectors.shape} and nothing else. "
                f"Received: {received}."
            )
        self._vectors = np.asarray(weights["vectors"], "float32")
        self._graph_parts = None

    def _encode(self, texts, progress=None):
        unknown = [text for text in texts if text not in self._rows]
        if unknown:
            raise ValueError(
                f"`texts` must be among the {len(self.texts)} that vectors were computed for, "
                f"letter by letter, such as {self.texts[0][:80]!r}. Received: {len(unknown)} "
                f"others, the first {unknown[0][:80]!r}. Encode new texts with the encoder that "
                f"made the vectors."
            )
        return self._vectors[[self._rows[text] for text in texts]]

    def resources(self):
        return list(self._parts())

    def _parts(self):
        if self._graph_parts is None:
            import tensorflow as tf

            # What is made while a function is traced must outlive the trace.
            with tf.init_scope():
                rows = tf.range(len(self.texts), dtype=tf.int32)
                entries = tf.lookup.KeyValueTensorInitializer(tf.constant(self.texts), rows)
                table = tf.lookup.StaticHashTable(entries, default_value=-1)
                self._graph_parts = (table, tf.Variable(self._vectors, trainable=False))
        return self._graph_parts

    def graph_encode(self, strings):
        """Returns the vectors of a string tensor, in operations of TensorFlow's core.

        Args:
            strings: string tensor `(N,)`, UTF-8.

        Returns:
            float32 tensor `(N, dim)`.

        Raises:
            tf.errors.InvalidArgumentError: a string is not among the known texts.
        """
        import tensorflow as tf

        table, vectors = self._parts()
        strings = tf.convert_to_tensor(strings, tf.string)
        rows = table.lookup(strings)
        message = f"`strings` must be among the {len(self.texts)} that vectors were computed for."
        unknown = tf.boolean_mask(strings, rows < 0)
        check = tf.debugging.Assert(tf.reduce_all(rows >= 0), [message, "Received:", unknown[:1]])
        with tf.control_dependencies([] if check is None else [check]):
            return tf.gather(vectors, tf.identity(rows))

    def _save_assets(self, directory, config):
        # One text a line would not do: texts may have line breaks.
        text = json.dumps(config.pop("texts"), ensure_ascii=True, indent=0)
        (directory / _TEXTS).write_text(text + "\n", encoding="utf-8")
        return config

    @classmethod
    def _load_assets(cls, directory, config):
        texts = json.loads((directory / _TEXTS).read_text(encoding="utf-8"))
        return {**config, "texts": texts}


def _flattened(texts, vectors):
    """The texts as one list of strings, and as many vectors."""
    vectors = np.asarray(vectors, "float32")
    texts = list(texts)
    if vectors.ndim not in (2, 3) or len(texts) != len(vectors) or not vectors.size:
        raise ValueError(
            f"`vectors` must have the shape (N, dim) or (N, vectors, dim), N as many as `texts` "
            f"({len(texts)}). Received: {vectors.shape}."
        )
    if not all(isinstance(text, str | list | tuple) for text in texts):
        wrong = next(text for text in texts if not isinstance(text, str | list | tuple))
        raise TypeError(f"`texts` must hold strings, or lists of strings. Received: {wrong!r:.80}.")
    if not np.isfinite(vectors).all():
        row = int(np.argmin(np.isfinite(vectors).reshape(len(vectors), -1).all(axis=1)))
        raise ValueError(
            f"`vectors` must be finite. Received: other numbers for {texts[row]!r:.80}."
        )
    if isinstance(texts[0], str):
        if vectors.ndim == 3:
            vectors = vectors.mean(axis=1)
        groups = [[text] for text in texts]
    else:
        groups = texts
        counts = sorted({len(group) if not isinstance(group, str) else 1 for group in groups})
        if vectors.ndim != 3 or counts != [vectors.shape[1]]:
            raise ValueError(
                f"`texts` with lists must have as many strings in each as `vectors` of shape "
                f"{vectors.shape} has vectors. Received: lists of {counts} strings."
            )
        vectors = vectors.reshape(-1, vectors.shape[-1])
    return [text for group in groups for text in TextEncoder._check_texts(group)], vectors
