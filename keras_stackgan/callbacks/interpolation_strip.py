"""Pictures between two captions and between two noises while a model trains."""

import pathlib

import numpy as np

from keras_stackgan.callbacks.periodic import Periodic
from keras_stackgan.callbacks.picture_log import PictureLog
from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models.interpolation import (
    check_ends,
    check_seeds,
    interpolate_captions,
    interpolate_noise,
)
from keras_stackgan.models.multi_worker import is_chief


class InterpolationStrip(Periodic):
    """Writes strips of the last stage's pictures from one caption to another, and between noises.

    `<step>_captions.png` changes the caption at one noise, `<step>_noise.png` the noise at the
    first caption. A strip that jumps, or stands still, shows what a grid of samples hides: pictures
    that were learned by heart, or words (or noise) that do nothing.

    Args:
        directory: path. Made if absent.
        first: str, int or float array `(embedding_dim,)`: a caption, a label or an embedding.
            `None` for unconditional models, which get the strip of noises alone.
        second: the same, for the other end.
        steps: int >= 2. Pictures a strip, both ends included.
        every: int >= 1. Steps of training between two strips.
        seeds: two ints. Of the noises at both ends; the captions' strip has the first.
        log_dir: path or `None`. The strips also go to TensorBoard's event files in this folder, as
            `interpolation/captions` and `interpolation/noise`.
        boxes: float array `(4,)` or `(2, 4)`, for models that take them: one box for all pictures,
            or those of both ends, between which it moves.

    Raises:
        ValueError: If an argument is out of its range, or only one end is given; and when training
            begins if the model cannot draw them.

    Example:

    ```python
    strip = InterpolationStrip("strips", "a red rose", "a yellow rose", every=500)
    model.fit(dataset, callbacks=[strip])
    ```
    """

    def __init__(
        self,
        directory,
        first=None,
        second=None,
        steps=8,
        every=1000,
        seeds=(0, 1),
        log_dir=None,
        boxes=None,
    ):
        super().__init__(every)
        if (first is None) != (second is None):
            raise ValueError(
                "`first` and `second` must be given both, or neither for an unconditional model. "
                f"Received: first={first!r}, second={second!r}."
            )
        self.directory = pathlib.Path(directory)
        self.first = first
        self.second = second
        self.boxes = boxes
        self.steps = check_count("steps", steps, minimum=2)
        self.seeds = check_seeds(seeds)
        self._log = None if log_dir is None else PictureLog(log_dir)

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        # Now, not at the first strip: by then so many steps would be lost.
        check_ends(self.model, self.first, self.second, self.boxes)

    def write(self):
        """Writes the strips of this moment; returns their paths. Of several workers one writes."""
        strips = {}
        if self.first is not None:
            strips["captions"] = interpolate_captions(
                self.model, self.first, self.second, self.steps, self.seeds[0], boxes=self.boxes
            )
        strips["noise"] = interpolate_noise(
            self.model, self.first, self.steps, self.seeds, boxes=self.boxes
        )
        if not is_chief(self.model):
            return []
        self.directory.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, images in strips.items():
            path = self.directory / f"{self.model.step:07d}_{name}.png"
            strip = tile(np.asarray(images), 1)
            save_png(strip, path)
            paths.append(path)
            if self._log is not None:
                self._log.write(f"interpolation/{name}", strip, self.model.step)
        return paths
