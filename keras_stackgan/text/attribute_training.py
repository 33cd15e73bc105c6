"""Trains a text encoder to tell the attributes that captions state."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_count


def train_on_attributes(
    encoder,
    texts,
    targets,
    mask,
    cardinalities,
    *,
    epochs=10,
    batch_size=128,
    learning_rate=1.5e-3,
    mention_weight=1.0,
    norm_weight=1e-3,
    seed=0,
    verbose=0,
):
    """Trains an encoder so that a linear layer on its vectors reads the attributes of a caption.

    For data whose attributes are known. Two heads, dropped afterwards, read each attribute's value
    where the caption states it and, for every attribute, whether it does. The learning rate falls
    linearly. The encoder is trained in place, on whichever backend Keras has.

    Args:
        encoder: a text encoder with `network`, a Keras model, and `inputs_of(texts)`, what it
            takes; such as `HashedNgramEncoder` or `CharCNNRNN`.
        texts: list of N strings.
        targets: int array `(N, attributes)`. Numbers of the values; what they are where `mask` is
            0 does not matter.
        mask: bool or number array `(N, attributes)`. 1 where the caption states the attribute.
        cardinalities: list of ints, or dict from attribute to int. How many values each attribute
            has, in the order of the columns.
        epochs: int.
        batch_size: int.
        learning_rate: float. Adam's, at the start.
        mention_weight: float >= 0. Weight of the question whether an attribute is stated.
        norm_weight: float >= 0. Weight of the vectors' mean square, which keeps them small.
        seed: int. Of the order of captions and of the heads' weights.
        verbose: 0, 1 or 2. See `keras.Model.fit`.

    Returns:
        A dict of lists, one number an epoch: `loss`, and `accuracy` over the stated attributes of
        the training captions.

    Raises:
        TypeError: `encoder` cannot be trained.
        ValueError: the arrays do not belong together.

    Example:

    ```python
    encoder = HashedNgramEncoder()
    history = train_on_attributes(
        encoder, ["a red bird", "a small bird"] * 64, [[0, 0], [0, 1]] * 64, [[1, 0], [0, 1]] * 64,
        cardinalities={"color": 2, "size": 2}, epochs=1,
    )
    ```
    """
    check_trainable(encoder)
    if isinstance(cardinalities, dict):
        cardinalities = list(cardinalities.values())
    targets, mask = _checked(texts, targets, mask, cardinalities)
    batches = _Batches(encoder, texts, targets, mask, batch_size, seed)
    vectors = encoder.network.output
    heads = {
        "values": sum(cardinalities),
        "mentions": len(cardinalities),
    }
    outputs = [
        keras.layers.Dense(
            units, kernel_initializer=keras.initializers.GlorotUniform(seed + number), name=name
        )(vectors)
        for number, (name, units) in enumerate(heads.items())
    ]
    model = keras.Model(encoder.network.input, keras.layers.Concatenate()([vectors, *outputs]))
    schedule = keras.optimizers.schedules.PolynomialDecay(
        learning_rate, check_count("epochs", epochs) * len(batches), learning_rate / 100
    )
    parts = _Parts(encoder.dim, cardinalities, mention_weight, norm_weight)
    model.compile(
        keras.optimizers.Adam(schedule),
        loss=parts.loss,
        metrics=[parts.right, parts.stated],
        # For a run of seconds.
        jit_compile=False,
    )
    history = model.fit(batches, epochs=epochs, shuffle=False, verbose=verbose).history
    pairs = zip(history["right"], history["stated"], strict=True)
    return {
        "loss": history["loss"],
        "accuracy": [right / stated if stated else float("nan") for right, stated in pairs],
    }


def check_trainable(encoder):
    """Raises a `TypeError` unless the encoder has what its trainers count on."""
    if not (isinstance(getattr(encoder, "network", None), keras.Model)) or not callable(
        getattr(encoder, "inputs_of", None)
    ):
        raise TypeError(
            "`encoder` must have `network`, a Keras model, and `inputs_of(texts)`, as "
            f"HashedNgramEncoder and CharCNNRNN do. Received: {encoder!r}."
        )


def _checked(texts, targets, mask, cardinalities):
    targets, mask = np.asarray(targets), np.asarray(mask, "float32")
    shape = (len(texts), len(cardinalities))
    if not len(texts) or targets.shape != shape or mask.shape != shape:
        raise ValueError(
            "`targets` and `mask` must have a row for each of `texts` and a column for each of "
            f"`cardinalities`, {shape}. Received: shapes {targets.shape} and {mask.shape}."
        )
    if not np.isin(mask, (0.0, 1.0)).all() or not mask.any():
        raise ValueError("`mask` must hold 0 and 1, and some 1. Received: other numbers, or all 0.")
    wrong = ((targets < 0) | (targets >= np.array(cardinalities))) & (mask > 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise ValueError(
            f"`targets` must lie below `cardinalities` where `mask` is 1. Received: "
            f"targets[{row}, {column}]={targets[row, column]} with {cardinalities[column]} values."
        )
    return np.where(mask > 0, targets, 0).astype("int32"), mask


class _Batches(keras.utils.PyDataset):
    """Captions as the encoder's inputs, made when they are asked for, in an order by seed."""

    def __init__(self, encoder, texts, targets, mask, batch_size, seed):
        super().__init__()
        self.encoder, self.texts = encoder, list(texts)
        self.answers = np.concatenate([targets, mask], axis=1).astype("float32")
        self.batch_size = min(check_count("batch_size", batch_size), len(self.texts))
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return len(self.texts) // self.batch_size

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.encoder.inputs_of([self.texts[row] for row in rows]), self.answers[rows]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.texts))


class _Parts:
    """The loss and its figures, of answers (targets, mask) and outputs (vectors, logits)."""

    def __init__(self, dim, cardinalities, mention_weight, norm_weight):
        self.dim, self.cardinalities = dim, cardinalities
        self.ends = np.cumsum([dim, *cardinalities])
        self.mention_weight, self.norm_weight = mention_weight, norm_weight

    def loss(self, answers, outputs):
        targets, mask = ops.split(answers, 2, axis=1)
        total = self.norm_weight * ops.mean(ops.square(outputs[:, : self.dim]), axis=-1)
        for column, logits in enumerate(self._logits(outputs)):
            target = ops.cast(targets[:, column], "int32")
            total += mask[:, column] * ops.sparse_categorical_crossentropy(
                target, logits, from_logits=True
            )
        mentions = outputs[:, self.ends[-1] :]
        wrong = ops.binary_crossentropy(mask, mentions, from_logits=True)
        return total + self.mention_weight * ops.mean(wrong, axis=-1)

    def right(self, answers, outputs):
        """How many stated attributes a caption's vector tells."""
        targets, mask = ops.split(answers, 2, axis=1)
        found = ops.stack([ops.argmax(logits, -1) for logits in self._logits(outputs)], axis=1)
        return ops.sum(mask * ops.cast(found == ops.cast(targets, found.dtype), "float32"), -1)

    def stated(self, answers, outputs):
        """How many attributes a caption states."""
        return ops.sum(ops.split(answers, 2, axis=1)[1], -1)

    def _logits(self, outputs):
        ends = zip(self.ends[:-1], self.ends[1:], strict=True)
        return [outputs[:, first:last] for first, last in ends]
