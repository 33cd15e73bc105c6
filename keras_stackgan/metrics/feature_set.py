"""Features of a set of pictures, gathered in memory that does not grow with it."""

import os
import uuid
from pathlib import Path

import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics.feature_statistics import FeatureStatistics

# Rows that wait, so that a group is updated by many at a time.
_PENDING = 1024


class FeatureSet:
    """Statistics of all rows, in groups for the jackknife, and the first rows themselves.

    Pictures should come in a random order: the first `keep` then stand for all.

    Args:
        extractor: str. See `FeatureStatistics`.
        resize: str. See `FeatureStatistics`.
        keep: int. Rows that are kept for measures that compare every two of them.
        groups: int. Row `i` counts to group `i % groups`.

    Example:

    ```python
    features = FeatureSet("mine")
    features.update(np.random.normal(size=(100, 8)))
    features.statistics().count, features.rows.shape  # 100, (100, 8)
    ```
    """

    def __init__(self, extractor, resize="none", keep=5000, groups=10):
        self.extractor, self.resize = str(extractor), str(resize)
        self.keep = check_count("keep", keep)
        self._groups = [
            FeatureStatistics(extractor, resize) for _ in range(check_count("groups", groups))
        ]
        self._kept, self._pending = [], []
        self.count = 0

    def update(self, features):
        """Adds the rows of a batch.

        Args:
            features: float array `(n, dim)`.

        Returns:
            The set itself.
        """
        features = np.asarray(features, "float32")
        missing = self.keep - sum(map(len, self._kept))
        if missing > 0:
            self._kept.append(features[:missing].copy())
        self._pending.append(features)
        self.count += len(features)
        if sum(map(len, self._pending)) >= _PENDING:
            self._settle()
        return self

    @property
    def rows(self):
        """The first `keep` rows, float32."""
        return np.concatenate(self._kept)

    def groups(self):
        """Returns the groups' `FeatureStatistics`; those without a row are left out."""
        self._settle()
        return [group for group in self._groups if group.count]

    def statistics(self):
        """Returns the `FeatureStatistics` of all rows."""
        total = FeatureStatistics(self.extractor, self.resize)
        for group in self.groups():
            total.merge(group)
        return total

    def _settle(self):
        if not self._pending:
            return
        rows = np.concatenate(self._pending)
        places = (self.count - len(rows) + np.arange(len(rows))) % len(self._groups)
        self._pending = []
        for k, group in enumerate(self._groups):
            group.update(rows[places == k])

    # === Files ===

    def save(self, path):
        """Writes `path`, the statistics, and the kept rows beside it.

        Args:
            path: path that ends in `.npz`.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.tmp.npy")
        try:
            np.save(temporary, self.rows, allow_pickle=False)
            os.replace(temporary, path.with_suffix(".rows.npy"))
        finally:
            temporary.unlink(missing_ok=True)
        # Last: it says that all is there.
        self.statistics().save(path)

    @classmethod
    def load(cls, path, extractor, resize):
        """Returns what `save` wrote, in one group.

        Args:
            path: path.
            extractor: str. What the features must be of.
            resize: str. How the pictures must have been resized.

        Raises:
            FileNotFoundError: nothing was written there.
            ValueError: a file is damaged, or of another extractor or way of resizing.
        """
        path = Path(path)
        statistics = FeatureStatistics.load(path)
        statistics.check_comparable(FeatureStatistics(extractor, resize))
        try:
            rows = np.load(path.with_suffix(".rows.npy"), allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise ValueError(
                f"`path` must be a file that FeatureSet.save wrote. Received: '{path}', whose rows "
                f"cannot be read ({error}). Delete it and compute the features again."
            ) from error
        features = cls(extractor, resize, keep=max(1, len(rows)), groups=1)
        features._groups, features._kept = [statistics], [rows]
        features.count = statistics.count
        return features
