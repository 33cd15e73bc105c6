"""All measures of one extractor's features, of pictures that come batch by batch."""

import numpy as np

from keras_stackgan.metrics.confidence import (
    mean_interval,
    proportion_interval,
    student_quantile,
)
from keras_stackgan.metrics.feature_set import FeatureSet
from keras_stackgan.metrics.frechet_distance import (
    ROWS_PER_FEATURE,
    frechet_distance_extrapolated,
    frechet_interval,
)
from keras_stackgan.metrics.inception_score_stream import InceptionScoreStream
from keras_stackgan.metrics.kernel_distance import kernel_interval
from keras_stackgan.metrics.manifold_coverage import coverage_rows
from keras_stackgan.metrics.score import Score

# Of the jackknife over the generated pictures.
_GROUPS = 10


class FeatureMeasure:
    """Frechet and kernel distance, precision, recall, density, coverage and Inception Score.

    Args:
        extractor: `FeatureExtractor`.
        reference: `FeatureSet` of real pictures, or None: only the Inception Score then.
        count: int >= 20. How many pictures will come.
        keep: int. Rows for the measures that compare every two: all but Frechet distance and
            Inception Score.
        splits: int. Of the Inception Score.
        neighbors: int. See `manifold_coverage`.
        seed: int. Of subsets.

    Example:

    ```python
    measure = FeatureMeasure(extractor, reference, count=100)
    measure.update({"pictures": pictures})
    measure.scores("generated")  # a list of `Score`
    ```
    """

    def __init__(self, extractor, reference, count, keep=5000, splits=10, neighbors=5, seed=0):
        self.extractor, self.reference = extractor, reference
        self.features = FeatureSet(extractor.name, extractor.resize, keep)
        self.count, self.splits, self.neighbors, self.seed = count, splits, neighbors, seed
        self._stream = None

    def update(self, batch):
        """Adds a batch.

        Args:
            batch: dict with `"pictures"`, a uint8 array `(n, size, size, 3)`.
        """
        features, chances = self.extractor.features_and_probabilities(batch["pictures"])
        self.features.update(features)
        if chances is not None and self.count >= self.splits:
            if self._stream is None:
                self._stream = InceptionScoreStream(self.count, self.splits)
            self._stream.update(chances)

    def scores(self, pictures):
        """Returns a list of `Score`.

        Args:
            pictures: str. What was measured.
        """
        found = []

        def add(metric, value, low=None, high=None, n=None):
            n = self.features.count if n is None else n
            found.append(
                Score(
                    metric, pictures, value, low, high, n, self.seed,
                    self.extractor.name, self.extractor.resize,
                )
            )  # fmt: skip

        if self.reference is not None:
            self._add_distances(add)
            self._add_coverage(add)
        if self._stream is not None:
            mean, std = self._stream.result()
            interval = None, None
            if self.splits > 1:
                half = student_quantile(self.splits - 1) * std / np.sqrt(self.splits - 1)
                interval = mean - half, mean + half
            add("inception_score", mean, *interval)
        return found

    def _add_distances(self, add):
        real, rows = self.reference.statistics(), self.features.rows
        groups = self.features.groups()
        if len(rows) == self.features.count < rows.shape[1]:
            groups = [rows[k :: len(groups)].astype("float64") for k in range(len(groups))]
        add("frechet_distance", *frechet_interval(real, groups, student_quantile(len(groups) - 1)))
        if len(rows) >= ROWS_PER_FEATURE * rows.shape[1]:
            value = frechet_distance_extrapolated(real, rows, seed=self.seed)
            add("frechet_distance_extrapolated", value, n=len(rows))
        parts = [rows[k::_GROUPS] for k in range(_GROUPS)]
        interval = kernel_interval(self.reference.rows, parts, student_quantile(_GROUPS - 1))
        add("kernel_distance", *interval, len(rows))

    def _add_coverage(self, add):
        # As many on both sides: the radii of the balls depend on the number.
        count = min(len(self.reference.rows), len(self.features.rows))
        real, fake = self.reference.rows[:count], self.features.rows[:count]
        for name, rows in coverage_rows(real, fake, self.neighbors).items():
            if name == "density":
                add(name, *mean_interval(rows), count)
            else:
                share = float(rows.mean())
                add(name, share, *proportion_interval(share, count), count)
