"""Real pictures and held-out captions, put in a fixed random order for an evaluation."""

import hashlib

import numpy as np

from keras_stackgan.data.center_pictures import center_box, center_picture
from keras_stackgan.layers.utils import check_count


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
        boxes: bool. Whether a model draws each caption into the box of its picture; pictures are
            then whole, not cut to their boxes, and every record must have one. Defaults to False.
        batch_size: int. Pictures at a time.
        seed: int. Of the halves, the order and the choice of captions.

    Raises:
        ValueError: there are too few records, some have no box where boxes are wanted, or a label
            that `class_names` does not hold.

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
        boxes=False,
        batch_size=64,
        seed=0,
    ):
        if len(records) < 40:
            raise ValueError(
                "An evaluation needs at least 40 pictures, 20 for each half. "
                f"Received: {len(records)} records."
            )
        without = [record.file for record in records if record.box is None] if boxes else []
        if without:
            raise ValueError(
                "The model draws into boxes, and pictures of this data set have none. "
                f"Received: {len(without)} of {len(records)} records, e.g. '{without[0]}'."
            )
        unknown = (
            []
            if class_names is None
            else sorted(
                {str(record.label) for record in records if record.label not in class_names}
            )
        )
        if unknown:
            raise ValueError(
                "`class_names` must hold the label of every record. It lacks: "
                f"{', '.join(unknown[:8])}. Measure pictures of classes that the model draws."
            )
        self.records = list(records)
        self.image_size = check_count("image_size", image_size)
        self.batch_size = check_count("batch_size", batch_size)
        self.attributes, self.class_names, self.seed = attributes, class_names, seed
        self.boxes = boxes
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
        kind = "center whole" if self.boxes else "center"
        digest = hashlib.sha256(f"{self.image_size} {kind}".encode())
        for row in self.reference:
            record = self.records[row]
            digest.update(repr((str(record.path.absolute()), record.box)).encode())
            # Pictures painted again under the same name are others.
            digest.update(_version_of(record))
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
                size, size, 3)`. `captions` is a list of str or None, `labels` an int array or None;
                where the set has boxes, `boxes=` is a float array `(count, 4)`.
        """
        for number, places in enumerate(self._chunks(np.arange(self.num_pictures))):
            rows = self._rows[places]
            stated = self.stated(places, rows)
            asked = self.asked(rows, stated.get("captions"))
            yield {"pictures": draw(len(rows), self.seed + number, **asked), **stated}

    def asked(self, rows, captions):
        """Returns what a model is to draw for records, as `generated_batches` asks for it."""
        asked = {"captions": captions, "labels": self.labels(rows)}
        if self.boxes:
            records = [self.records[row] for row in rows]
            asked["boxes"] = np.stack(
                [center_box(record, self.image_size, use_boxes=False) for record in records]
            )
        return asked

    def read(self, row):
        """Returns the picture of a record: cut to its box, resized, the middle of it."""
        return center_picture(self.records[row], self.image_size, use_boxes=not self.boxes)

    def stated(self, places, rows):
        """Returns the captions and attributes of records, as batches hold them.

        Args:
            places: int array. The records' places in the order of drawing: they decide which of a
                record's captions is taken.
            rows: int array. The records.

        Returns:
            A dict with `captions`, `records` (the rows again: whose pictures belong together), and
            where they are known `targets` and `mentioned`; an empty one where records have no
            captions.
        """
        if not self.captioned:
            return {}
        records = [self.records[row] for row in rows]
        counts = np.array([len(record.captions) for record in records])
        chosen = (self._draws[places] * counts).astype(int)
        texts = [record.captions[k] for record, k in zip(records, chosen, strict=True)]
        if self.attributes is None:
            return {"captions": texts, "records": np.asarray(rows)}
        targets, mentioned = self.attributes
        return {
            "captions": texts,
            "records": np.asarray(rows),
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


def _version_of(record):
    """What changes with a picture: bytes of a database, and of a file its size and time."""
    if record.store:
        return hashlib.sha256(record.read()).digest()
    found = record.path.stat()
    return f"{found.st_size} {found.st_mtime_ns}".encode()
