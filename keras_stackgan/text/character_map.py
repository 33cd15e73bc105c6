"""What BERT does to each character before it cuts words into pieces."""

import functools
from pathlib import Path

import numpy as np

KEEP, DELETE, SPACE, ISOLATE, HANGUL, REPLACE = range(6)

_TABLE = Path(__file__).with_name("wordpiece_table.npz")
_FIRST_SYLLABLE = 0xAC00
# The Unicode standard, section 3.12: a syllable is its lead, vowel and (perhaps) tail, in order.
_LEADS = [chr(0x1100 + i) for i in range(19)]
_VOWELS = [chr(0x1161 + i) for i in range(21)]
_TAILS = [""] + [chr(0x11A8 + i) for i in range(27)]


class _Replacements(dict):
    """Fills itself with the characters it meets, in the form `str.translate` asks for."""

    def __init__(self, character_map):
        super().__init__()
        self._map = character_map

    def __missing__(self, code_point):
        text = self[code_point] = self._map.replacement(code_point)
        return text


class CharacterMap:
    """Cleans, lower-cases, strips accents and isolates punctuation, as BERT's uncased models do.

    Each character becomes a short string: nothing (control characters, accents), a space, itself
    between spaces (punctuation, Chinese characters), its lower-case or decomposed form, or itself.
    Splitting the result at spaces gives the words that `WordPiece` cuts. Nothing but NumPy is
    needed for `normalize`; `graph_normalize` does the same in TensorFlow's own operations.

    Args:
        starts: int32 array `(runs,)`, rising from 0: the first character of each run.
        kinds: int array `(runs,)`: what becomes of the characters of each run.
        replacements: list of strings; a run of kind `REPLACE + i` becomes the i-th.

    Example:

    ```python
    CharacterMap.load().normalize("Café!")  # "cafe ! "
    ```

    Reference:
        [Devlin et al., 2018](https://arxiv.org/abs/1810.04805): the uncased models' preparation.
    """

    def __init__(self, starts, kinds, replacements):
        self._starts = starts
        self._kinds = kinds
        self._replacements = replacements
        self._translation = _Replacements(self)

    @classmethod
    @functools.cache
    def load(cls):
        """Returns the map that comes with the package (read once a process)."""
        with np.load(_TABLE, allow_pickle=False) as table:
            replacements = table["replacements"].tobytes().decode("utf-8").split("\0")
            return cls(table["starts"], table["kinds"], replacements)

    def replacement(self, code_point):
        """Returns the string that stands for one character.

        Args:
            code_point: int in 0..0x10FFFF.
        """
        kind = int(self._kinds[np.searchsorted(self._starts, code_point, side="right") - 1])
        if kind == HANGUL:
            lead, rest = divmod(code_point - _FIRST_SYLLABLE, 21 * 28)
            return _LEADS[lead] + _VOWELS[rest // 28] + _TAILS[rest % 28]
        if kind >= REPLACE:
            return self._replacements[kind - REPLACE]
        character = chr(code_point)
        return {KEEP: character, DELETE: "", SPACE: " ", ISOLATE: f" {character} "}[kind]

    def normalize(self, text):
        """Returns `text` with each character replaced.

        Args:
            text: string; lone surrogates are dropped.
        """
        return text.translate(self._translation)

    def graph_normalize(self, strings):
        """Returns the replaced strings, as `normalize` gives them, in TensorFlow operations.

        Args:
            strings: string tensor (N,), UTF-8; bytes that are not UTF-8 are dropped.
        """
        import tensorflow as tf

        code_points = tf.strings.unicode_decode(strings, "UTF-8", errors="replace")
        # A batch holds few different characters: all the work below is done once for each.
        unique, index = tf.unique(code_points.flat_values)
        run = tf.searchsorted(tf.constant(self._starts), unique, side="right") - 1
        kind = tf.gather(tf.constant(self._kinds.astype(np.int32)), run)
        same = tf.strings.unicode_encode(unique[:, None], "UTF-8")
        text = tf.gather(tf.constant(["", "", " ", "", ""] + self._replacements), kind)
        text = tf.where(kind == KEEP, same, text)
        text = tf.where(kind == ISOLATE, tf.strings.join([" ", same, " "]), text)
        syllable = tf.where(kind == HANGUL, unique - _FIRST_SYLLABLE, 0)
        letters = [
            tf.gather(tf.constant(_LEADS), syllable // (21 * 28)),
            tf.gather(tf.constant(_VOWELS), syllable % (21 * 28) // 28),
            tf.gather(tf.constant(_TAILS), syllable % 28),
        ]
        text = tf.where(kind == HANGUL, tf.strings.join(letters), text)
        return tf.strings.reduce_join(code_points.with_flat_values(tf.gather(text, index)), axis=-1)
