"""Work that a callback does every so many steps."""

import keras

from keras_stackgan.layers.utils import check_count


class Periodic(keras.callbacks.Callback):
    """Calls `write()` every so many steps and at the end of training.

    A step is one update of the generator, counted from the model's first, so a resumed run writes
    at the same steps. Where `steps_per_execution` makes several steps at once, it is the end of
    those that hold a multiple of `every`.

    Args:
        every: int >= 1. Steps between two calls.
    """

    def __init__(self, every):
        super().__init__()
        self.every = check_count("every", every)
        self._seen = self._written = None

    def on_train_begin(self, logs=None):
        self._seen = self._written = None

    def on_train_batch_end(self, batch, logs=None):
        step = self.model.step
        before, self._seen = steps_before(self.model, self._seen), step
        if step // self.every > before // self.every:
            self._written = step
            self.write()

    def on_train_end(self, logs=None):
        if self._written != self.model.step:
            self.write()

    def write(self):
        """Does the work of this moment."""
        raise NotImplementedError


def steps_before(model, seen):
    """The step that a model had before the batch that has just ended.

    Args:
        model: the model.
        seen: int or `None`. Its step after the batch before; `None` at the first, since another
            callback may have put the model to a later step when training began.
    """
    if seen is not None:
        return seen
    return max(0, model.step - getattr(model, "steps_per_execution", 1))
