"""Inception Score of pictures that come batch by batch."""

import numpy as np

from keras_stackgan.layers.utils import check_count


class InceptionScoreStream:
    """`inception_score` in memory that grows with classes and splits, not with pictures.

    Args:
        count: int, at least `splits`. How many rows will come: it decides which split each is in.
        splits: int. As in `inception_score`.

    Raises:
        ValueError: a number is out of its range.

    Example:

    ```python
    stream = InceptionScoreStream(100)
    stream.update(np.eye(10)[np.arange(100) % 10])
    stream.result()[0]  # 10.0
    ```
    """

    def __init__(self, count, splits=10):
        self.splits = check_count("splits", splits)
        self.count = check_count("count", count, minimum=self.splits)
        self.seen = 0
        self._sums = self._entropies = None

    def update(self, probabilities):
        """Adds the rows of a batch.

        Args:
            probabilities: float array `(n, classes)`, rows that sum to 1.

        Raises:
            ValueError: the rows are no probabilities, or more than `count`.
        """
        rows = np.asarray(probabilities, "float64")
        if rows.ndim != 2 or (rows < 0).any() or not np.allclose(rows.sum(1), 1.0, atol=1e-3):
            raise ValueError(
                "`probabilities` must be rows (n, classes) that sum to 1. "
                f"Received: shape {rows.shape}. Apply softmax."
            )
        if self.seen + len(rows) > self.count:
            raise ValueError(
                f"`count`={self.count} rows were announced. Received: {self.seen + len(rows)}."
            )
        if self._sums is None:
            self._sums = np.zeros((self.splits, rows.shape[1]))
            self._entropies = np.zeros(self.splits)
        starts = np.arange(1, self.splits) * self.count // self.splits
        split = np.searchsorted(starts, self.seen + np.arange(len(rows)), side="right")
        logs = np.log(np.where(rows > 0, rows, 1.0))
        np.add.at(self._sums, split, rows)
        np.add.at(self._entropies, split, np.sum(rows * logs, axis=1))
        self.seen += len(rows)

    def result(self):
        """Returns `(mean, std)` over the splits, as `inception_score`.

        Raises:
            ValueError: fewer rows came than announced.
        """
        if self.seen != self.count:
            raise ValueError(f"`count`={self.count} rows were announced. Received: {self.seen}.")
        edges = np.arange(self.splits + 1) * self.count // self.splits
        counts = np.diff(edges)[:, None]
        marginals = self._sums / counts
        logs = np.log(np.where(marginals > 0, marginals, 1.0))
        scores = np.exp(self._entropies / counts[:, 0] - np.sum(marginals * logs, axis=1))
        return float(np.mean(scores)), float(np.std(scores))
