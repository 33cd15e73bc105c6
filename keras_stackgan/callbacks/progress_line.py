"""One line of progress in place of dozens of metrics."""

import sys
import time

import keras


class ProgressLine(keras.callbacks.Callback):
    """Shows steps, rate, time left and each stage's losses in one line; use with `verbose=0`.

    Args:
        total_steps: int or `None`. Steps that `fit` makes, for the time left; of a run that goes on
            those that are left.
        batch_size: int. Pictures a step, for the rate.
        interval: float > 0. Seconds between two updates of the line.
        seconds: float or `None`. For runs that end by time: how long, after the first step.
        file: text stream. Defaults to standard error.

    Example:

    ```python
    model.fit(dataset, steps_per_epoch=1000, verbose=0, callbacks=[ProgressLine(1000, 16)])
    # [==>       ] 250/1000  61.2 pictures/s  left 3:16  d64 1.71 g64 2.05
    ```
    """

    def __init__(self, total_steps=None, batch_size=1, interval=1.0, seconds=None, file=None):
        super().__init__()
        self.total_steps = total_steps
        self.batch_size = batch_size
        self.interval = interval
        self.seconds = seconds
        self.file = file
        self._last = 0.0

    def on_train_begin(self, logs=None):
        self._done = 0
        self._last_batch = -1
        self._first = None

    def on_train_batch_end(self, batch, logs=None):
        # Several steps at a time where `steps_per_execution` says so; each epoch counts from 0.
        self._done += batch - self._last_batch if batch > self._last_batch else batch + 1
        self._last_batch = batch
        now = time.monotonic()
        if self._first is None:
            # The first step traces the graph; the rate counts from its end.
            self._first = (now, self._done)
        if now - self._last >= self.interval:
            self._last = now
            self._write(self._line(now, logs or {}), end="")

    def on_train_end(self, logs=None):
        self._write(self._line(time.monotonic(), logs or {}), end="\n")

    def _line(self, now, logs):
        if self._first is None:
            return "no step was made"
        began, before = self._first
        rate = (self._done - before) / max(now - began, 1e-9)
        count, left = f"{self._done}", ""
        share = None
        if self.total_steps:
            share = self._done / self.total_steps
            count = f"{self._done}/{self.total_steps}"
            if rate:
                left = f"  left {_clock((self.total_steps - self._done) / rate)}"
        elif self.seconds:
            share = (now - began) / self.seconds
            left = f"  left {_clock(self.seconds - (now - began))}"
        bar = "" if share is None else f"[{'=' * round(20 * min(1.0, share)):<20}] "
        losses = []
        for name, value in logs.items():
            if name.startswith(("d_loss_", "g_loss_")):
                losses.append(f"{name[0]}{name[7:]} {float(value):.2f}")
        return f"{bar}{count}  {rate * self.batch_size:.1f} pictures/s{left}  {' '.join(losses)}"

    def _write(self, line, end):
        stream = self.file or sys.stderr
        # On a terminal the line is drawn over; a log file gets one line an update.
        if stream.isatty():
            stream.write(f"\r{line:<100}{end}")
        else:
            stream.write(line + "\n")
        stream.flush()


def _clock(seconds):
    minutes, seconds = divmod(int(max(0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
