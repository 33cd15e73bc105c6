"""BERT's tokenizer, in plain Python and in TensorFlow's own operations."""

from pathlib import Path

import numpy as np

from keras_stackgan.text.character_map import CharacterMap

UNKNOWN, START, END, PADDING = "[UNK]", "[CLS]", "[SEP]", "[PAD]"
# BERT gives up on longer words: one [UNK] stands for the whole.
_MAX_WORD = 100


class WordPiece:
    """Cuts strings into the word pieces of an uncased BERT vocabulary.

    The ids equal those of the `tokenizers` package's `BertNormalizer`, `BertPreTokenizer` and
    `WordPiece`, with `[CLS]` and `[SEP]` around them. One thing differs, on purpose: a literal
    "[MASK]" in a text is cut like any other text and never becomes the special token.

    Calling an instance needs no TensorFlow. `graph` does the same with operations of TensorFlow's
    core, for exported models: whoever exports it must keep `resources()` as an attribute of the
    exported `tf.Module`.

    Args:
        vocabulary: list of distinct strings, a piece's id being its place; pieces within a word
            begin with "##". Must hold "[PAD]", "[UNK]", "[CLS]" and "[SEP]".
        max_length: int, at least 2. Longer texts are cut to so many ids, `[CLS]` and `[SEP]`
            included.

    Raises:
        ValueError: a piece appears twice, a special piece is missing, or `max_length` is below 2.

    Example:

    ```python
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "red", "bird", "##s", "!"]
    WordPiece(pieces)(["Red birds!", "a parrot"])  # [[2, 5, 6, 7, 8, 3], [2, 4, 1, 3, 0, 0]]
    ```

    Reference:
        [Devlin et al., 2018](https://arxiv.org/abs/1810.04805),
        [Wu et al., 2016](https://arxiv.org/abs/1609.08144).
    """

    def __init__(self, vocabulary, max_length=256):
        self.vocabulary = list(vocabulary)
        self.max_length = max_length
        self._ids = {piece: i for i, piece in enumerate(self.vocabulary)}
        missing = [s for s in (PADDING, UNKNOWN, START, END) if s not in self._ids]
        if missing:
            raise ValueError(
                f"`vocabulary` must hold the special pieces [PAD], [UNK], [CLS] and [SEP]. "
                f"Received {len(self.vocabulary)} pieces without {missing}. Pass the lines of a "
                f"BERT vocab.txt."
            )
        if len(self._ids) < len(self.vocabulary):
            twice = next(p for i, p in enumerate(self.vocabulary) if self._ids[p] != i)
            raise ValueError(
                f"`vocabulary` must hold each piece once. Received {twice!r} more than once. "
                f"Remove the repeated lines."
            )
        if isinstance(max_length, bool) or not isinstance(max_length, int) or max_length < 2:
            raise ValueError(
                f"`max_length` must be an integer of at least 2, the room [CLS] and [SEP] take. "
                f"Received: {max_length!r}. BERT models take up to 512."
            )
        self.padding_id = self._ids[PADDING]
        self._longest = max(len(piece.removeprefix("##")) for piece in self.vocabulary)
        self._characters = CharacterMap.load()
        self._table = None

    @classmethod
    def from_file(cls, path, max_length=256):
        """Returns the tokenizer of a BERT `vocab.txt`.

        Args:
            path: path of a UTF-8 text file with one piece a line.
            max_length: as in the constructor.

        Raises:
            ValueError: the file is not UTF-8 text, or is no vocabulary.
        """
        try:
            text = Path(path).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"`path` must name a UTF-8 text file with one word piece a line. "
                f"Received {str(path)!r}: {error}. Pass the vocab.txt of a BERT model."
            ) from None
        # Not splitlines(): some pieces are themselves line separators of Unicode.
        lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
        return cls(lines, max_length)

    def __call__(self, texts):
        """Returns the ids of each text, filled up with `[PAD]` to the longest.

        Args:
            texts: list of N strings.

        Returns:
            int32 array (N, longest).
        """
        rows = self.ids(texts)
        result = np.full((len(rows), max(map(len, rows), default=2)), self.padding_id, np.int32)
        for target, row in zip(result, rows, strict=True):
            target[: len(row)] = row
        return result

    def ids(self, texts):
        """Returns the ids of each text, as lists of unequal lengths.

        Args:
            texts: list of N strings.

        Returns:
            List of N lists of int, each with `[CLS]` first and `[SEP]` last.
        """
        known = {}
        rows = []
        for text in texts:
            row = []
            for word in self._characters.normalize(text).split(" "):
                if word not in known:
                    known[word] = self._cut(word)
                row += known[word]
            row = row[: self.max_length - 2]
            rows.append([self._ids[START], *row, self._ids[END]])
        return rows

    def _cut(self, word):
        """Returns the ids of one word: at each place, the longest piece that fits."""
        if len(word) > _MAX_WORD:
            return [self._ids[UNKNOWN]]
        pieces = []
        place = 0
        while place < len(word):
            prefix = "##" if place else ""
            for end in range(min(len(word), place + self._longest), place, -1):
                piece = self._ids.get(prefix + word[place:end])
                if piece is not None:
                    break
            else:
                return [self._ids[UNKNOWN]]
            pieces.append(piece)
            place = end
        return pieces

    def resources(self):
        """Returns what a SavedModel that uses `graph` must track: the list of its lookup tables."""
        if self._table is None:
            import tensorflow as tf

            # A table that is made while a function is traced must outlive the trace.
            with tf.init_scope():
                # The vocabulary goes into the graph itself: no asset file beside the model.
                pieces = tf.lookup.KeyValueTensorInitializer(
                    tf.constant(self.vocabulary), tf.range(len(self.vocabulary), dtype=tf.int32)
                )
                self._table = tf.lookup.StaticHashTable(pieces, default_value=-1)
        return [self._table]

    def graph(self, strings):
        """Returns the ids of each string, as calling the tokenizer does, in TensorFlow operations.

        Args:
            strings: string tensor (N,), UTF-8; bytes that are not UTF-8 are dropped.

        Returns:
            int32 tensor (N, longest).
        """
        import tensorflow as tf

        self.resources()
        strings = tf.convert_to_tensor(strings, tf.string)
        words = tf.strings.split(self._characters.graph_normalize(strings))
        unique, index = tf.unique(words.flat_values)
        pieces = tf.gather(self._graph_cut(unique), index)
        rows = words.with_values(pieces).merge_dims(1, 2)[:, : self.max_length - 2]
        column = tf.ones([tf.size(strings), 1], tf.int32)
        rows = tf.concat([column * self._ids[START], rows, column * self._ids[END]], axis=1)
        return rows.to_tensor(self.padding_id)

    def _graph_cut(self, words):
        """Returns the ids of each word, a ragged tensor: `_cut` for all words side by side."""
        import tensorflow as tf

        count = tf.size(words)
        lengths = tf.strings.length(words, unit="UTF8_CHAR")
        sizes = tf.range(self._longest, 0, -1)
        unknown = lengths > _MAX_WORD

        def unfinished(step, place, unknown, found):
            return tf.reduce_any((place < lengths) & ~unknown)

        def advance(step, place, unknown, found):
            rows = tf.where((place < lengths) & ~unknown)
            live, start = tf.gather_nd(words, rows), tf.gather_nd(place, rows)
            # tf.strings.substr does not broadcast over this unit. A size past the word's end
            # gives the rest of the word, which is the longest piece to try anyway.
            candidates = tf.strings.substr(
                tf.repeat(live, self._longest),
                tf.repeat(start, self._longest),
                tf.tile(sizes, [tf.size(live)]),
                unit="UTF8_CHAR",
            )
            candidates = tf.reshape(candidates, [-1, self._longest])
            inner = tf.strings.join(["##", candidates])
            ids = self._table.lookup(tf.where(start[:, None] > 0, inner, candidates))
            first = tf.argmax(ids >= 0, axis=1, output_type=tf.int32)
            piece = tf.gather(ids, first, batch_dims=1)
            end = tf.minimum(start + tf.gather(sizes, first), tf.gather_nd(lengths, rows))
            place = tf.tensor_scatter_nd_update(place, rows, tf.where(piece < 0, start, end))
            unknown = tf.tensor_scatter_nd_update(unknown, rows, piece < 0)
            column = tf.tensor_scatter_nd_update(tf.fill([count], -1), rows, piece)
            return step + 1, place, unknown, found.write(step, column)

        found = tf.TensorArray(tf.int32, size=1, dynamic_size=True, element_shape=[None])
        # The first column is for [UNK]; a word whose cutting fails half-way keeps only that.
        steps, _, unknown, found = tf.while_loop(
            unfinished, advance, [1, tf.zeros_like(lengths), unknown, found]
        )
        found = found.write(0, tf.where(unknown, self._ids[UNKNOWN], -1))
        ids = tf.transpose(tf.reshape(found.stack(), [steps, count]))
        is_unknown_column = tf.range(steps)[None] == 0
        return tf.ragged.boolean_mask(ids, (ids >= 0) & (is_unknown_column | ~unknown[:, None]))
