"""A model that draws whole pictures into boxes, measured beside others whose pictures are cut."""

import numpy as np
from PIL import Image

from keras_stackgan.data.center_pictures import center_box
from keras_stackgan.data.preprocessing import PREPROCESSINGS
from keras_stackgan.evaluation import EvaluationSet


class CutToBoxes:
    """A model whose pictures are cut to the boxes that it drew into, and enlarged.

    Args:
        model: `AdversarialModel` that takes boxes.

    Example:

    ```python
    CutToBoxes(model).generate(["a red bird"], boxes=[[0.25, 0.25, 0.5, 0.5]])
    ```
    """

    num_classes = None

    def __init__(self, model):
        self.model = model
        self.embedding_dim, self.text_encoder = model.embedding_dim, model.text_encoder
        self.output_sizes = model.output_sizes

    def generate(self, captions, *, boxes, **kwargs):
        """See `AdversarialModel.generate`; there is one box a caption."""
        drawn = self.model.generate(captions=captions, boxes=boxes, **kwargs)
        return np.stack([cut(*pair) for pair in zip(drawn, boxes, strict=True)])


class CutSet(EvaluationSet):
    """Asks for pictures in boxes, and compares them with real ones that are cut to theirs."""

    def asked(self, rows, captions):
        """Returns what a model is to draw for records, with their boxes in the whole pictures."""
        boxes = [center_box(self.records[row], self.image_size, use_boxes=False) for row in rows]
        return {**super().asked(rows, captions), "boxes": np.stack(boxes)}


def cut(picture, box):
    """Returns what the data loader would make of a picture with this box: of the same size.

    Args:
        picture: uint8 array `(size, size, 3)`.
        box: float array `(4,)`: left, top, width and height in units of the picture.

    Example:

    ```python
    cut(picture, [0.25, 0.25, 0.5, 0.5])
    ```
    """
    size = len(picture)
    pixels = np.rint(np.asarray(box) * size)
    loaded = PREPROCESSINGS["center"].load(Image.fromarray(picture), size, tuple(pixels))
    top, left = (loaded.shape[0] - size) // 2, (loaded.shape[1] - size) // 2
    return loaded[top : top + size, left : left + size]
