"""A moving average that slows down as training goes on."""

import keras

from keras_stackgan.models.ema import check_decay


class EMADecay(keras.callbacks.Callback):
    """Sets the decay of the generator's moving average by the step.

    A decay of `d` averages over about `1 / (1 - d)` steps. Early on a long average shows a
    generator that is long gone; late a short one is as restless as the generator itself. The decay
    is a variable of the step, so nothing is traced again. It follows from the number of the step
    alone, so a resumed run has the same. Where `steps_per_execution` makes several steps at once,
    it changes between those.

    Args:
        decay: dict from step to float in [0, 1): the decay from that step on (before the first it
            is compile's); or a function from step to decay. 0 keeps the average equal to the
            generator, which switches it off.

    Raises:
        ValueError: If a step is negative, a decay is out of its range, or there is none.

    Example:

    ```python
    average = EMADecay({0: 0.99, 2000: 0.999, 50000: 0.9999})
    model.fit(dataset, callbacks=[average])
    ```

    Reference:
        [Karras et al., 2018](https://arxiv.org/abs/1710.10196), section 4, for averages of a GAN's
        generator.
    """

    def __init__(self, decay):
        super().__init__()
        if isinstance(decay, dict):
            if not decay:
                raise ValueError("`decay` must hold at least one step. Received: decay={}.")
            for step, value in decay.items():
                if isinstance(step, bool) or not isinstance(step, int) or step < 0:
                    raise ValueError(
                        f"The keys of `decay` must be whole numbers >= 0. Received: {step!r}."
                    )
                check_decay(value)
        elif not callable(decay):
            raise ValueError(
                "`decay` must be a dict from step to decay, or a function. "
                f"Received: decay={decay!r}."
            )
        self.decay = decay

    def decay_at(self, step, initial):
        """The decay of a step, counted from 0; `initial` is compile's."""
        if callable(self.decay):
            return self.decay(step)
        begun = [first for first in self.decay if first <= step]
        return self.decay[max(begun)] if begun else initial

    def on_train_batch_begin(self, batch, logs=None):
        # Here, since another callback may put the model to a later step when training begins.
        value = self.decay_at(self.model.step, self.model.recipe.ema_decay)
        if value != self.model.ema_decay:
            self.model.ema_decay = value

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["ema_decay"] = self.model.ema_decay
