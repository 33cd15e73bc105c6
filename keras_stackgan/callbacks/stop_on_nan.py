"""Ends training at the first log that is not a number."""

import keras
import numpy as np
from absl import logging


class StopOnNaN(keras.callbacks.Callback):
    """Ends `fit` as soon as any log is NaN or infinite, and says which.

    The GANs of this package need it only for validation: their own step refuses a training loss or
    gradient that is not finite with a `FloatingPointError`, before it is applied. It is for what
    has no such check: validation logs, this package's encoders and classifiers, and models of your
    own. Keras' `TerminateOnNaN` looks at `loss` alone, which a GAN with several optimizers does not
    log.

    `fit` ends without an error after the step or epoch, so other callbacks still write what they
    have; the update that went wrong has been applied. In logs that are means over an epoch a bad
    value stays until the epoch's end, so none is missed.

    Attributes:
        found: `None`, or the name and value of the first bad log.

    Example:

    ```python
    model.fit(dataset, validation_data=held_out, callbacks=[StopOnNaN()])
    ```
    """

    def __init__(self):
        super().__init__()
        self.found = None

    def on_train_begin(self, logs=None):
        self.found = None

    def on_train_batch_end(self, batch, logs=None):
        self._look(logs, f"batch {batch} of the epoch")

    def on_epoch_end(self, epoch, logs=None):
        self._look(logs, f"the end of epoch {epoch}")

    def _look(self, logs, when):
        if self.found is not None:
            return
        for name, value in (logs or {}).items():
            if not np.isfinite(np.asarray(value, "float64")).all():
                self.found = (name, float(np.ravel(value)[0]))
                self.model.stop_training = True
                logging.warning(
                    "%s is %s at %s: training ends here. Lower the learning rate, clip gradients, "
                    "or look at the batch; weights of before are in the last checkpoint.",
                    *self.found,
                    when,
                )
                return
