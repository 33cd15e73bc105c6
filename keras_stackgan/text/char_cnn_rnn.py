"""The text encoder of the papers: characters, convolutions, a recurrent layer."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_choice, check_count
from keras_stackgan.text.character_gated_recurrence import CharacterGatedRecurrence
from keras_stackgan.text.character_recurrence import CharacterRecurrence
from keras_stackgan.text.encoder import TextEncoder
from keras_stackgan.text.published_char_cnn_rnn import read_published_weights

# 70 places; '-' is there twice, and the later place counts, as in the original's dictionary.
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/\\|_@#$%^&*~`+-=<>()[]{} "
LENGTH = 201
_BATCH = 64

# Channels of the last convolution and of the states, and whether these are gated.
FORMS = {"cvpr": (256, False), "icml_flowers": (512, False), "icml_birds": (512, True)}


@keras.saving.register_keras_serializable("keras_stackgan")
class CharCNNRNN(TextEncoder):
    """Encodes sentences letter by letter, as the encoder that StackGAN was trained with.

    Letters are lower-cased in ASCII; the first 201 count. A character outside of the 69 known ones
    is a space (`unknown="space"`, the PyTorch port) or an empty place (`unknown="skip"`, the
    original's demo). A sentence of no known character has a vector too: that of silence.

    The weights are random until `from_t7`, `set_weights` or `load`. To train them, fit `network`,
    a Keras model of what `inputs_of` gives.

    Args:
        form: `"cvpr"` (birds and flowers of CVPR 2016; 1,814,144 weights), `"icml_flowers"`
            (flowers of ICML 2016; 2,994,560) or `"icml_birds"` (birds of ICML 2016, with a gated
            recurrence; 4,045,184).
        unknown: `"space"` or `"skip"`.
        dim: int. Size of a vector; the published is 1024.

    Raises:
        ValueError: an argument is not as described.

    Example:

    ```python
    encoder = CharCNNRNN("cvpr")
    encoder(["a small red bird"]).shape  # (1, 1024)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05395) for the first form,
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396) for the others.
    """

    def __init__(self, form="cvpr", unknown="space", dim=1024):
        self.form = check_choice("form", form, tuple(FORMS))
        self.unknown = check_choice("unknown", unknown, ("space", "skip"))
        self._dim = check_count("dim", dim)
        self.network = _network(*FORMS[form], dim)
        self._places = _places(unknown)

    @classmethod
    def from_t7(cls, path, unknown="space"):
        """Returns the encoder whose weights are in a file of the original training (Torch7).

        The form follows from the weights. Nothing of the file is run.

        Args:
            path: path of the `.t7` file.
            unknown: `"space"` or `"skip"`.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, or holds no char-CNN-RNN of a published form.
        """
        form, arrays = read_published_weights(path)
        encoder = cls(form, unknown, dim=len(arrays["projection"][1]))
        weights = {}
        for weight in encoder.network.weights:
            layer, kind = weight.path.split("/")[-2:]
            weights[weight.path] = arrays[layer][kind == "bias"]
        encoder.set_weights(weights)
        return encoder

    @property
    def dim(self):
        return self._dim

    def get_config(self):
        return {"form": self.form, "unknown": self.unknown, "dim": self.dim}

    def get_weights(self):
        return {weight.path: ops.convert_to_numpy(weight) for weight in self.network.weights}

    def set_weights(self, weights):
        wanted = {weight.path: tuple(weight.shape) for weight in self.network.weights}
        received = {name: np.shape(array) for name, array in weights.items()}
        if wanted != received:
            raise ValueError(
                f"`weights` must be those of a CharCNNRNN(form={self.form!r}, dim={self.dim}). "
                f"Different: {sorted(set(wanted.items()) ^ set(received.items()))[:4]}."
            )
        for weight in self.network.weights:
            weight.assign(weights[weight.path])

    def inputs_of(self, texts):
        """Returns the inputs of `network`.

        Args:
            texts: list of N strings.

        Returns:
            int32 array `(N, 201)`: each character's place from 1 to 70, or 0.
        """
        rows = np.zeros((len(texts), LENGTH), "int32")
        for row, text in zip(rows, texts, strict=True):
            codes = np.array([ord(character) for character in text[:LENGTH]], "int64")
            row[: len(codes)] = self._places[np.minimum(codes, len(self._places) - 1)]
        return rows

    def graph_inputs_of(self, strings):
        """Returns what `inputs_of` does, of a string tensor, in TensorFlow operations."""
        import tensorflow as tf

        codes = tf.strings.unicode_decode(strings, "UTF-8", errors="replace")[:, :LENGTH]
        codes = codes.to_tensor(default_value=-1, shape=(None, LENGTH))
        places = tf.gather(self._places, tf.clip_by_value(codes, 0, len(self._places) - 1))
        return tf.where(codes < 0, 0, places)

    def graph_encode(self, strings):
        return self.network(self.graph_inputs_of(strings), training=False)

    def resources(self):
        return [weight.value for weight in self.network.weights]

    def _encode(self, texts, progress=None):
        vectors = []
        for start in range(0, len(texts), _BATCH):
            rows = self.inputs_of(texts[start : start + _BATCH])
            vectors.append(ops.convert_to_numpy(self.network(rows, training=False)))
            if progress is not None:
                progress(min(start + _BATCH, len(texts)), len(texts))
        return np.concatenate(vectors)


def _places(unknown):
    """Place of each ASCII code, and last that of all others."""
    other = 0 if unknown == "skip" else len(ALPHABET)
    places = np.full(129, other, "int32")
    for place, character in enumerate(ALPHABET, start=1):
        places[ord(character)] = place
        places[ord(character.upper())] = place
    return places


def _network(units, is_gated, dim):
    """One-hot characters, three convolutions, the recurrent layer, and a dense one."""
    layers = keras.layers
    keywords = {"dtype": "float32"}
    tokens = keras.Input((LENGTH,), dtype="int32")
    x = layers.Lambda(one_hot_characters, output_shape=(LENGTH, len(ALPHABET)), **keywords)(tokens)
    last_pool = None if is_gated else 2
    for number, (filters, pool) in enumerate(((384, 3), (512, 3), (units, last_pool)), start=1):
        x = layers.Conv1D(filters, 4, name=f"conv{number}", **keywords)(x)
        x = layers.Activation(threshold, **keywords)(x)
        if pool is not None:
            x = layers.MaxPooling1D(3, pool, **keywords)(x)
    recurrence = CharacterGatedRecurrence if is_gated else CharacterRecurrence
    x = recurrence(units, name="recurrence", **keywords)(x)
    vectors = layers.Dense(dim, name="projection", **keywords)(x)
    return keras.Model(tokens, vectors, name="char_cnn_rnn")


@keras.saving.register_keras_serializable("keras_stackgan")
def one_hot_characters(tokens):
    """One column a place of the alphabet."""
    # Place 0 has no column: all zeros.
    return ops.one_hot(tokens - 1, len(ALPHABET))


@keras.saving.register_keras_serializable("keras_stackgan")
def threshold(x):
    """Rectifies as Torch7's `Threshold(1e-6, 0)` does."""
    return ops.where(x > 1e-6, x, ops.zeros_like(x))
