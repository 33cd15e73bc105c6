"""Ending `fit` in the middle of an epoch."""

import keras


class LastStep(keras.callbacks.Callback):
    """Ends `fit` after so many batches, where epochs would give it more.

    Args:
        batches: int >= 1.

    Example:

    ```python
    model.fit(dataset, steps_per_epoch=300, epochs=4, callbacks=[LastStep(1000)])
    ```
    """

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def on_train_begin(self, logs=None):
        # Several batches may be one step of the model, or several steps one call.
        self._last = None

    def on_train_batch_begin(self, batch, logs=None):
        if self._last is None:
            self._last = self._counter() + self.batches

    def on_train_batch_end(self, batch, logs=None):
        if self._counter() >= self._last:
            self.model.stop_training = True

    def _counter(self):
        return int(self.model.batch_counter.numpy())
