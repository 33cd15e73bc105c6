"""Pictures of fixed captions and noise while a model trains."""

import os
import pathlib

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from keras_stackgan.callbacks.periodic import Periodic
from keras_stackgan.callbacks.picture_log import PictureLog
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models import box_checks
from keras_stackgan.models.generation import check_seed, condition_rows
from keras_stackgan.models.multi_worker import is_chief
from keras_stackgan.models.network_checks import stage_names


class SampleGrid(Periodic):
    """Writes a grid of pictures every so many steps: one row a condition, one column a noise.

    Each file is written under a temporary name and then renamed, one file a stage, named
    `<step>_<size>.png` (`<step>_<size>_stage<k>.png` where stages have one size).

    Args:
        directory: path. Made if absent.
        captions: list of str, at least one, for models with a `text_encoder`; or
        embeddings: float array `(rows, embedding_dim)`; or
        labels: int array `(rows,)`. For unconditional models none of them.
        columns: int. Pictures a row.
        every: int. Steps between two grids.
        seed: int. Of the noise, the same for all grids.
        log_dir: path or `None`. The grids also go to TensorBoard's event files in this folder, as
            `samples/<size>`. Takes the log directory of `keras.callbacks.TensorBoard`, or another.
        boxes: float array `(4,)` or `(rows, 4)`, for models that take them: one box for all
            pictures, or one a row. See `GAWWN.generate`.

    Raises:
        ValueError: If more than one condition is given, `captions` are no list of str, a number is
            out of its range, or `boxes` are not one or one a row; and when training begins if the
            model cannot draw them.

    Example:

    ```python
    model.fit(dataset, callbacks=[SampleGrid("samples", captions=["a red rose"], every=500)])
    ```
    """

    def __init__(
        self,
        directory,
        captions=None,
        embeddings=None,
        labels=None,
        columns=8,
        every=1000,
        seed=0,
        log_dir=None,
        boxes=None,
    ):
        super().__init__(every)
        self.directory = pathlib.Path(directory)
        texts = captions if isinstance(captions, (list, tuple)) else []
        if captions is not None and not (texts and all(isinstance(x, str) for x in texts)):
            raise ValueError(f"`captions` must be a list of str. Received: {captions!r}.")
        self.conditions = {"captions": captions, "embeddings": embeddings, "labels": labels}
        given = [name for name, value in self.conditions.items() if value is not None]
        if len(given) > 1:
            raise ValueError(
                "Only one of `captions`, `embeddings` and `labels` can be drawn. "
                f"Received: {', '.join(given)}."
            )
        self.boxes = boxes
        if boxes is not None:
            rows = max((len(x) for x in self.conditions.values() if x is not None), default=1)
            self.boxes = box_checks.for_rows(boxes, rows)
        self.columns = check_count("columns", columns)
        self.seed = check_seed(seed)
        self._log = None if log_dir is None else PictureLog(log_dir)

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        # Now, not at the first grid: by then so many steps would be lost.
        condition_rows(self.model, **self.conditions)
        self._rows()

    def write(self):
        """Writes the grids of this moment; returns their paths. Of several workers one writes."""
        # Several workers all draw, so that none waits for another. One call a row: a picture's
        # noise follows from its place in a call, so columns share it.
        rows = [
            self.model.generate(**condition, num_images=self.columns, seed=self.seed, stages="all")
            for condition in self._rows()
        ]
        if not is_chief(self.model):
            return []
        self.directory.mkdir(parents=True, exist_ok=True)
        paths = []
        names = stage_names(self.model.output_sizes)
        for name, *images in zip(names, *rows, strict=True):
            path = self.directory / f"{self.model.step:07d}_{name}.png"
            grid = tile(np.concatenate(images), len(rows))
            save_png(grid, path)
            paths.append(path)
            if self._log is not None:
                self._log.write(f"samples/{name}", grid, self.model.step)
        return paths

    def _rows(self):
        given = [(name, value) for name, value in self.conditions.items() if value is not None]
        if not given:
            return [box_checks.given(self.model, self.boxes)]
        name, values = given[0]
        return [
            {
                name: [value] if name == "captions" else values[k : k + 1],
                **box_checks.given(self.model, None if self.boxes is None else self.boxes[k]),
            }
            for k, value in enumerate(values)
        ]


def tile(images, rows):
    """Lays pictures out in rows: `(rows * columns, h, w, 3)` to `(rows * h, columns * w, 3)`."""
    count, height, width, channels = images.shape
    columns = count // rows
    grid = images[: rows * columns].reshape(rows, columns, height, width, channels)
    return grid.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)


def strip(stages):
    """Puts one caption's pictures of all stages side by side, each enlarged to the last's size."""
    size = stages[-1].shape[0]
    enlarged = [
        np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.NEAREST))
        for image in stages
    ]
    return np.concatenate(enlarged, axis=1)


def save_png(array, path, texts=None):
    """Writes a uint8 picture so that no reader ever sees half of it.

    Args:
        array: uint8 array `(height, width, 3)` or `(height, width)`.
        path: path of the file.
        texts: dict of str, or `None`. The file's text fields, by PNG's keywords.

    Reference:
        [PNG, third edition](https://www.w3.org/TR/png-3/#11keywords), "Description" and others.
    """
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fields = PngInfo()
    for name, text in (texts or {}).items():
        # The one kind that holds UTF-8: a caption may be of any script.
        fields.add_itxt(name, text)
    try:
        Image.fromarray(array).save(temporary, format="PNG", pnginfo=fields)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
