"""Material of a table at toy size, without judges and encoders; also a program, to be killed."""

import hashlib
import os
import signal
import sys

import benchmark_path  # noqa: F401
import keras
import numpy as np
from paper_tables import rows
from paper_tables.options import Options
from paper_tables.run import Run

from keras_stackgan.callbacks import state_file
from keras_stackgan.data import write_toy_flowers
from keras_stackgan.data.records import read_records
from keras_stackgan.metrics import Score

OPTIONS = Options(size=32, width=4, pictures=64, save_every=1, run_eagerly=True)


class ToyMaterial:
    """Flowers in place of birds, and embeddings out of nowhere."""

    def __init__(self, folder, options=OPTIONS):
        self.folder, self.options, self.said = folder, options, []
        self.say = self.said.append

    def train(self, boxes=False):
        data = self.folder / "flowers"
        return read_records(data) if data.exists() else write_toy_flowers(data, count=8, size=32)

    def text_encoder(self):
        return None

    def embeddings(self, records, encoder):
        return np.random.default_rng(0).normal(size=(len(records), 5, 6)).astype("float32")


class SignalAt(keras.callbacks.Callback):
    """Sends a signal to this process in the n-th step that it sees."""

    def __init__(self, number, step):
        super().__init__()
        self.number, self.left = number, step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.number)


def digest(run, phase):
    """One hash of all numbers of a phase's newest state."""
    path = state_file.newest(run.folder / "states" / phase)
    arrays = state_file.read_arrays(path, state_file.read_header(path)["dtypes"])
    return hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()


def toy_run(folder, name):
    return Run(rows.get(name), 0, ToyMaterial(folder))


def entry(row, seed, **values):
    """A result whose judges found the same, with intervals of ± 0.1."""
    scores = []
    for metric, value in values.items():
        for name in ("plain-64-aa", "separable-64-bb"):
            scores.append(Score(metric, "generated", value, value - 0.1, value + 0.1, 100, 0, name))
    return {
        "row": row, "seed": seed, "options": Options().of_results(), "pictures": 100_000,
        "seconds": 1500.0, "generator_weights": 1234, "discriminator_weights": 567,
        "scores": [score.as_dict() for score in scores],
    }  # fmt: skip


def result(run, **values):
    """What a run's result holds, of toy options."""
    found = entry(run.row.name, run.seed, **(values or {"inception_score": 3.0}))
    return {**found, "options": run.options.of_results(), **run.origin()}


if __name__ == "__main__":
    import pathlib

    toy_run(pathlib.Path(sys.argv[1]), sys.argv[2]).train([SignalAt(signal.SIGKILL, 3)])
