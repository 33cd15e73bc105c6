"""A run of two phases at toy size; also a program of its own, to be killed."""

import hashlib
import os
import signal
import sys

import keras
import numpy as np

from keras_stackgan.callbacks import state_file
from keras_stackgan.data import write_toy_flowers
from keras_stackgan.data.records import read_records
from keras_stackgan.training import StagedTraining


def settings(class_name="StackGANv2", steps=(4, 4), decay=None):
    phases = [
        {"name": "first", "steps": steps[0], "batch_size": 4, "linear_decay_from": 0.5},
        {"name": "second", "steps": steps[1], "batch_size": 4},
    ]
    if decay is not None:
        phases[0] = {**phases[0], "learning_rate_decay": decay}
        del phases[0]["linear_decay_from"]
    if class_name == "StackGANv2":
        sizes = {"image_sizes": [16, 32], "generator_filters": 4, "num_residual_blocks": 1}
        for number, phase in enumerate(phases):
            phase["stages"] = number + 1
            phase["compile"] = {"frozen_stages": number, "mismatched": "text", "ema_warmup": True}
    else:
        sizes = {"stage1_size": 16, "image_size": 32, "generator_filters": 8}
        sizes.update(num_residual_blocks=1, generator_normalization="bias")
        for number, phase in enumerate(phases):
            phase["compile"] = {"stage": number + 1, "mismatched": "text"}
    common = {"discriminator_filters": 4, "conditioning_dim": 4, "latent_dim": 4}
    for phase in phases:
        phase["compile"]["run_eagerly"] = True
        phase["optimizer"] = {"learning_rate": 1e-3, "beta_1": 0.0}
    return {
        "data": {"batches": {"flip": False}},
        "text": {"encoder": None, "embeddings": None, "standardize": True},
        "model": {"class_name": class_name, "config": {**sizes, **common}},
        "phases": phases,
        "run": {"save_every": 2, "stats_every": 1, "sample_every": 100, "sample_columns": 2},
    }


class SignalAt(keras.callbacks.Callback):
    """Sends a signal to this process in the n-th step that it sees."""

    def __init__(self, number, step):
        super().__init__()
        self.number, self.left = number, step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.number)


def make(folder, class_name="StackGANv2", callbacks=(), said=None, **keywords):
    data = folder / "flowers"
    records = read_records(data) if data.exists() else write_toy_flowers(data, count=8, size=32)
    embeddings = np.random.default_rng(0).normal(size=(8, 5, 6)).astype("float32")
    return StagedTraining(
        settings(class_name, **keywords),
        folder / "run",
        records,
        embeddings,
        callbacks=callbacks,
        say=said.append if said is not None else lambda line: None,
    )


def digest(folder):
    """One hash of all numbers of the last phase's newest state."""
    path = state_file.newest(folder / "run" / "states" / "second")
    arrays = state_file.read_arrays(path, state_file.read_header(path)["dtypes"])
    return hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()


if __name__ == "__main__":
    import pathlib

    make(pathlib.Path(sys.argv[1]), callbacks=[SignalAt(signal.SIGKILL, int(sys.argv[2]))]).fit()
