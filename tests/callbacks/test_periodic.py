import pytest
from resumable_run import make_data, make_model

from keras_stackgan.callbacks.periodic import Periodic


class Steps(Periodic):
    def __init__(self, every):
        super().__init__(every)
        self.steps = []

    def write(self):
        self.steps.append(self.model.step)


class Model:
    """A step counter that stands where the test says."""

    def __init__(self, steps_per_execution=1):
        self.step = 0
        self.steps_per_execution = steps_per_execution


def run(every, steps, **settings):
    callback, model = Steps(every), Model(**settings)
    callback.set_model(model)
    callback.on_train_begin()
    for batch, step in enumerate(steps):
        model.step = step
        callback.on_train_batch_end(batch)
    callback.on_train_end()
    return callback.steps


@pytest.mark.parametrize(
    ("every", "steps", "expected"),
    [
        (2, range(1, 6), [2, 4, 5]),
        (2, range(1, 5), [2, 4]),
        # Put to step 10 when training began.
        (4, range(11, 15), [12, 14]),
        (4, range(12, 14), [12, 13]),
        # Two batches an update.
        (2, [0, 1, 1, 2, 2, 3], [2, 3]),
    ],
)
def test_multiples_and_the_end(every, steps, expected):
    assert run(every, steps) == expected


def test_several_steps_at_once():
    assert run(4, [3, 6, 9, 12, 15], steps_per_execution=3) == [6, 9, 12, 15]
    # A run that goes on behind step 6.
    assert run(4, [9, 12], steps_per_execution=3) == [9, 12]


def test_counts_the_model_and_not_the_fit():
    model, callback = make_model(), Steps(2)
    for _ in range(2):
        model.fit(make_data(), steps_per_epoch=3, verbose=0, callbacks=[callback])
    assert callback.steps == [2, 3, 4, 6]
