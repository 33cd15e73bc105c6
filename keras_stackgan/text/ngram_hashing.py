"""Words and word groups as counts in numbered buckets: the same in NumPy and in TensorFlow."""

import numpy as np

from keras_stackgan.text.character_map import CharacterMap

# A prime, so that small codes spread; products of two smaller numbers fit in an int64.
_PRIME = 2**31 - 1
_BASE, _SPREAD = 1_540_483_477, 48_271
_FIRST, _SECOND, _DISTANCE = 747_796_405, 668_265_263, 374_761_393
# Powers of the base, one for each place of a word; longer words begin again.
_NUM_POWERS = 64
_MOST = 255

# First and last character of the ranges that part words: ASCII and Latin-1 signs, the general
# punctuation (dashes, quotes, ellipsis), and the ideographic one.
_ASCII_SIGNS = ((0, 47), (58, 96), (123, 127))
_OTHER_SIGNS = ((128, 169), (171, 180), (182, 185), (187, 191), (8192, 8303), (12288, 12351))
_SEPARATORS = _ASCII_SIGNS + _OTHER_SIGNS
# Those of them that end a clause.
_MARKS = [ord(mark) for mark in ",.;:!?\u3001\u3002"]


class NgramHashing:
    """Counts the words and groups of neighboring words of sentences in numbered buckets.

    Letters are lower-cased and stripped of accents (see `CharacterMap`); whatever is no letter or
    digit parts words. A word's number is a polynomial of its characters modulo a prime, a group's
    one of its words, and the bucket what is left of it. NumPy and TensorFlow give the same counts,
    on every machine.

    Args:
        num_buckets: int. Number of buckets.
        max_words: int. How many words a group may have.
        max_distance: int. How far apart the words of a pair may be: from 2 on there are pairs with
            words left out between them. Pairs of the same words at other distances are others.
        clauses: bool. Whether no group reaches over a comma, stop, colon, semicolon, question or
            exclamation mark.

    Example:

    ```python
    NgramHashing(2048)(["a red bird"]).sum()  # 5: "a", "red", "bird", "a red", "red bird"
    ```
    """

    def __init__(self, num_buckets, max_words=2, max_distance=1, clauses=False):
        self.num_buckets = num_buckets
        self.max_words = max_words
        self.max_distance = max_distance
        self.clauses = clauses
        self._map = CharacterMap.load()
        powers = [1]
        while len(powers) < _NUM_POWERS:
            powers.append(powers[-1] * _BASE % _PRIME)
        self._powers = np.array(powers, "int64")
        # Whether a character parts words; the last place stands for all that follow.
        self._parts = np.zeros(_SEPARATORS[-1][1] + 2, bool)
        for first, last in _SEPARATORS:
            self._parts[first : last + 1] = True

    def __call__(self, texts):
        """Returns the counts of a list of N strings, uint8 `(N, num_buckets)`, at most 255 each."""
        texts = [self._map.normalize(text) for text in texts]
        lengths = np.array([len(text) for text in texts], "int64")
        codes = np.frombuffer("".join(texts).encode("utf-32-le"), "<u4").astype("int64")
        rows = np.repeat(np.arange(len(texts)), lengths)
        part = self._parts[np.minimum(codes, len(self._parts) - 1)]
        ends = np.cumsum(np.isin(codes, _MARKS)) if self.clauses else np.zeros_like(codes)
        # Rises with the row and with the clause; groups of words stay inside.
        reach = (rows + ends)[~part]
        codes, rows, places = codes[~part], rows[~part], np.flatnonzero(~part)
        # A word begins where its row does, or where the character before it is left out.
        begins = np.ones(len(codes), bool)
        begins[1:] = (np.diff(places) > 1) | (np.diff(rows) > 0)
        starts = np.flatnonzero(begins)
        word = np.cumsum(begins) - 1
        inside = np.arange(len(codes)) - starts[word]
        terms = (codes + 1) * self._powers[inside % _NUM_POWERS] % _PRIME
        words = np.add.reduceat(terms, starts) if len(starts) else terms
        words, rows, reach = words % _PRIME, rows[starts], reach[starts]
        numbers, found = [words], [rows]
        for grams, last in self._groups(words):
            together = reach[: len(grams)] == reach[last:]
            numbers.append(grams[together])
            found.append(rows[: len(grams)][together])
        numbers, rows = np.concatenate(numbers), np.concatenate(found)
        buckets = rows * self.num_buckets + numbers * _SPREAD % _PRIME % self.num_buckets
        found, times = np.unique(buckets, return_counts=True)
        counts = np.zeros(len(texts) * self.num_buckets, "uint8")
        counts[found] = np.minimum(times, _MOST)
        return counts.reshape(len(texts), self.num_buckets)

    def graph(self, strings):
        """Returns the same counts of a string tensor `(N,)`, UTF-8, in TensorFlow operations."""
        import tensorflow as tf

        codes = tf.strings.unicode_decode(self._map.graph_normalize(strings), "UTF-8")
        num_rows = codes.nrows()
        rows, codes = codes.value_rowids(), tf.cast(codes.flat_values, tf.int64)
        part = tf.gather(tf.constant(self._parts), tf.minimum(codes, len(self._parts) - 1))
        reach = rows
        if self.clauses:
            marks = tf.reduce_any(codes[:, None] == tf.constant(_MARKS, tf.int64), axis=-1)
            reach = rows + tf.cumsum(tf.cast(marks, tf.int64))
        places = tf.where(~part)[:, 0]
        codes, rows, reach = (tf.gather(each, places) for each in (codes, rows, reach))
        apart = (places[1:] - places[:-1] > 1) | (rows[1:] > rows[:-1])
        begins = tf.concat([tf.ones_like(places[:1], tf.bool), apart], axis=0)
        starts = tf.where(begins)[:, 0]
        word = tf.cumsum(tf.cast(begins, tf.int64)) - 1
        inside = tf.range(tf.size(codes, tf.int64)) - tf.gather(starts, word)
        powers = tf.gather(tf.constant(self._powers), inside % _NUM_POWERS)
        words = tf.math.segment_sum((codes + 1) * powers % _PRIME, word) % _PRIME
        rows, reach = tf.gather(rows, starts), tf.gather(reach, starts)
        numbers, found = [words], [rows]
        for grams, last in self._groups(words):
            together = tf.where(reach[: tf.size(grams)] == reach[last:])[:, 0]
            numbers.append(tf.gather(grams, together))
            found.append(tf.gather(rows, together))
        numbers, rows = tf.concat(numbers, axis=0), tf.concat(found, axis=0)
        buckets = rows * self.num_buckets + numbers * _SPREAD % _PRIME % self.num_buckets
        counts = tf.math.unsorted_segment_sum(
            tf.ones_like(buckets, tf.int32), buckets, num_rows * self.num_buckets
        )
        counts = tf.cast(tf.minimum(counts, _MOST), tf.uint8)
        return tf.reshape(counts, (-1, self.num_buckets))

    def _groups(self, words):
        """Numbers of all groups, and how far behind the first word the last one is.

        The i-th number belongs to the i-th word, as if all rows were one.
        """
        groups, grams = [], words
        for last in range(1, self.max_words):
            grams = _joined(grams[:-1], words[last:], 1)
            groups.append((grams, last))
        for distance in range(2, self.max_distance + 1):
            groups.append((_joined(words[:-distance], words[distance:], distance), distance))
        return groups


def _joined(first, second, distance):
    return (first * _FIRST % _PRIME + second * _SECOND % _PRIME + distance * _DISTANCE) % _PRIME
