"""The callbacks that draw or judge, in the graph and on two devices."""

import numpy as np
import pytest
from helpers import mirrored_strategy
from resumable_run import make_data, make_model

from keras_stackgan.callbacks import EMADecay, InterpolationStrip, SampleGrid, TrainingHealth


@pytest.mark.slow
def test_two_devices(tmp_path):
    with mirrored_strategy().scope():
        model = make_model(run_eagerly=False, ema_warmup=False)
    batch = next(iter(make_data(100).map(lambda b: b)))
    batch = {name: np.concatenate([value, value[::-1]]) for name, value in batch.items()}
    health = TrainingHealth(tmp_path, batch, every=2)
    average = EMADecay({0: 0.5, 2: 0.9})
    model.fit(
        make_data(),
        steps_per_epoch=4,
        verbose=0,
        callbacks=[
            average,
            SampleGrid(tmp_path, embeddings=np.ones((2, 8)), columns=2, every=2),
            InterpolationStrip(tmp_path, np.zeros(8), np.ones(8), steps=3, every=2),
            health,
        ],
    )
    assert [line["step"] for line in health.history] == [2, 4]
    assert all(np.isfinite(line["text_gap_16"]) for line in health.history)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"0000004_16.png", "0000004_captions.png", "0000004_noise.png", "health.png"} <= names
    assert model.ema_decay == pytest.approx(0.9)
    decays = [float(value.numpy()) for value in model._decay.variable.value.values]
    np.testing.assert_allclose(decays, [0.9, 0.9])
