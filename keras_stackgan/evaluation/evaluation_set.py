"""Real pictures and held-out captions, put in a fixed random order for an evaluation."""

import hashlib

import numpy as np

from keras_stackgan.data.decoding import decode
from keras_stackgan.data.preprocessing import PREPROCESSINGS
from keras_stackgan.layers.utils import check_count

_CENTER = PREPROCESSINGS["center"]


class EvaluationSet:
    """Half of the records as the reference, the other half as what is compared with it.

    The compared half's captions are what a model draws, and its pictures are measured in the same
    way as the drawn ones: real pictures against real ones are the bound of every measure.

    Args:
        records: list of `Record`, of a split that the model was not trained on.
        image_size: int. Side of the pictures: the model's.
        num_pictures: int or None. How many pictures a model draws; captions are taken again, each
            with other noise, where there are not as many records. Defaults to None: as many as the
            compared half has.
        attributes: `(targets, mentioned)` or None: int `(records, attributes)` and bool `(records,
            captions, attributes)`, as `read_bird_attributes` gives them.
        class_names: list or None. Labels in the order in which a model numbers them.
        batch_size: int. Pictures at a time.
        seed: int. Of the halves, the order and the choice of captions.

    Raises:
        ValueError: there are too few records.

    Example:

    ```python
    records = read_painted_birds("birds", "test")
    pictures = EvaluationSet(records, 64, attributes=read_bird_attributes("birds", records))
    next(pictures.real_batches())["captions"]
    ```
    """

    def __init__(
        self,
        records,
        image_size,
        num_pictures=None,
        *,
        attributes=None,
        class_names=None,
        batch_size=64,
        seed=0,
    ):
        if len(records) < 40:
            raise ValueError(
                "An evaluation needs at least 40 pictures, 20 for each half. "
                f"Received: {len(records)} records."
            )
        self.records = list(records)
        self.image_size = check_count("image_size", image_size)
        self.batch_size = check_count("batch_size", batch_size)
        self.attributes, self.class_names, self.seed = attributes, class_names, seed
        self._captioned = all(record.captions for record in self.records)
        generator = np.random.default_rng(seed)
        order = generator.permutation(len(records))
        self.reference, self.compared = order[: len(order) // 2], order[len(order) // 2 :]
        count = len(self.compared) if num_pictures is None else num_pictures
        self.num_pictures = check_count("num_pictures", count, minimum=20)
        self._rows = np.resize(self.compared, max(self.num_pictures, len(self.compared)))
        self._draws = generator.random(len(self._rows))

    @property
    def captioned(self):
        """Whether every record has a caption."""
        return self._captioned

    def key(self):
        """Returns what tells the reference pictures from others, for a cache of their features."""
        digest = hashlib.sha256(f"{self.image_size} center".encode())
        for row in self.reference:
            record = self.records[row]
            digest.update(repr((str(record.path.absolute()), record.box)).encode())
            # Pictures painted again under the same name are others.
            digest.update(str(_size_of(record)).encode())
        return digest.hexdigest()

    # === Batches ===

    def reference_batches(self):
        """Yields the reference half's pictures."""
        for rows in self._chunks(self.reference):
            yield {"pictures": self._pictures(rows)}

    def real_batches(self):
        """Yields the compared half's pictures, with their captions."""
        for places in self._chunks(np.arange(len(self.compared))):
            rows = self.compared[places]
            yield {"pictures": self._pictures(rows), **self.stated(places, rows)}

    def generated_batches(self, draw):
        """Yields a model's pictures of the compared half's captions.

        Args:
            draw: callable `(count, seed, captions=..., labels=...)` to uint8 pictures, `(count,
                size, size, 3)`. `captions` is a list of str or None, `labels` an int array or None.
        """
        for number, places in enumerate(self._chunks(np.arange(self.num_pictures))):
            rows = self._rows[places]
            stated = self.stated(places, rows)
            pictures = draw(
                len(rows),
                self.seed + number,
                captions=stated.get("captions"),
                labels=self.labels(rows),
            )
            yield {"pictures": pictures, **stated}

    def read(self, row):
        """Returns the picture of a record: cut to its box, resized, the middle of it."""
        record = self.records[row]
        return center_picture(record, self.image_size)

    def stated(self, places, rows):
        """Returns the captions and attributes of records, as batches hold them.

        Args:
            places: int array. The records' places in the order of drawing: they decide which of a
                record's captions is taken.
            rows: int array. The records.

        Returns:
            A dict with `captions`, and where they are known `targets` and `mentioned`; an empty one
            where records have no captions.
        """
        if not self.captioned:
            return {}
        records = [self.records[row] for row in rows]
        counts = np.array([len(record.captions) for record in records])
        chosen = (self._draws[places] * counts).astype(int)
        texts = [record.captions[k] for record, k in zip(records, chosen, strict=True)]
        if self.attributes is None:
            return {"captions": texts}
        targets, mentioned = self.attributes
        return {
            "captions": texts,
            "targets": targets[rows],
            "mentioned": mentioned[rows, chosen],
        }

    def labels(self, rows):
        """Returns the records' labels as numbers, int32 `(n,)`, or None."""
        if self.class_names is None:
            return None
        place = {name: k for k, name in enumerate(self.class_names)}
        return np.array([place[self.records[row].label] for row in rows], "int32")

    def _pictures(self, rows):
        return np.stack([self.read(row) for row in rows])

    def _chunks(self, rows):
        for first in range(0, len(rows), self.batch_size):
            yield rows[first : first + self.batch_size]


def center_picture(record, size):
    """Returns a record's picture as uint8 `(size, size, 3)`, with no chance in it.

    Args:
        record: `Record`. It is cut to its box, if it has one, as for training.
        size: int. Side in pixels.
    """
    loaded = _CENTER.load(decode(record.read(), record.path), size, record.box)
    top, left = (loaded.shape[0] - size) // 2, (loaded.shape[1] - size) // 2
    return loaded[top : top + size, left : left + size]


def _size_of(record):
    return len(record.read()) if record.store else record.path.stat().st_size
