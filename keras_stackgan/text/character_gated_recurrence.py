"""The gated recurrent layer of one form of the char-CNN-RNN, which differs from Keras' own."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_stackgan")
class CharacterGatedRecurrence(keras.layers.Layer):
    """Runs a gated recurrence over a fixed number of steps and returns the mean of its states.

    Each of the six products has its own bias. The first state is `tanh(W x_1 + b)`; after it

    ```
    z = sigmoid(update of x_t and h)        r = sigmoid(reset of x_t and h)
    n = tanh(W x_t + b + U (r * h) + c)     h = z * n + (1 - z) * h
    ```

    In `keras.layers.GRU`, `z` multiplies the old state, and one bias serves both products or `r`
    comes after the product with `U`.

    Args:
        units: int. Size of the states, and of the inputs.
        **kwargs: Keywords of `keras.layers.Layer`.

    Example:

    ```python
    CharacterGatedRecurrence(512)(keras.ops.zeros((2, 18, 512))).shape  # (2, 512)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396), in its released form.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

        def dense(name):
            return keras.layers.Dense(units, dtype=self.dtype_policy, name=name)

        self.i2h_update, self.h2h_update = dense("i2h_update"), dense("h2h_update")
        self.i2h_reset, self.h2h_reset = dense("i2h_reset"), dense("h2h_reset")
        self.i2h, self.h2h = dense("i2h"), dense("h2h")

    def build(self, input_shape):
        for layer in (self.i2h_update, self.i2h_reset, self.i2h):
            layer.build(input_shape)
        for layer in (self.h2h_update, self.h2h_reset, self.h2h):
            layer.build((input_shape[0], self.units))

    def call(self, inputs):
        update, reset, candidate = self.i2h_update(inputs), self.i2h_reset(inputs), self.i2h(inputs)
        states = [ops.tanh(candidate[:, 0])]
        for t in range(1, inputs.shape[1]):
            h = states[-1]
            z = ops.sigmoid(update[:, t] + self.h2h_update(h))
            r = ops.sigmoid(reset[:, t] + self.h2h_reset(h))
            n = ops.tanh(candidate[:, t] + self.h2h(r * h))
            states.append(z * n + (1.0 - z) * h)
        return sum(states) / len(states)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
