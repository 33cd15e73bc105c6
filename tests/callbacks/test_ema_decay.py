import keras
import numpy as np
import pytest
import resumable_run
from resumable_run import digest, make_data, make_model

from keras_stackgan.callbacks import EMADecay


class Watch(keras.callbacks.Callback):
    """Keeps what one weight and its average were after each step, and the decay."""

    def __init__(self):
        super().__init__()
        self.pairs, self.decays = [], []

    def _pair(self):
        live, average = self.model.generator, self.model.averaged_generator
        return live.trainable_weights[0].numpy(), average.trainable_weights[0].numpy()

    def on_train_begin(self, logs=None):
        self.pairs.append(self._pair())

    def on_train_batch_end(self, batch, logs=None):
        self.pairs.append(self._pair())
        self.decays.append(self.model.ema_decay)


def watched(decay, steps=4, **settings):
    settings = {"ema_warmup": False, "ema_decay": 0.75, **settings}
    model, watch = make_model(**settings), Watch()
    model.generator_optimizer.learning_rate = 0.1
    history = model.fit(
        make_data(), steps_per_epoch=steps, verbose=0, callbacks=[EMADecay(decay), watch]
    )
    return model, watch, history.history


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_the_average_moves_as_each_step_says(run_eagerly):
    decay = {1: 0.0, 2: 0.5, 3: 0.9}
    model, watch, history = watched(decay, run_eagerly=run_eagerly)
    np.testing.assert_allclose(watch.decays, [0.75, 0.0, 0.5, 0.9])
    for k, expected in enumerate([0.75, 0.0, 0.5, 0.9]):
        before, (live, average) = watch.pairs[k][1], watch.pairs[k + 1]
        assert np.abs(live - before).max() > 1e-3
        np.testing.assert_allclose(average, expected * before + (1 - expected) * live, atol=1e-6)
    assert history["ema_decay"] == [0.9]
    # No weight and no setting of the run: `compile`'s stays what it was.
    assert model.get_compile_config()["ema_decay"] == 0.75
    assert not any("ema_decay" in w.path for w in model.weights)


def test_a_function_of_the_step():
    _, watch, _ = watched(lambda step: step / 10)
    np.testing.assert_allclose(watch.decays, [0.0, 0.1, 0.2, 0.3])


def test_a_constant_schedule_is_what_compile_does():
    model, _, _ = watched({0: 0.9})
    plain, _, _ = watched({100: 0.0}, ema_decay=0.9)
    assert digest(model) == digest(plain)


class StopAt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = self.model.step == 7


def test_a_resumed_run_has_the_same_decays(tmp_path):
    def average():
        return EMADecay({0: 0.3, 6: 0.9, 9: 0.5})

    whole, _ = resumable_run.run(tmp_path / "whole", more=[average()])
    resumable_run.run(tmp_path / "parts", more=[average(), StopAt()])
    parts, _ = resumable_run.run(tmp_path / "parts", more=[average()])
    assert digest(parts) == digest(whole)
    other, _ = resumable_run.run(tmp_path / "other", more=[EMADecay({0: 0.3, 6: 0.9})])
    assert digest(other) != digest(whole)


def test_setting_it_by_hand():
    model = make_model()
    model.ema_decay = 0.25
    assert model.ema_decay == 0.25
    model.compile(ema_decay=0.5)
    assert model.ema_decay == 0.5
    with pytest.raises(ValueError, match="below 1. Received: ema_decay=1.0"):
        model.ema_decay = 1.0


def test_before_compile_there_is_none():
    from keras_stackgan import StackGANv2

    model = StackGANv2(image_sizes=(16,), generator_filters=4, embedding_dim=4)
    assert model.ema_decay is None
    with pytest.raises(ValueError, match="once the model is compiled"):
        model.ema_decay = 0.5


@pytest.mark.parametrize(
    ("decay", "message"),
    [
        (0.5, "`decay` must be a dict"),
        ({}, "at least one step"),
        ({-1: 0.5}, "whole numbers >= 0. Received: -1"),
        ({1.5: 0.5}, "Received: 1.5"),
        ({0: 1.0}, "below 1. Received: ema_decay=1.0"),
    ],
)
def test_bad_arguments(decay, message):
    with pytest.raises(ValueError, match=message):
        EMADecay(decay)
