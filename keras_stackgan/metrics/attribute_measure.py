"""Attribute accuracy by one judge, of pictures that come batch by batch."""

import numpy as np

from keras_stackgan.metrics.attribute_accuracy import attribute_accuracy
from keras_stackgan.metrics.confidence import bootstrap_interval, proportion_interval
from keras_stackgan.metrics.score import Score


class AttributeMeasure:
    """How often pictures show the attributes that their captions state.

    With it comes the same share for the captions of other pictures, which is what chance and
    frequent values give.

    Args:
        name: str. The judge's.
        predict: callable from uint8 pictures to int `(n, attributes)`, such as
            `AttributeClassifier.predict_values`.
        attributes: list of str. Names of the columns.
        seed: int. Of the interval's resampling.

    Example:

    ```python
    measure = AttributeMeasure("plain", judge.predict_values, list(judge.cardinalities))
    measure.update({"pictures": pictures, "targets": targets, "mentioned": mentioned})
    measure.scores("generated")[0].metric  # "attribute_accuracy"
    ```
    """

    def __init__(self, name, predict, attributes, seed=0):
        self.name, self.predict, self.attributes = name, predict, list(attributes)
        self.seed = seed
        self._predictions, self._targets, self._mentioned = [], [], []

    def update(self, batch):
        """Adds a batch.

        Args:
            batch: dict with `"pictures"`, `"targets"`, int `(n, attributes)`, and `"mentioned"`,
                bool of the same shape.
        """
        self._predictions.append(np.asarray(self.predict(batch["pictures"]), "int32"))
        self._targets.append(np.asarray(batch["targets"], "int32"))
        self._mentioned.append(np.asarray(batch["mentioned"], bool))

    def scores(self, pictures):
        """Returns a list of `Score`: the mean, each attribute's, and other captions' mean.

        Args:
            pictures: str. What was measured.
        """
        rows = [np.concatenate(x) for x in (self._predictions, self._targets, self._mentioned)]
        predictions, targets, mentioned = rows
        half = max(1, len(targets) // 2)
        others = (predictions, np.roll(targets, half, axis=0), np.roll(mentioned, half, axis=0))
        found = [
            self._score(
                name,
                pictures,
                *bootstrap_interval(_mean, *arrays, resamples=500, seed=self.seed),
                len(targets),
            )
            for name, arrays in (
                ("attribute_accuracy", rows),
                ("attribute_accuracy_other_captions", others),
            )
        ]
        shares = attribute_accuracy(*rows, names=self.attributes)
        for name, count in zip(self.attributes, mentioned.sum(axis=0), strict=True):
            if count:
                interval = proportion_interval(shares[name], int(count))
                found.append(
                    self._score(
                        f"attribute_accuracy/{name}", pictures, shares[name], *interval, int(count)
                    )
                )
        return found

    def _score(self, metric, pictures, value, low, high, n):
        return Score(metric, pictures, value, low, high, n, self.seed, self.name, "classifier")


def _mean(predictions, targets, mentioned):
    return attribute_accuracy(predictions, targets, mentioned)["mean"]
