import keras
import numpy as np
import pytest
from resumable_run import make_data, make_model

from keras_stackgan import recipes
from keras_stackgan.callbacks import LearningRateDecay


@pytest.mark.parametrize(
    ("name", "epochs", "expected"),
    [
        # The published settings: lr * 0.5 where epoch % 50 == 0, epoch > 0.
        ("stackgan_v1_stage1", [0, 49, 50, 99, 100, 599], [1, 1, 1 / 2, 1 / 2, 1 / 4, 2**-11]),
        # Where epoch % 100 == 0 and epoch > 600, of a stage that begins at epoch 594.
        ("stackgan_v1_stage2", [0, 6, 105, 106, 206, 605], [1, 1, 1, 1 / 2, 1 / 4, 1 / 32]),
        ("stackgan_v1_pytorch", [0, 19, 20, 40, 119], [1, 1, 1 / 2, 1 / 4, 1 / 32]),
    ],
)
def test_published_schedules(name, epochs, expected):
    decay = LearningRateDecay.from_paper(name)
    np.testing.assert_allclose([decay.rate(2e-4, epoch) / 2e-4 for epoch in epochs], expected)


def test_the_recipe_of_birds_has_the_published_schedule():
    phase = recipes.get("stackgan_v1_cub").settings["phases"][1]
    published = LearningRateDecay.from_paper("stackgan_v1_stage2")
    own = LearningRateDecay(**phase["learning_rate_decay"])
    for epoch in range(phase["epochs"]):
        assert own.rate(1.0, epoch) == published.rate(1.0, epoch)


class Rates(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        optimizers = [self.model.generator_optimizer, *self.model.discriminator_optimizers]
        self.seen.append([float(o.learning_rate.numpy()) for o in optimizers])


def test_every_optimizer_decays_from_what_compile_was_given():
    model = make_model(
        generator_optimizer=keras.optimizers.SGD(0.1),
        discriminator_optimizer=keras.optimizers.SGD(0.4),
    )
    for _ in range(2):
        rates = Rates()
        callbacks = [LearningRateDecay(0.5, every=2), rates]
        model.fit(make_data(), steps_per_epoch=1, epochs=5, verbose=0, callbacks=callbacks)
        expected = np.array([[0.1, 0.4]]) * np.array([[1, 1, 0.5, 0.5, 0.25]]).T
        np.testing.assert_allclose(rates.seen, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"factor": 0}, "`factor` must be above 0. Received: factor=0"),
        ({"every": 0}, "`every` must be a whole number of epochs >= 1. Received: every=0"),
        ({"start": -1}, "`start` must be a whole number of epochs >= 0"),
        ({"every": 1.5}, "`every` must be a whole number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        LearningRateDecay(**arguments)


def test_unknown_name():
    with pytest.raises(ValueError, match="`name` must be one of.*stackgan_v1_stage1"):
        LearningRateDecay.from_paper("stackgan_v3")
