"""A text encoder with weights and a table, small and fast."""

import keras
import numpy as np
import tensorflow as tf

from keras_stackgan.text import TextEncoder


@keras.saving.register_keras_serializable("export_tests")
class LetterCount(TextEncoder):
    """Sums a vector of each known letter."""

    LETTERS = "abcdefghijklmnopqrstuvwxyz "

    def __init__(self, dim=8):
        self._dim = dim
        rng = np.random.default_rng(5)
        self.vectors = tf.Variable(rng.normal(size=(28, dim)).astype("float32"), trainable=False)
        pairs = tf.lookup.KeyValueTensorInitializer(list(self.LETTERS), list(range(27)))
        self.table = tf.lookup.StaticHashTable(pairs, 27)

    @property
    def dim(self):
        return self._dim

    def get_config(self):
        return {"dim": self._dim}

    def graph_encode(self, strings):
        letters = tf.strings.unicode_split(strings, "UTF-8")
        vectors = tf.gather(self.vectors, self.table.lookup(letters.flat_values))
        return tf.reduce_sum(letters.with_values(vectors), axis=1) / 5.0

    def _encode(self, texts, progress=None):
        return self.graph_encode(tf.constant(texts)).numpy()

    def resources(self):
        return [self.vectors, self.table]
