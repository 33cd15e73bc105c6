"""One training step, written out by hand in plain TensorFlow, for plain gradient descent."""

import numpy as np
import tensorflow as tf

# Exact in float32, in which Keras keeps it.
RATE = 0.125


def descend(network, loss):
    """Updates a network's weights by its loss's gradient."""
    variables = network.trainable_variables
    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, [v.value for v in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        assert gradient is not None, variable.path
        variable.assign(variable.value - RATE * gradient)


def to_floats(images):
    return tf.constant(np.asarray(images, "float64") / 127.5 - 1.0)


def entropy(logits, real):
    """Mean cross-entropy of logits against one label."""
    labels = tf.ones_like(logits) if real else tf.zeros_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def assert_same_networks(first, second, tolerance=1e-9):
    moved = 0.0
    for ours, theirs in (
        (first.generator, second.generator),
        (first.discriminators[0], second.discriminators[0]),
    ):
        for a, b in zip(ours.trainable_variables, theirs.trainable_variables, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0, atol=tolerance)
            moved = max(moved, np.abs(a.numpy()).max())
    assert moved > 0.0
