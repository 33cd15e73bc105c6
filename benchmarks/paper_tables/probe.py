"""How long every row will take, from some steps of it on pictures of noise."""

import time

import keras
import numpy as np

from keras_stackgan.training import building
from keras_stackgan.training.time_estimate import words
from paper_tables.settings import make_settings, pictures_seen

WARM_UP = 4
# R1 is taken every 16 steps.
MEASURED = 16


def probe(row, options, measured=MEASURED):
    """Returns the seconds that 1,000 pictures take, all phases weighed by their pictures.

    Reading pictures, states and sample grids are not in it.

    Args:
        row: `Row`, one that is trained.
        options: `Options`.
        measured: int. Steps of each phase.

    Example:

    ```python
    probe(rows.get("v2"), Options())
    ```
    """
    settings = make_settings(row, options, 0)
    if row.text:
        from keras_stackgan.text import HashedNgramEncoder

        settings["model"]["config"]["embedding_dim"] = HashedNgramEncoder().dim
    model = building.make_model(settings["model"], settings["phases"][0])
    seconds = 0.0
    for number, phase in enumerate(settings["phases"]):
        building.compile_model(model, phase, number)
        clock = _Clock()
        model.fit(
            _batches(model, settings, phase["batch_size"]), steps_per_epoch=WARM_UP + measured,
            verbose=0, callbacks=[clock],
        )  # fmt: skip
        seconds += clock.seconds / measured * phase["steps"]
    return 1000 * seconds / pictures_seen(settings)


def line(row, options, per_thousand):
    """Returns what is said of a row's probe.

    Args:
        row: `Row`.
        options: `Options`.
        per_thousand: float. Seconds for 1,000 pictures.
    """
    whole = per_thousand * pictures_seen(make_settings(row, options, 0)) / 1000
    return f"{row.name:18} {per_thousand:7.2f} s for 1,000 pictures, {words(whole)} a seed"


class _Clock(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 == WARM_UP:
            self._began = time.perf_counter()
        self.seconds = time.perf_counter() - getattr(self, "_began", time.perf_counter())


def _batches(model, settings, rows):
    import tensorflow as tf

    generator, size = np.random.default_rng(0), model.training_sizes[-1]

    def pictures():
        return generator.integers(0, 256, (rows, size, size, 3)).astype("uint8")

    batch = {"images": pictures()}
    if model.conditional:
        batch["embeddings"] = generator.normal(size=(rows, model.embedding_dim)).astype("float32")
    wanted = settings["data"]["batches"]
    if wanted.get("mismatched_images"):
        batch["mismatched_images"] = pictures()
    if wanted.get("boxes"):
        batch["boxes"] = np.tile(np.float32([0.1, 0.1, 0.6, 0.6]), (rows, 1))
    return tf.data.Dataset.from_tensors(batch).repeat()
