"""GAWWN, told where the bird of a caption is."""

import numpy as np
from PIL import Image


class Boxed:
    """A GAWWN that draws each caption into the box of the picture that it belongs to.

    Args:
        model: `GAWWN`.
        records: list of `Record` with boxes and captions.

    Example:

    ```python
    Boxed(model, read_painted_birds("birds", "test", boxes=True)).generate(captions=captions)
    ```
    """

    num_classes = None

    def __init__(self, model, records):
        self.model = model
        self.embedding_dim, self.text_encoder = model.embedding_dim, model.text_encoder
        self.output_sizes = model.output_sizes
        self._boxes = {}
        for record in records:
            box = box_in_picture(record)
            # Of pictures with one caption any box will do: the caption is true of each.
            self._boxes.update(dict.fromkeys(record.captions, box))

    def generate(self, captions, num_images=1, seed=0, **kwargs):
        """See `GAWWN.generate`; captions must be those of the records."""
        boxes = np.array([self._boxes[caption] for caption in captions], "float32")
        return self.model.generate(captions, num_images, seed, boxes=boxes, **kwargs)


def box_in_picture(record):
    """Returns `(left, top, width, height)` of a record's box, in units of its square picture."""
    with Image.open(record.path) as picture:
        width, height = picture.size
    x, y, w, h = record.box
    left, top = max(0.0, x / width), max(0.0, y / height)
    return (left, top, min(w / width, 1.0 - left), min(h / height, 1.0 - top))
