"""How long a phase will take, from its first steps."""

import time

import keras


class TimeEstimate(keras.callbacks.Callback):
    """Says once how long the steps that are left will take.

    Args:
        steps: int. Steps that are left when `fit` begins.
        say: function of a str.
        warm_up: int >= 1. Steps that are not measured: the first ones trace graphs.
        measured: int >= 1. Steps that are.

    Example:

    ```python
    model.fit(dataset, steps_per_epoch=1000, callbacks=[TimeEstimate(1000, print)])
    # 1,000 steps at 0.34 s: about 5 min 40 s.
    ```
    """

    def __init__(self, steps, say, warm_up=9, measured=16):
        super().__init__()
        self.steps = steps
        self.say = say
        self.warm_up = warm_up
        self.measured = measured
        self._done = 0

    def on_train_begin(self, logs=None):
        self._done = 0

    def on_train_batch_end(self, batch, logs=None):
        self._done += 1
        if self._done == self.warm_up:
            self._began = time.monotonic()
        if self._done == self.warm_up + self.measured:
            step = (time.monotonic() - self._began) / self.measured
            left = self.steps - self._done
            self.say(f"{left:,} steps left at {step:.2g} s: about {words(left * step)}.")


def words(seconds):
    """Says a time in two units at most."""
    minutes = seconds / 60
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if minutes < 90:
        return f"{round(minutes)} min"
    hours, minutes = divmod(round(minutes), 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{round(hours / 24)} days"
