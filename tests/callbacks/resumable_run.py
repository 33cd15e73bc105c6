"""A small run that can be killed at a step and gone on with; also a program of its own."""

import hashlib
import os
import signal
import sys

import keras
import numpy as np
import tensorflow as tf

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import TrainingState, state_file

STEPS_PER_EPOCH = 4
EPOCHS = 3


def make_model(initial=1, **compile_keywords):
    keras.utils.set_random_seed(initial)
    model = StackGANv2(
        image_sizes=(16,),
        generator_filters=4,
        discriminator_filters=4,
        embedding_dim=8,
        conditioning_dim=6,
        latent_dim=5,
    )
    model.compile(**{"run_eagerly": True, "ema_warmup": True, **compile_keywords})
    return model


def make_data(start_step=0, name="stripes"):
    """Endless batches whose content is a function of their number."""

    def sample(number):
        images = tf.random.stateless_uniform((4, 16, 16, 3), [3, number], maxval=256, dtype="int32")
        embeddings = tf.random.stateless_normal((4, 8), [4, number])
        return {"images": tf.cast(images, "uint8"), "embeddings": embeddings}

    dataset = tf.data.Dataset.counter(start=start_step).map(sample)
    dataset.description = {"name": name, "start_step": start_step}
    return dataset


class KillAt(keras.callbacks.Callback):
    """Ends the process without a word at the end of a step."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


def kill_in_write(step):
    """Ends the process while the state of this step is being written."""
    whole = np.savez

    def half(file, **arrays):
        names = list(arrays)
        if state_file_step(arrays) == step:
            whole(file, **{name: arrays[name] for name in names[: len(names) // 2]})
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        whole(file, **arrays)

    state_file.np.savez = half


def state_file_step(arrays):
    import json

    return json.loads(bytes(arrays[state_file.HEADER]).decode())["position"]["batches"]


def halve_rate(epoch, rate):
    return rate * 0.5 if epoch else rate


def run(run_dir, every=2, epochs=EPOCHS, more=(), **compile_keywords):
    """Makes everything anew, as a script does, and trains to the end or goes on to it."""
    model = make_model(**compile_keywords)
    state = TrainingState(run_dir, every=every)
    callbacks = [
        keras.callbacks.LearningRateScheduler(halve_rate),
        keras.callbacks.ReduceLROnPlateau("g_loss", patience=1, min_delta=10.0, mode="min"),
        *more,
        state,
    ]
    history = model.fit(
        make_data(state.start_step),
        steps_per_epoch=STEPS_PER_EPOCH,
        epochs=epochs,
        verbose=0,
        callbacks=callbacks,
    )
    return model, history


def digest(model):
    """One hash of every number of a run: weights, optimizers, averages, statistics, counters."""
    optimizers = [model.generator_optimizer, *model.discriminator_optimizers]
    variables = [*model.weights, *(v for o in optimizers for v in o.variables)]
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in variables)).hexdigest()


if __name__ == "__main__":
    folder, kind, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if kind == "write":
        kill_in_write(number)
        run(folder)
    else:
        run(folder, more=[KillAt(number)])
