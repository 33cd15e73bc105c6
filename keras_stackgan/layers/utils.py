"""Helpers that several layers share."""

import math
import numbers

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.gated_linear_unit import gated_linear_unit
from keras_stackgan.layers.orthogonal import Orthogonal

LEAKY_SLOPE = 0.2
ACTIVATIONS = ("glu", "relu", "leaky_relu", None)


def activate(x, activation):
    """Applies an activation by the name that the blocks take; `"glu"` halves the channels."""
    if activation == "glu":
        return gated_linear_unit(x)
    if activation == "relu":
        return ops.relu(x)
    if activation == "leaky_relu":
        if keras.backend.standardize_dtype(x.dtype) == "float64":
            # TensorFlow's kernel keeps the slope in float32, whatever the input.
            return ops.maximum(x, LEAKY_SLOPE * x)
        return ops.leaky_relu(x, negative_slope=LEAKY_SLOPE)
    return x


def channel_factor(activation):
    """How many channels the convolution in front of `activation` makes for each one kept."""
    return 2 if activation == "glu" else 1


def check_choice(name, value, choices):
    """Returns `value` if it is one of `choices`, else raises a `ValueError` that lists them."""
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"`{name}` must be one of {listed}. Received: {name}={value!r}.")
    return value


def check_count(name, value, minimum=1):
    """Returns `value` as an `int` if it is a whole number of at least `minimum`."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or value % 1 != 0 or value < minimum:
        raise ValueError(
            f"`{name}` must be a whole number of at least {minimum}. Received: {name}={value!r}."
        )
    return int(value)


def check_number(name, value):
    """Returns `value` as a `float` if it is a finite number."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"`{name}` must be a finite number. Received: {name}={value!r}.")
    return float(value)


def check_switch(name, value):
    """Returns `value` if it is `True` or `False`: any text counts as true, `"no"` too."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"`{name}` must be True or False. Received: {name}={value!r}.")
    return bool(value)


def fresh_initializer(identifier):
    """Resolves an initializer so that no two weights share one instance.

    A Keras initializer without a seed draws one when it is made, so an instance that serves two
    weights of one shape gives both the same values.
    """
    if identifier is None:
        return None
    initializer = keras.initializers.get(identifier)
    if type(initializer) is keras.initializers.Orthogonal:
        return Orthogonal.from_config(initializer.get_config())
    if isinstance(initializer, keras.initializers.Initializer):
        return initializer.__class__.from_config(initializer.get_config())
    return initializer


def output_dtype(layer):
    """The dtype of pictures and logits: that of the computation, but at least float32."""
    return "float64" if layer.compute_dtype == "float64" else "float32"
