"""Attribute accuracy by one judge, of pictures that come batch by batch."""

import numpy as np

from keras_stackgan.metrics.attribute_accuracy import attribute_accuracy
from keras_stackgan.metrics.confidence import (
    bootstrap_interval,
    proportion_interval,
    rows_of_groups,
)
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
        self._records = []

    def update(self, batch):
        """Adds a batch.

        Args:
            batch: dict with `"pictures"`, `"targets"`, int `(n, attributes)`, and `"mentioned"`,
                bool of the same shape. `"records"`, int `(n,)`, says where captions come again:
                pictures of one record count as one in intervals, and are no others to each other.
                Without it every picture is of another record.
        """
        first = sum(map(len, self._targets))
        self._records.append(record_numbers(batch, len(batch["targets"]), first))
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
        records = np.concatenate(self._records)
        kinds = {"attribute_accuracy": rows}
        others = rows_of_others(records)
        if others is not None:
            kinds["attribute_accuracy_other_captions"] = (
                predictions,
                targets[others],
                mentioned[others],
            )
        found = [
            self._score(
                name,
                pictures,
                *bootstrap_interval(_mean, *arrays, groups=records, resamples=500, seed=self.seed),
                len(targets),
            )
            for name, arrays in kinds.items()
        ]
        shares = attribute_accuracy(*rows, names=self.attributes)
        for name, stated in zip(self.attributes, mentioned.T, strict=True):
            if stated.any():
                # What a caption states is drawn again with it, and is no further case.
                interval = proportion_interval(shares[name], len(np.unique(records[stated])))
                found.append(
                    self._score(
                        f"attribute_accuracy/{name}",
                        pictures,
                        shares[name],
                        *interval,
                        int(stated.sum()),
                    )
                )
        return found

    def _score(self, metric, pictures, value, low, high, n):
        return Score(metric, pictures, value, low, high, n, self.seed, self.name, "classifier")


def _mean(predictions, targets, mentioned):
    return attribute_accuracy(predictions, targets, mentioned)["mean"]


def record_numbers(batch, count, first):
    """Returns which record each picture of a batch is of, int `(count,)`.

    Args:
        batch: dict, with `"records"` or without.
        count: int. Pictures of the batch.
        first: int. Pictures before it: without `"records"` they are numbered through.
    """
    return np.asarray(batch.get("records", first + np.arange(count)), "int64")


def rows_of_others(records):
    """Returns for each picture the row of one of another record, or None if there is one record.

    Args:
        records: int array `(n,)`.
    """
    _, firsts, numbers = np.unique(records, return_index=True, return_inverse=True)
    if len(firsts) < 2:
        return None
    # In the order in which they come, which is a random one.
    order = np.argsort(firsts)
    partner = np.empty(len(order), int)
    partner[order] = np.roll(order, len(order) // 2)
    sorted_rows, starts, sizes = rows_of_groups(records, len(records))
    seen, others = np.zeros(len(firsts), int), np.empty(len(numbers), int)
    for row, number in enumerate(numbers):
        other = partner[number]
        others[row] = sorted_rows[starts[other] + seen[number] % sizes[other]]
        seen[number] += 1
    return others
