"""The means of a run's terms, as lines of a file and for TensorBoard."""

import json
import os
import pathlib
import time

import keras

from keras_stackgan.callbacks.periodic import steps_before
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models.multi_worker import is_chief


class StatsLog(keras.callbacks.Callback):
    """Appends the means of all logs to `stats.jsonl` every so many steps, and begins new means.

    Where a run goes on from a step, lines of later steps of the same label are removed first: they
    are of steps that will be made again.

    Args:
        path: path of the file, made if absent.
        every: int >= 1. Steps between two lines.
        label: dict that JSON can hold, at the beginning of each line, such as `{"phase": "64"}`.
        last_step: int or `None`. Lines of this label with a greater `step` are removed.
        tensorboard: path of a folder for TensorBoard, or `None`. Needs the package `tensorboard`.

    Example:

    ```python
    model.fit(dataset, callbacks=[StatsLog("run/stats.jsonl", every=100)])
    # {"step": 100, "seconds": 8.1, "d_loss_64": 1.71, "g_loss_64": 2.05, ...}
    ```
    """

    def __init__(self, path, every=100, label=None, last_step=None, tensorboard=None):
        super().__init__()
        self.path = pathlib.Path(path)
        self.every = check_count("every", every)
        self.label = dict(label or {})
        self.last_step = last_step
        self.tensorboard = tensorboard
        self._writer = self._seen = None

    def on_train_begin(self, logs=None):
        self._seen = None
        self._began = time.monotonic()
        if not is_chief(self.model):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.last_step is not None and self.path.exists():
            self._remove_later_lines()
        if self.tensorboard is not None:
            import tensorflow as tf

            self._writer = tf.summary.create_file_writer(str(self.tensorboard))

    def on_train_batch_end(self, batch, logs=None):
        step = self.model.step
        before, self._seen = steps_before(self.model, self._seen), step
        if step // self.every == before // self.every or not logs:
            return
        now = time.monotonic()
        terms = {name: float(value) for name, value in logs.items()}
        if is_chief(self.model):
            line = {**self.label, "step": step, "seconds": round(now - self._began, 3)}
            line.update({name: float(f"{value:.6g}") for name, value in terms.items()})
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        self._began = now
        self.model.reset_metrics()
        if self._writer is not None:
            import tensorflow as tf

            with self._writer.as_default(step):
                for name, value in terms.items():
                    tf.summary.scalar(name, value)

    def on_train_end(self, logs=None):
        if self._writer is not None:
            self._writer.close()

    def _remove_later_lines(self):
        kept = [line for line in self.path.read_text("utf-8").splitlines(True) if self._stays(line)]
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            temporary.write_text("".join(kept), encoding="utf-8")
            os.replace(temporary, self.path)
        finally:
            temporary.unlink(missing_ok=True)

    def _stays(self, line):
        try:
            entry = json.loads(line)
        except ValueError:
            # What a killed process or a full disk left half-written.
            return False
        same = all(entry.get(name) == value for name, value in self.label.items())
        return not same or entry.get("step", 0) <= self.last_step
