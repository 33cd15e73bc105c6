"""Mean and covariance of features, gathered batch by batch."""

import json
import os
import uuid
from pathlib import Path

import numpy as np


class FeatureStatistics:
    """Number, mean and covariance of feature vectors, in memory that does not grow with them.

    Args:
        extractor: str. Name of what made the features; statistics of different extractors are
            never compared.
        resize: str. How pictures were brought to the extractor's size: the same rule.

    Example:

    ```python
    statistics = FeatureStatistics("mine", "bilinear")
    statistics.update(np.random.normal(size=(100, 8)))
    statistics.covariance.shape  # (8, 8)
    ```
    """

    def __init__(self, extractor, resize="none"):
        self.extractor = str(extractor)
        self.resize = str(resize)
        self.count = 0
        self.mean = None
        self._scatter = None

    def update(self, features):
        """Adds the rows of a batch.

        Args:
            features: float array `(n, dim)`.

        Returns:
            The statistics themselves.

        Raises:
            ValueError: the shape is another, or an entry is not finite.
        """
        features = np.asarray(features, "float64")
        if features.ndim != 2 or (self.mean is not None and features.shape[1] != len(self.mean)):
            wanted = "dim" if self.mean is None else len(self.mean)
            raise ValueError(
                f"`features` must have shape (n, {wanted}). Received: shape {features.shape}."
            )
        if not np.isfinite(features).all():
            raise ValueError("`features` must be finite. Received: NaN or infinite entries.")
        if not len(features):
            return self
        if self.mean is None:
            self.mean = np.zeros(features.shape[1])
            self._scatter = np.zeros((features.shape[1],) * 2)
        # Chan's update: stable where the mean is large against the spread.
        count, mean = len(features), features.mean(axis=0)
        centered, shift = features - mean, mean - self.mean
        total = self.count + count
        self._scatter += centered.T @ centered
        self._scatter += np.outer(shift, shift) * (self.count * count / total)
        self.mean = self.mean + shift * (count / total)
        self.count = total
        return self

    def merge(self, other):
        """Adds the rows that another statistics has seen.

        Args:
            other: `FeatureStatistics` of the same extractor and way of resizing.

        Returns:
            The statistics themselves.

        Raises:
            ValueError: they cannot be compared, or are of another dimension.
        """
        self.check_comparable(other)
        if not other.count:
            return self
        if self.mean is None:
            self.count, self.mean = other.count, other.mean.copy()
            self._scatter = other._scatter.copy()
            return self
        if len(other.mean) != len(self.mean):
            raise ValueError(
                f"`other` must have {len(self.mean)} features. Received: {len(other.mean)}."
            )
        total, shift = self.count + other.count, other.mean - self.mean
        self._scatter += other._scatter
        self._scatter += np.outer(shift, shift) * (self.count * other.count / total)
        self.mean = self.mean + shift * (other.count / total)
        self.count = total
        return self

    @property
    def covariance(self):
        """The unbiased covariance, float64 `(dim, dim)`."""
        if self.count < 2:
            raise ValueError(f"A covariance needs at least 2 features. Received: {self.count}.")
        return self._scatter / (self.count - 1)

    def check_comparable(self, other):
        """Raises a ValueError unless both are of one extractor and one way of resizing."""
        for name in ("extractor", "resize"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise ValueError(
                    f"Both statistics must be made with the same `{name}`. Received: {mine!r} and "
                    f"{theirs!r}. Compute one of them again."
                )

    def save(self, path):
        """Writes an .npz file, whole or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.tmp.npz")
        described = {"extractor": self.extractor, "resize": self.resize, "count": self.count}
        try:
            np.savez(temporary, about=json.dumps(described), mean=self.mean, scatter=self._scatter)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path):
        """Returns what `save` wrote.

        Raises:
            ValueError: the file is no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                statistics = cls(about["extractor"], about["resize"])
                statistics.count = int(about["count"])
                statistics.mean, statistics._scatter = file["mean"], file["scatter"]
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(
                f"`path` must be a file that FeatureStatistics.save wrote. Received: {str(path)!r} "
                f"({type(error).__name__}: {error}). Delete it and compute the statistics again."
            ) from error
        return statistics
