"""What every text encoder can do."""

import abc
import hashlib
import json
from pathlib import Path

import keras
import numpy as np

from keras_stackgan.text import encoder_files
from keras_stackgan.text.whole_directory import whole_directory


class TextEncoder(abc.ABC):
    """Turns sentences into vectors: the interface that models, presets and exports count on.

    An encoder is no Keras layer. A model that holds one as a plain attribute neither trains it nor
    saves it with its own weights.

    A subclass is registered with `keras.saving.register_keras_serializable` and defines `dim`,
    `get_config`, `graph_encode` and `_encode(texts, progress)`, which gets a checked list of
    strings. One with weights also defines `get_weights` and `set_weights`, and `resources` if
    `graph_encode` uses variables or tables. One that keeps part of its config in files of its own
    overrides `_save_assets` and `_load_assets`.

    Example:

    ```python
    @keras.saving.register_keras_serializable("my_package")
    class WordCount(TextEncoder):
        dim = 1

        def get_config(self):
            return {}

        def _encode(self, texts, progress=None):
            return np.array([[len(text.split())] for text in texts], "float32")

        def graph_encode(self, strings):
            import tensorflow as tf

            return tf.cast(tf.strings.split(strings).row_lengths()[:, None], tf.float32)

    WordCount()(["a red bird", "a flower"])  # [[3.], [2.]]
    ```
    """

    @property
    @abc.abstractmethod
    def dim(self):
        """Size of a sentence's vector."""

    @abc.abstractmethod
    def get_config(self):
        """Returns the constructor's arguments, as JSON can hold them."""

    @abc.abstractmethod
    def graph_encode(self, strings):
        """Returns the vectors of a string tensor, in operations of TensorFlow's core.

        Whoever exports a function that calls this must keep `resources()` as an attribute of the
        exported `tf.Module`.

        Args:
            strings: string tensor `(N,)`, UTF-8.

        Returns:
            float32 tensor `(N, dim)`.
        """

    @abc.abstractmethod
    def _encode(self, texts, progress=None):
        """Returns the vectors of a list of strings, an array of shape (N, dim)."""

    @classmethod
    def from_config(cls, config):
        """Returns a new encoder with the arguments that `get_config` gave."""
        return cls(**config)

    def __call__(self, texts, progress=None):
        """Returns the vectors of sentences.

        Args:
            texts: string or list of N strings; one string counts as a list of one.
            progress: function of two ints, called now and then with how many sentences are done
                and how many there are; or `None`.

        Returns:
            float32 array `(N, dim)`.

        Raises:
            TypeError: `texts` is or holds anything but strings.
        """
        texts = self._check_texts(texts)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        vectors = np.asarray(self._encode(texts, progress), np.float32)
        if vectors.shape != (len(texts), self.dim):
            raise ValueError(
                f"`_encode` of {type(self).__name__} must return shape {(len(texts), self.dim)}, "
                f"a row for each text. Received: {vectors.shape}."
            )
        return vectors

    @staticmethod
    def _check_texts(texts):
        if isinstance(texts, str):
            return [texts]
        if not isinstance(texts, list | tuple | np.ndarray):
            raise TypeError(
                f"`texts` must be a string or a list of strings. Received: {texts!r} "
                f"(of type {type(texts).__name__}). Tensors go to `graph_encode`."
            )
        for i, text in enumerate(texts):
            if not isinstance(text, str):
                raise TypeError(
                    f"`texts` must hold nothing but strings. Received: texts[{i}]={text!r} "
                    f"(of type {type(text).__name__}). Decode bytes, and drop missing captions."
                )
        return [str(text) for text in texts]

    def get_weights(self):
        """Returns a dictionary from name to array; the names are the same in every process."""
        return {}

    def set_weights(self, weights):
        """Takes the arrays of a dictionary such as `get_weights` returns."""
        if weights:
            raise ValueError(
                f"`weights` must be empty: a {type(self).__name__} has none. Received: "
                f"{sorted(weights)}. Take the weights of the same class."
            )

    def resources(self):
        """Returns the list of variables and tables that `graph_encode` uses."""
        return []

    def fingerprint(self):
        """Returns 64 hexadecimal digits that change whenever the vectors may.

        The class, its config and its weights count; the process, the machine and where the files
        lie do not. Use it to name files of cached vectors.
        """
        described = {"class": keras.saving.get_registered_name(type(self))}
        described["config"] = self.get_config()
        digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode("utf-8"))
        for name, array in sorted(self.get_weights().items()):
            digest.update(f"{name} {array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def save(self, directory, dtype="float32"):
        """Writes the encoder to a directory, whole or not at all.

        Args:
            directory: path to make. What is there already is replaced if it is a saved encoder or
                an empty directory.
            dtype: `"float32"` or `"float16"`: how float weights lie on disk. Half the bytes cost
                about three digits, and the loaded encoder has another fingerprint.

        Raises:
            ValueError: the class is not registered with Keras, or `dtype` is another.
            FileExistsError: `directory` holds something else.
        """
        name = keras.saving.get_registered_name(type(self))
        if keras.saving.get_registered_object(name) is not type(self):
            raise ValueError(
                f"An encoder's class must be registered to be saved. Received: {name}. Decorate "
                f"it with @keras.saving.register_keras_serializable('your_package')."
            )
        if dtype not in ("float32", "float16"):
            raise ValueError(f"`dtype` must be 'float32' or 'float16'. Received: dtype={dtype!r}.")
        with whole_directory(
            directory, encoder_files.is_replaceable, "a saved text encoder"
        ) as new:
            config = self._save_assets(new, self.get_config())
            encoder_files.write_config(new, name, config)
            encoder_files.write_weights(new, self.get_weights(), dtype)

    @classmethod
    def load(cls, directory):
        """Returns the encoder that `save` wrote.

        Nothing but JSON, text and arrays is read; no code of the directory runs.

        Args:
            directory: path of a saved encoder.

        Raises:
            ValueError: `directory` is no saved encoder, or one of a class that is not known or not
                `cls`.
        """
        directory = Path(directory)
        name, config = encoder_files.read_config(directory)
        found = keras.saving.get_registered_object(name)
        if not (isinstance(found, type) and issubclass(found, cls)):
            raise ValueError(
                f"`directory` must hold a text encoder of a known class that is a "
                f"{cls.__name__}. Received: {str(directory)!r} with class {name!r}. Import the "
                f"module that defines the class first."
            )
        try:
            weights = encoder_files.read_weights(directory)
            # Before anything is made: a foreign config may ask for more than the machine has.
            found._check_sizes(config, weights)
            encoder = found.from_config(found._load_assets(directory, config))
            encoder.set_weights(weights)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"`directory` must hold a whole text encoder. Received: {str(directory)!r}, where "
                f"{type(error).__name__}: {error}. Save or fetch it again."
            ) from error
        return encoder

    @classmethod
    def _check_sizes(cls, config, weights):
        """Raises a `ValueError` if arrays are not of the sizes that a config names."""
        # Classes with wide layers know theirs.
        del config, weights

    def _save_assets(self, directory, config):
        """Moves parts of the config to files of their own and returns the rest."""
        return config

    @classmethod
    def _load_assets(cls, directory, config):
        """Returns the config with the parts that `_save_assets` moved to files."""
        return config
