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
    """Returns what 1,000 pictures take, all phases weighed by their pictures.

    Reading pictures, states and sample grids are not in it. On a machine with other work the
    processor's seconds say more than the clock's: on N idle cores, the clock's are between them
    and an N-th of them.

    Args:
        row: `Row`, one that is trained.
        options: `Options`.
        measured: int. Steps of each phase.

    Returns:
        `(seconds, processor_seconds)`.

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
    seconds = np.zeros(2)
    for number, phase in enumerate(settings["phases"]):
        building.compile_model(model, phase, number)
        clock = _Clock()
        model.fit(
            _batches(model, settings, phase["batch_size"]), steps_per_epoch=WARM_UP + measured,
            verbose=0, callbacks=[clock],
        )  # fmt: skip
        seconds += clock.seconds / measured * phase["steps"]
    return tuple((1000 * seconds / pictures_seen(settings)).tolist())


def line(row, options, per_thousand):
    """Returns what is said of a row's probe.

    Args:
        row: `Row`.
        options: `Options`.
        per_thousand: as `probe` returns it.
    """
    clock, processor = per_thousand
    whole = clock * pictures_seen(make_settings(row, options, 0)) / 1000
    return (
        f"{row.name:18} {clock:7.2f} s for 1,000 pictures, {words(whole)} a seed "
        f"({processor:.2f} s of processor time)"
    )


class _Clock(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        now = np.array([time.perf_counter(), time.process_time()])
        if batch + 1 == WARM_UP:
            self._began = now
        if batch + 1 > WARM_UP:
            self.seconds = now - self._began


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
