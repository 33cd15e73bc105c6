"""The papers' learning-rate schedules."""

import keras

from keras_stackgan.layers.utils import check_choice

# Epochs between two halvings, and the epoch from which they are counted. The paper's Stage-II went
# on at epoch 594 of the birds and halved after 600; here a stage's epochs begin at 0.
PAPERS = {
    "stackgan_v1_stage1": {"every": 50, "start": 0},
    "stackgan_v1_stage2": {"every": 100, "start": 6},
    "stackgan_v1_pytorch": {"every": 20, "start": 0},
}


class LearningRateDecay(keras.callbacks.Callback):
    """Multiplies all learning rates by a factor every so many epochs.

    The rate of an epoch follows from its number and from what `compile` was given, so a resumed
    run has the same; discriminators keep their ratio to the generator. StackGAN-v2 trained at a
    constant rate.

    Args:
        factor: float > 0. The rates' factor at each decay.
        every: int >= 1. Epochs between two decays.
        start: int >= 0. The epoch, from 0, after which they begin: the first is at
            `start + every`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:

    ```python
    decay = LearningRateDecay.from_paper("stackgan_v1_stage1")  # halved every 50 epochs
    model.fit(dataset, epochs=600, callbacks=[decay])
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), section 4.2, and the settings of the
        authors' releases.
    """

    def __init__(self, factor=0.5, every=50, start=0):
        super().__init__()
        if not factor > 0:
            raise ValueError(f"`factor` must be above 0. Received: factor={factor!r}.")
        for name, value, least in (("every", every, 1), ("start", start, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(
                    f"`{name}` must be a whole number of epochs >= {least}. "
                    f"Received: {name}={value!r}."
                )
        self.factor = factor
        self.every = every
        self.start = start

    @classmethod
    def from_paper(cls, name):
        """Returns a published schedule.

        Args:
            name: `"stackgan_v1_stage1"` (halved every 50 epochs), `"stackgan_v1_stage2"` (every 100
                after epoch 6 of the stage's own 606), both of the paper's TensorFlow code for
                birds, or `"stackgan_v1_pytorch"` (every 20, the COCO release).

        Raises:
            ValueError: The name is none of these.

        Example:

        ```python
        model.compile(stage=2)
        decay = LearningRateDecay.from_paper("stackgan_v1_stage2")
        model.fit(dataset, epochs=606, callbacks=[decay])
        ```
        """
        return cls(**PAPERS[check_choice("name", name, tuple(PAPERS))])

    def rate(self, initial, epoch):
        """The learning rate of an epoch, counted from 0."""
        return initial * self.factor ** (max(epoch - self.start, 0) // self.every)

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.scale_rates(self.rate(1.0, epoch))

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate
