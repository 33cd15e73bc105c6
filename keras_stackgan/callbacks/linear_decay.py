"""A learning rate that falls to zero at the end of a run."""

import keras


class LinearDecay(keras.callbacks.Callback):
    """Lets all learning rates fall on a straight line from one step of the model to another.

    The rate of a step follows from its number and from what `compile` was given, so a resumed run
    has the same; discriminators keep their ratio to the generator.

    Args:
        first_step: int >= 0. The model's step (`model.step`) from which the rates fall.
        last_step: int > `first_step`. The step at which they would be zero.

    Raises:
        ValueError: The steps are not as described.

    Example:

    ```python
    # Constant for 9,000 steps, then falling for 3,000.
    model.fit(dataset, steps_per_epoch=12000, callbacks=[LinearDecay(9000, 12000)])
    ```
    """

    def __init__(self, first_step, last_step):
        super().__init__()
        if not 0 <= first_step < last_step:
            raise ValueError(
                "`first_step` must be at least 0 and below `last_step`. "
                f"Received: first_step={first_step}, last_step={last_step}."
            )
        self.first_step = first_step
        self.last_step = last_step

    def rate(self, initial, step):
        """The learning rate with which a step, counted from 0, is made."""
        left = (self.last_step - step) / (self.last_step - self.first_step)
        return initial * min(1.0, max(0.0, left))

    def on_train_batch_begin(self, batch, logs=None):
        step = self.model.step
        if step >= self.first_step:
            self.model.optimizer.scale_rates(self.rate(1.0, step))
