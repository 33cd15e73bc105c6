"""A text encoder of words and word groups: small, fast, trained in minutes."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_count
from keras_stackgan.text.encoder import TextEncoder
from keras_stackgan.text.ngram_hashing import NgramHashing

_BATCH = 256
# About the length of the counts of a caption of 20 words, so that common learning rates fit.
_LENGTH = 6.0


@keras.saving.register_keras_serializable("keras_stackgan")
class HashedNgramEncoder(TextEncoder):
    """Encodes sentences by their words and groups of words, through two dense layers.

    Words, pairs and triples of neighboring words are hashed to `num_buckets` counts (see
    `NgramHashing`). Their square roots, scaled to one length, pass a hidden layer and a linear one.
    A group such as "red wings" or "wings are red" says which color belongs to which part, and
    needs no learning to be told from "red crown". Words that are further apart are not seen
    together.

    Untrained, the layers are a random projection: sentences that share words are near each other.
    `train_on_attributes` and `MatchingModel` train them. A sentence without any word has a vector
    too, that of silence.

    Args:
        num_buckets: int. Number of counts.
        max_words: int. How many neighboring words a group may have.
        max_distance: int. From 2 on, pairs of words that are so far apart count, too.
        clauses: bool. Whether no group reaches over a punctuation mark.
        hidden_dim: int. Width of the hidden layer.
        dim: int. Size of a vector.
        seed: int. Of the weights at the start: the same on every machine and Keras backend.

    Raises:
        ValueError: an argument is not as described.

    Example:

    ```python
    encoder = HashedNgramEncoder()
    encoder(["a small bird with red wings"]).shape  # (1, 128)
    ```

    Reference:
        [Weinberger et al., 2009](https://arxiv.org/abs/0902.2206): hashed features.
    """

    def __init__(
        self,
        num_buckets=4096,
        max_words=3,
        max_distance=1,
        clauses=True,
        hidden_dim=512,
        dim=128,
        seed=0,
    ):
        self.num_buckets = check_count("num_buckets", num_buckets)
        self.max_words = check_count("max_words", max_words)
        self.max_distance = check_count("max_distance", max_distance)
        self.clauses = bool(clauses)
        self.hidden_dim = check_count("hidden_dim", hidden_dim)
        self._dim = check_count("dim", dim)
        self.seed = check_count("seed", seed, minimum=0)
        self._hashing = NgramHashing(
            self.num_buckets, self.max_words, self.max_distance, self.clauses
        )
        self.network = _network(self.num_buckets, self.hidden_dim, self.dim)
        self.set_weights(self._initial_weights())

    @property
    def dim(self):
        return self._dim

    def get_config(self):
        return {
            "num_buckets": self.num_buckets,
            "max_words": self.max_words,
            "max_distance": self.max_distance,
            "clauses": self.clauses,
            "hidden_dim": self.hidden_dim,
            "dim": self.dim,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        # Encoders that were saved before there were triples and clauses had neither.
        return cls(**{"max_words": 2, "clauses": False, **config})

    @classmethod
    def _check_sizes(cls, config, weights):
        sizes = [config.get(name) for name in ("num_buckets", "hidden_dim", "dim")]
        kernels = ("hidden/kernel", "projection/kernel")
        found = [np.shape(weights.get(name)) for name in kernels]
        if found != [(sizes[0], sizes[1]), (sizes[1], sizes[2])]:
            raise ValueError(
                "the weights must be of the config's num_buckets, hidden_dim and dim, which are "
                f"{sizes}. Received: kernels of the shapes {found}"
            )

    def get_weights(self):
        return {name: ops.convert_to_numpy(weight) for name, weight in self._named().items()}

    def set_weights(self, weights):
        wanted = {name: tuple(weight.shape) for name, weight in self._named().items()}
        received = {name: np.shape(array) for name, array in weights.items()}
        if wanted != received:
            raise ValueError(
                f"`weights` must be those of a HashedNgramEncoder(num_buckets={self.num_buckets}, "
                f"hidden_dim={self.hidden_dim}, dim={self.dim}). "
                f"Different: {sorted(set(wanted.items()) ^ set(received.items()))[:4]}."
            )
        for name, weight in self._named().items():
            weight.assign(weights[name])

    def inputs_of(self, texts):
        """Returns uint8 `(N, num_buckets)`: the counts of words and word groups."""
        return self._hashing(texts)

    def graph_inputs_of(self, strings):
        """Returns what `inputs_of` does, of a string tensor, in TensorFlow operations."""
        return self._hashing.graph(strings)

    def graph_encode(self, strings):
        return self.network(self.graph_inputs_of(strings), training=False)

    def resources(self):
        return [weight.value for weight in self.network.weights]

    def _encode(self, texts, progress=None):
        vectors = []
        for start in range(0, len(texts), _BATCH):
            counts = self.inputs_of(texts[start : start + _BATCH])
            vectors.append(ops.convert_to_numpy(self.network(counts, training=False)))
            if progress is not None:
                progress(min(start + _BATCH, len(texts)), len(texts))
        return np.concatenate(vectors)

    def _named(self):
        """The weights by names that do not depend on what was made before in the process."""
        return {
            f"{layer}/{kind}": getattr(self.network.get_layer(layer), kind)
            for layer in ("hidden", "projection")
            for kind in ("kernel", "bias")
        }

    def _initial_weights(self):
        # Drawn by NumPy: Keras' initializers give each backend other numbers.
        rng = np.random.default_rng(self.seed)
        weights = {}
        for name, weight in self._named().items():
            weights[name] = np.zeros(weight.shape, "float32")
            if name.endswith("kernel"):
                weights[name] = rng.standard_normal(weight.shape).astype("float32")
        # Small, so that the hidden units learn what to look at: large random ones learn single
        # captions by heart (part colors of birds of other species: .78 instead of .81).
        weights["hidden/kernel"] *= np.float32(0.2 / _LENGTH)
        # The other half of the hidden units is silent at the start.
        weights["projection/kernel"] *= np.float32(np.sqrt(2.0 / self.hidden_dim))
        return weights


def _network(num_buckets, hidden_dim, dim):
    keywords = {"dtype": "float32"}
    counts = keras.Input((num_buckets,), dtype="uint8")
    x = keras.layers.Lambda(_scaled, output_shape=(num_buckets,), **keywords)(counts)
    x = keras.layers.Dense(hidden_dim, "relu", name="hidden", **keywords)(x)
    vectors = keras.layers.Dense(dim, name="projection", **keywords)(x)
    return keras.Model(counts, vectors, name="hashed_ngrams")


def _scaled(counts):
    """Square roots of counts, scaled to one length; silence stays zero."""
    counts = ops.cast(counts, "float32")
    # The roots' squares are the counts.
    total = ops.maximum(ops.sum(counts, axis=-1, keepdims=True), 1.0)
    return _LENGTH * ops.sqrt(counts / total)
