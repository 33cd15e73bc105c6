"""Measures of a picture encoder and a text encoder that share their space."""

import numpy as np

from keras_stackgan.metrics.attribute_measure import record_numbers
from keras_stackgan.metrics.clip_score import clip_scores
from keras_stackgan.metrics.confidence import mean_interval, proportion_interval
from keras_stackgan.metrics.retrieval_precision import retrieval_hits
from keras_stackgan.metrics.score import Score


class PairMeasure:
    """R-precision and CLIP score of pictures that come batch by batch.

    Args:
        name: str. The pair's.
        picture_vectors: callable from uint8 pictures to vectors `(n, dim)`.
        text_vectors: callable from a list of captions to vectors `(n, dim)`.
        candidates: int. Captions to choose from; fewer where there are not so many different ones.
        keep: int. The first so many pictures count.
        seed: int. Of the wrong captions.

    Example:

    ```python
    measure = PairMeasure("matching", model.picture_vectors, model.text_vectors)
    measure.update({"pictures": pictures, "captions": captions})
    measure.scores("generated")[0].metric  # "r_precision_100"
    ```
    """

    def __init__(self, name, picture_vectors, text_vectors, candidates=100, keep=5000, seed=0):
        self.name, self.picture_vectors, self.text_vectors = name, picture_vectors, text_vectors
        self.candidates, self.keep, self.seed = candidates, keep, seed
        self._pictures, self._texts, self._captions = [], [], []
        self._records = []

    def update(self, batch):
        """Adds a batch.

        Args:
            batch: dict with `"pictures"` and `"captions"`, a list of str. `"records"`, int `(n,)`,
                says where captions come again: pictures of one record count as one in intervals.
                Without it every picture is of another record.
        """
        missing = self.keep - len(self._captions)
        if missing <= 0:
            return
        captions = list(batch["captions"])[:missing]
        self._pictures.append(np.asarray(self.picture_vectors(batch["pictures"][:missing])))
        self._texts.append(np.asarray(self.text_vectors(captions)))
        records = record_numbers(batch, len(batch["captions"]), len(self._captions))
        self._records.append(records[:missing])
        self._captions += captions

    def scores(self, pictures):
        """Returns a list of `Score`.

        Args:
            pictures: str. What was measured.
        """
        vectors = np.concatenate(self._pictures), np.concatenate(self._texts)
        records, found = np.concatenate(self._records), []
        candidates = min(self.candidates, len(set(self._captions)))
        if candidates > 1:
            hits = retrieval_hits(*vectors, self._captions, candidates, self.seed)
            share = float(hits.mean())
            interval = proportion_interval(share, len(np.unique(records)))
            found.append(self._score(f"r_precision_{candidates}", pictures, share, *interval))
        interval = mean_interval(clip_scores(*vectors), records)
        found.append(self._score("clip_score", pictures, *interval))
        return found

    def _score(self, metric, pictures, value, low, high):
        count = len(self._captions)
        return Score(metric, pictures, value, low, high, count, self.seed, self.name)
