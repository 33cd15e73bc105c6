"""A frozen attribute classifier as a guide of generators."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import ops

HEAD = "head.npz"
CLASSIFIER = "classifier.keras"


@keras.saving.register_keras_serializable("keras_stackgan")
class AttributeMatcher:
    """Tells a generator whether its pictures show the attributes that their sentences state.

    For data whose attributes are known; where they are not, `text.Matcher` does with captions
    alone. A linear head reads off an embedding which attributes the sentence states, and which
    values; the classifier reads the picture. The loss is the cross-entropy of what is stated.

    A model passes its matcher embeddings as `adapt_embeddings` standardized them; `mean` and
    `scale` undo that. A small `image_size` of the classifier keeps the guide to what can be seen
    from afar: at full size it also rewards fine patterns that mean nothing.

    A model that is saved with a matcher remembers the directory it came from.

    Args:
        classifier: `AttributeClassifier`, trained on real pictures.
        kernel: float array `(embedding_dim, values + attributes)`: logits of all values, then of
            whether each attribute is stated; see `fit`.
        bias: float array `(values + attributes,)`.
        mean: float array `(embedding_dim,)` or `None`.
        scale: float array `(embedding_dim,)` or `None`. What the embeddings were multiplied by.

    Call args:
        images: float tensor in [-1, 1], `(batch, size, size, 3)`.
        embeddings: float tensor `(batch, embedding_dim)`.

    Returns:
        A scalar: the mean over stated attributes.

    Raises:
        ValueError: the head does not fit the classifier.

    Example:

    ```python
    matcher = AttributeMatcher.fit(classifier, embeddings, targets, mentioned)
    model.compile(matcher=matcher, matching_weight=0.3)
    ```

    Reference:
        [Odena et al., 2017](https://arxiv.org/abs/1610.09585): an auxiliary classifier, here
        frozen and of many attributes.
    """

    def __init__(self, classifier, kernel, bias, mean=None, scale=None):
        self.cardinalities = list(classifier.cardinalities.values())
        units = sum(self.cardinalities) + len(self.cardinalities)
        if np.ndim(kernel) != 2 or np.shape(kernel)[1] != units or np.shape(bias) != (units,):
            raise ValueError(
                f"`kernel` and `bias` must end in {units} columns, one for each value and each "
                f"attribute of the classifier. Received: {np.shape(kernel)} and {np.shape(bias)}."
            )
        self.classifier = classifier
        self.kernel, self.bias = np.asarray(kernel, "float32"), np.asarray(bias, "float32")
        self.mean = None if mean is None else np.asarray(mean, "float32")
        self.scale = None if scale is None else np.asarray(scale, "float32")
        self.directory = None
        # Copies: no optimizer finds them.
        self._trainable = _copies(classifier.trainable_variables)
        self._other = _copies(classifier.non_trainable_variables)
        # Not the variables: dropout's state is among them, and no file holds it.
        self._statistics = _copies(classifier.non_trainable_weights)

    def __call__(self, images, embeddings):
        logits, _ = self.classifier.stateless_call(
            self._trainable, self._other, ops.cast(images, "float32"), training=False
        )
        values, stated = self.read(embeddings)
        losses = []
        for name, target in zip(self.classifier.cardinalities, values, strict=True):
            losses.append(ops.categorical_crossentropy(target, logits[name], from_logits=True))
        losses = ops.stack(losses, axis=1)
        return ops.sum(stated * losses) / ops.maximum(ops.sum(stated), 1.0)

    def read(self, embeddings):
        """What sentences state, by their embeddings.

        Args:
            embeddings: float tensor `(batch, embedding_dim)`.

        Returns:
            `(values, stated)`: a list with a tensor of probabilities `(batch, values)` for each
            attribute, and the probability `(batch, attributes)` that each is stated.
        """
        embeddings = ops.cast(embeddings, "float32")
        if self.scale is not None:
            embeddings = embeddings / self.scale
        if self.mean is not None:
            embeddings = embeddings + self.mean
        outputs = ops.matmul(embeddings, self.kernel) + self.bias
        parts = ops.split(outputs, np.cumsum(self.cardinalities).tolist(), axis=1)
        values = [ops.stop_gradient(ops.softmax(part)) for part in parts[:-1]]
        return values, ops.stop_gradient(ops.sigmoid(parts[-1]))

    @classmethod
    def fit(
        cls, classifier, embeddings, targets, mentioned, mean=None, scale=None, epochs=10, seed=0
    ):
        """Makes a matcher, with a head trained on sentences whose attributes are known.

        Args:
            classifier: `AttributeClassifier`, trained.
            embeddings: float array `(n, embedding_dim)`, as the encoder gives them.
            targets: int array `(n, attributes)`. Numbers of the values.
            mentioned: bool array `(n, attributes)`. What each sentence states.
            mean: See the class.
            scale: See the class.
            epochs: int.
            seed: int. Of the order of sentences.

        Returns:
            An `AttributeMatcher`.

        Raises:
            ValueError: the arrays do not belong together.
        """
        targets, mentioned = np.asarray(targets), np.asarray(mentioned, "float32")
        cardinalities = list(classifier.cardinalities.values())
        shape = (len(embeddings), len(cardinalities))
        if targets.shape != shape or mentioned.shape != shape:
            raise ValueError(
                f"`targets` and `mentioned` must have shape {shape}, a row an embedding and a "
                f"column an attribute. Received: {targets.shape} and {mentioned.shape}."
            )
        embeddings = np.asarray(embeddings, "float32")
        center, spread = embeddings.mean(axis=0), embeddings.std(axis=0) + 1e-6
        head = keras.Sequential(
            [
                keras.Input((embeddings.shape[1],)),
                keras.layers.Dense(
                    sum(cardinalities) + len(cardinalities), kernel_initializer="zeros"
                ),
            ]
        )
        head.compile(keras.optimizers.Adam(5e-3), loss=_head_loss(cardinalities))
        order = np.random.default_rng(seed).permutation(len(embeddings))
        answers = np.concatenate([targets, mentioned], axis=1).astype("float32")
        head.fit(
            ((embeddings - center) / spread)[order],
            answers[order],
            batch_size=min(256, len(embeddings)),
            epochs=epochs,
            shuffle=False,
            verbose=0,
        )
        kernel, bias = head.get_weights()
        kernel = kernel / spread[:, None]
        return cls(classifier, kernel, bias - center @ kernel, mean, scale)

    # === Files ===

    def fingerprint(self):
        """Returns 64 hexadecimal digits that change whenever the weights do."""
        digest = hashlib.sha256(json.dumps(self.classifier.get_config()["cardinalities"]).encode())
        for array in (*self._trainable, *self._statistics, self.kernel, self.bias):
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def save(self, directory):
        """Writes classifier and head to a new directory, whole or not at all."""
        directory = Path(directory).absolute()
        if directory.exists():
            raise FileExistsError(
                f"`directory` must not exist yet. Received: {str(directory)!r}. Choose another."
            )
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".saving-") as scratch:
            new = Path(scratch) / "new"
            new.mkdir()
            self.classifier.save(new / CLASSIFIER)
            np.savez(new / HEAD, kernel=self.kernel, bias=self.bias)
            os.replace(new, directory)
        self.directory = str(directory)

    @classmethod
    def load(cls, directory, mean=None, scale=None):
        """Returns the matcher that `save` wrote.

        Raises:
            ValueError: `directory` is no such directory.
        """
        directory = Path(directory).absolute()
        try:
            classifier = keras.models.load_model(directory / CLASSIFIER, compile=False)
            with np.load(directory / HEAD, allow_pickle=False) as head:
                matcher = cls(classifier, head["kernel"], head["bias"], mean, scale)
        except (OSError, KeyError, ValueError) as error:
            raise ValueError(
                f"`directory` must be one that AttributeMatcher.save wrote. Received: "
                f"{str(directory)!r} ({type(error).__name__}: {error})."
            ) from error
        matcher.directory = str(directory)
        return matcher

    def get_config(self):
        config = {"directory": self.directory, "fingerprint": self.fingerprint()}
        for name in ("mean", "scale"):
            value = getattr(self, name)
            config[name] = None if value is None else value.tolist()
        return config

    @classmethod
    def from_config(cls, config):
        if config["directory"] is None:
            raise ValueError(
                "A matcher can be made again only from a directory. Received: one that was never "
                "saved. Load with compile=False, or call `save` before the model is saved."
            )
        matcher = cls.load(config["directory"], config["mean"], config["scale"])
        if matcher.fingerprint() != config["fingerprint"]:
            raise ValueError(
                f"The matcher must be the one that was trained with. Received: "
                f"'{config['directory']}' with other weights. Put the old one back, or load with "
                "compile=False."
            )
        return matcher


def _copies(variables):
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]


def _head_loss(cardinalities):
    ends = np.cumsum(cardinalities).tolist()

    def loss(answers, outputs):
        targets, mentioned = ops.split(answers, 2, axis=1)
        parts = ops.split(outputs, ends, axis=1)
        total = ops.mean(ops.binary_crossentropy(mentioned, parts[-1], from_logits=True), axis=-1)
        for column, logits in enumerate(parts[:-1]):
            target = ops.cast(targets[:, column], "int32")
            entropy = ops.sparse_categorical_crossentropy(target, logits, from_logits=True)
            total += mentioned[:, column] * entropy / len(cardinalities)
        return total

    return loss
