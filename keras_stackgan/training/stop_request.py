"""Ending a run at the end of a step when somebody asks for it."""

import signal

import keras

NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}


class Stopped(Exception):
    """A run was asked to stop, and its state is written.

    Args:
        message: str. Where it stopped.
        signal_number: int. The signal that asked for it.
    """

    def __init__(self, message, signal_number):
        super().__init__(message)
        self.signal_number = int(signal_number)


class StopRequest(keras.callbacks.Callback):
    """Ends `fit` at the end of the step in which Ctrl-C or SIGTERM came.

    Use it around `fit`, and before `TrainingState` among the callbacks, which then writes its
    state. A second Ctrl-C ends the process at once; states written before are whole.

    Example:

    ```python
    with StopRequest() as stop:
        model.fit(dataset, steps_per_epoch=1000, callbacks=[stop, TrainingState("runs/birds")])
    print(stop.received)  # None, or the signal
    ```
    """

    def __init__(self):
        super().__init__()
        self.received = None
        self._before = {}

    def __enter__(self):
        try:
            for number in NAMES:
                self._before[number] = signal.signal(number, self._receive)
        except ValueError:
            # Signals reach the main thread alone.
            self._before = {}
        return self

    def __exit__(self, *error):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def on_train_batch_end(self, batch, logs=None):
        if self.received is not None:
            self.model.stop_training = True

    def _receive(self, number, frame):
        del frame
        if self.received is not None:
            raise KeyboardInterrupt
        self.received = number
