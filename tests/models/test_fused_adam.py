"""Adam's fused update beside Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy, normal

from keras_stackgan.models import fused_adam, optimizers


def run(fused, steps=5, **settings):
    variables = [keras.Variable(normal(3, 4)), keras.Variable(normal(5, seed=1))]
    optimizer = keras.optimizers.Adam(**settings)
    optimizer.build(variables)
    if fused:
        fused_adam.fuse(optimizer)
    for step in range(steps):
        gradients = [tf.constant(normal(*v.shape, seed=10 + step)) for v in variables]
        optimizer.apply(gradients, variables)
    return [v.numpy() for v in [*variables, *optimizer.variables]]


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 2e-4, "beta_1": 0.5, "epsilon": 1e-8},
        {"learning_rate": 0.1, "beta_1": 0.0, "beta_2": 0.99},
        {"learning_rate": 0.1, "weight_decay": 0.1, "clipnorm": 0.5},
        {"learning_rate": 0.1, "gradient_accumulation_steps": 2},
        {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)},
    ],
)
def test_equals_keras_adam(settings):
    for ours, theirs in zip(run(True, **settings), run(False, **settings), strict=True):
        # The kernel rounds `1 - beta_2` to float32: 1.3e-5 of it at 0.999, 6e-6 of each step.
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=5e-6)


def operations(optimizer):
    variable = keras.Variable(normal(3))
    made = optimizers.make(optimizer, [variable], keras.dtype_policies.get("float32"))
    function = tf.function(lambda gradient: made.apply([gradient], [variable]))
    graph = function.get_concrete_function(tf.TensorSpec((3,))).graph
    return {operation.type for operation in graph.get_operations()}


class OwnAdam(keras.optimizers.Adam):
    """Whose update may be another."""


def test_only_keras_adam_itself_is_fused():
    assert "ResourceApplyAdam" in operations(keras.optimizers.Adam())
    for other in (keras.optimizers.Adam(amsgrad=True), OwnAdam(), keras.optimizers.SGD()):
        assert "ResourceApplyAdam" not in operations(other)


def test_fusing_changes_neither_class_nor_configuration():
    given = keras.optimizers.Adam(0.3)
    made = optimizers.make(given, [keras.Variable(normal(3))], keras.dtype_policies.get("float32"))
    assert keras.optimizers.serialize(made) == keras.optimizers.serialize(given)


def test_mirrored_weights_take_keras_form():
    strategy = mirrored_strategy()
    with strategy.scope():
        variable = keras.Variable(np.ones(3, "float32"))
        optimizer = keras.optimizers.Adam(0.1)
        optimizer.build([variable])
        fused_adam.fuse(optimizer)
    strategy.run(lambda: optimizer.apply([tf.ones(3)], [variable]))
    np.testing.assert_allclose(variable.numpy(), 0.9, rtol=1e-5)
