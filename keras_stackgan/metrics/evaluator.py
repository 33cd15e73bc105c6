"""All measures of a set of pictures, in one pass over batches."""

import hashlib
from pathlib import Path

import numpy as np

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics.attribute_measure import AttributeMeasure
from keras_stackgan.metrics.feature_measure import FeatureMeasure
from keras_stackgan.metrics.feature_set import FeatureSet
from keras_stackgan.metrics.pair_measure import PairMeasure

FEWEST = 20


class Evaluator:
    """Measures pictures against real ones, and against what their captions state.

    Memory grows with `keep` and the extractors' features, not with the number of pictures: 50,000
    are measured in that of 5,000.

    Args:
        extractors: list of `FeatureExtractor`.
        judges: dict from a name to a callable from uint8 pictures to int `(n, attributes)`, whose
            columns are `attributes`.
        attributes: list of str.
        pairs: dict from a name to `(picture_vectors, text_vectors)`, two callables.
        keep: int. Pictures for the measures that compare every two.
        splits: int. Of the Inception Score.
        neighbors: int. Of precision, recall, density and coverage.
        candidates: int. Captions that R-precision chooses from.
        gallery: int. How many pictures of each kind are kept as they are, for maps and sheets.
        seed: int. Of everything that is drawn.
        cache_dir: path or None. Where features of real pictures are kept. Defaults to None:
            nowhere.

    Raises:
        ValueError: a number is out of its range, two extractors have one name and one way of
            resizing, or there are judges and no attributes.

    Example:

    ```python
    evaluator = Evaluator([ClassifierExtractor(classifier)], {"plain": classifier.predict_values},
                          attributes=list(classifier.cardinalities))
    evaluator.set_reference([{"pictures": real}])
    scores = evaluator.evaluate("generated", [{"pictures": generated}], count=len(generated))
    ```
    """

    def __init__(
        self,
        extractors=(),
        judges=None,
        attributes=(),
        pairs=None,
        *,
        keep=5000,
        splits=10,
        neighbors=5,
        candidates=100,
        gallery=300,
        seed=0,
        cache_dir=None,
    ):
        self.extractors = list(extractors)
        self.judges, self.attributes = dict(judges or {}), list(attributes)
        self.pairs = dict(pairs or {})
        self.keep = check_count("keep", keep, minimum=FEWEST)
        self.splits = check_count("splits", splits)
        self.neighbors = check_count("neighbors", neighbors)
        self.candidates = check_count("candidates", candidates, minimum=2)
        self.seed = seed
        self.cache_dir = None if cache_dir is None else Path(cache_dir).expanduser()
        self.gallery = gallery
        self.reference, self.features, self.pictures = {}, {}, {}
        self.reference_key = None
        keys = [key_of(extractor) for extractor in self.extractors]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(
                "`extractors` must differ in name or way of resizing, or one's features are taken "
                f"for the other's. Received twice: {twice}. Give each a name of its own."
            )
        if self.judges and not self.attributes:
            raise ValueError(
                "`attributes` must name the columns that `judges` read. Received: "
                f"attributes={attributes!r} with the judges {sorted(self.judges)}."
            )

    def set_reference(self, batches, key=None):
        """Computes the features of the real pictures that all others are compared with.

        Args:
            batches: iterable of dicts with `"pictures"`, uint8 `(n, size, size, 3)`. It is not
                touched where all features are found on the disk.
            key: str or None. What tells these pictures from others. With it and `cache_dir` the
                features are kept, and found again. It is remembered as `reference_key`.

        Raises:
            ValueError: there are fewer than 20 pictures.
        """
        missing, reference = [], {}
        for extractor in self.extractors:
            path = self._path(extractor, key)
            if path is not None and path.is_file():
                found = FeatureSet.load(path, extractor.name, extractor.resize)
                reference[key_of(extractor)] = found
            else:
                missing.append(extractor)
        sets = [FeatureSet(each.name, each.resize, self.keep, groups=1) for each in missing]
        for batch in batches if missing else ():
            for extractor, features in zip(missing, sets, strict=True):
                features.update(extractor(batch["pictures"]))
        for extractor, features in zip(missing, sets, strict=True):
            if features.count < FEWEST:
                raise ValueError(
                    f"`batches` must hold at least {FEWEST} real pictures. "
                    f"Received: {features.count}."
                )
            path = self._path(extractor, key)
            if path is not None:
                features.save(path)
            reference[key_of(extractor)] = features
        # All or none: never two data sets' features beside each other.
        self.reference, self.reference_key = reference, key

    def evaluate(self, pictures, batches, count):
        """Measures pictures.

        Args:
            pictures: str. How the scores call them.
            batches: iterable of dicts: `"pictures"`, uint8 `(n, size, size, 3)`; where there are
                captions, `"captions"`, a list of str; where attributes are known, `"targets"` and
                `"mentioned"`, `(n, attributes)`; where captions come again `"records"`, int `(n,)`:
                which pictures belong together. Pictures should come in a random order.
            count: int >= 20. How many pictures there are.

        Returns:
            A list of `Score`.

        Raises:
            ValueError: there are fewer pictures, or other than announced.
        """
        count = check_count("count", count, minimum=FEWEST)
        measures, shown, seen = None, [], 0
        for batch in batches:
            if measures is None:
                measures = self._measures(batch, count)
            for measure in measures:
                measure.update(batch)
            if seen < self.gallery:
                shown.append(batch["pictures"][: self.gallery - seen])
            seen += len(batch["pictures"])
        if seen != count:
            raise ValueError(f"`count`={count} pictures were announced. Received: {seen}.")
        if shown:
            self.pictures[pictures] = np.concatenate(shown)
        self.features[pictures] = {
            key_of(measure.extractor): measure.features
            for measure in measures
            if isinstance(measure, FeatureMeasure)
        }
        return [score for measure in measures for score in measure.scores(pictures)]

    def _measures(self, batch, count):
        measures = [
            FeatureMeasure(
                extractor,
                self.reference.get(key_of(extractor)),
                count,
                self.keep,
                self.splits,
                self.neighbors,
                self.seed,
            )
            for extractor in self.extractors
        ]
        if "targets" in batch:
            columns = np.shape(batch["targets"])[1]
            if self.judges and columns != len(self.attributes):
                raise ValueError(
                    "`targets` must have a column for each of `attributes`. Received: "
                    f"{columns} columns, {len(self.attributes)} attributes."
                )
            measures += [
                AttributeMeasure(name, predict, self.attributes, self.seed)
                for name, predict in self.judges.items()
            ]
        if "captions" in batch:
            measures += [
                PairMeasure(name, *pair, self.candidates, self.keep, self.seed)
                for name, pair in self.pairs.items()
            ]
        return measures

    def _path(self, extractor, key):
        if self.cache_dir is None or key is None:
            return None
        words = repr((*key_of(extractor), extractor.image_size, key, self.keep))
        return self.cache_dir / f"{hashlib.sha256(words.encode()).hexdigest()[:20]}.npz"


def key_of(extractor):
    """Returns what features are found by: an extractor's name and its way of resizing."""
    return extractor.name, extractor.resize
