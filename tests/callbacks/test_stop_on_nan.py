import logging

import keras
import numpy as np
import pytest
import tensorflow as tf
from resumable_run import make_data, make_model

from keras_stackgan.callbacks import StopOnNaN


class Fragile(keras.Model):
    """Logs a term of its own that is bad from a step on, and no `loss`."""

    def __init__(self, bad, at):
        super().__init__()
        self.bad, self.at, self.steps = bad, at, 0
        self.built = True

    def train_step(self, data):
        self.steps += 1
        return {"good": tf.constant(1.0), "term": self.bad if self.steps >= self.at else 2.0}


def fit(model, callback, **keywords):
    model.compile(run_eagerly=True)
    data = tf.data.Dataset.range(4).batch(1)
    return model.fit(data, epochs=3, shuffle=False, verbose=0, callbacks=[callback], **keywords)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_any_log_ends_training_and_is_named(bad, caplog):
    model, callback = Fragile(bad, at=3), StopOnNaN()
    with caplog.at_level(logging.WARNING, logger="absl"):
        fit(model, callback)
    assert model.steps == 3
    name, value = callback.found
    assert name == "term" and np.array_equal(value, bad, equal_nan=True)
    assert caplog.text.count("training ends here") == 1
    assert f"term is {bad} at batch 2 of the epoch" in caplog.text


def test_keras_own_does_not_see_it():
    """Why the callback exists."""
    model = Fragile(np.nan, at=3)
    fit(model, keras.callbacks.TerminateOnNaN())
    assert model.steps == 12


def test_finite_logs_do_not_matter():
    model, callback = Fragile(3.0, at=3), StopOnNaN()
    fit(model, callback)
    assert model.steps == 12 and callback.found is None


def test_validation_of_a_gan():
    model, callback = make_model(run_eagerly=True), StopOnNaN()
    images = np.zeros((4, 16, 16, 3), "uint8")
    broken = {"images": images, "embeddings": np.full((4, 8), np.inf, "float32")}
    history = model.fit(
        make_data(),
        steps_per_epoch=1,
        epochs=3,
        verbose=0,
        validation_data=tf.data.Dataset.from_tensors(broken),
        callbacks=[callback],
    )
    assert len(history.history["g_loss"]) == 1
    assert callback.found[0].startswith("val_")
