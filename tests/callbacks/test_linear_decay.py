"""Learning rates that fall to zero."""

import keras
import numpy as np
import pytest
from resumable_run import make_data, make_model

from keras_stackgan.callbacks import LinearDecay


class Rates(keras.callbacks.Callback):
    """Remembers with which rates each step was made."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        optimizers = [self.model.generator_optimizer, *self.model.discriminator_optimizers]
        self.seen.append([float(o.learning_rate.numpy()) for o in optimizers])


def test_all_rates_fall_in_proportion_also_where_a_run_goes_on():
    model = make_model(
        generator_optimizer=keras.optimizers.SGD(0.01),
        discriminator_optimizer=keras.optimizers.SGD(0.04),
    )
    rates = Rates()
    for _ in range(2):
        model.fit(make_data(), steps_per_epoch=3, verbose=0, callbacks=[LinearDecay(2, 6), rates])
    expected = np.array([1.0, 1.0, 1.0, 0.75, 0.5, 0.25])
    seen = np.array(rates.seen)
    np.testing.assert_allclose(seen[:, 0], 0.01 * expected, rtol=1e-6)
    for column in range(1, seen.shape[1]):
        np.testing.assert_allclose(seen[:, column], 0.04 * expected, rtol=1e-6)


def test_the_rate_never_falls_below_zero():
    assert LinearDecay(0, 4).rate(1.0, 9) == 0.0


@pytest.mark.parametrize("steps", [(-1, 4), (4, 4), (5, 4)])
def test_says_what_is_wrong(steps):
    with pytest.raises(ValueError, match="below `last_step`"):
        LinearDecay(*steps)
