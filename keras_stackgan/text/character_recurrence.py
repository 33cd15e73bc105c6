"""The recurrent layer of the char-CNN-RNN, which differs from Keras' own."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_stackgan")
class CharacterRecurrence(keras.layers.Layer):
    """Runs a plain recurrence over a fixed number of steps and returns the mean of its states.

    `h_t = relu(W x_t + b + U h_{t-1} + c)`, with the second half left out at the first step, its
    bias too: `SimpleRNN` has one bias, and it acts at every step.

    Args:
        units: int. Size of the states, and of the inputs.
        **kwargs: Keywords of `keras.layers.Layer`.

    Example:

    ```python
    CharacterRecurrence(256)(keras.ops.zeros((2, 8, 256))).shape  # (2, 256)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05395), in its released form.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.i2h = keras.layers.Dense(units, dtype=self.dtype_policy, name="i2h")
        self.h2h = keras.layers.Dense(units, dtype=self.dtype_policy, name="h2h")

    def build(self, input_shape):
        for layer in (self.i2h, self.h2h):
            layer.build((input_shape[0], self.units))

    def call(self, inputs):
        states = [ops.relu(self.i2h(inputs[:, 0]))]
        for number in range(1, inputs.shape[1]):
            states.append(ops.relu(self.i2h(inputs[:, number]) + self.h2h(states[-1])))
        return sum(states) / len(states)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
