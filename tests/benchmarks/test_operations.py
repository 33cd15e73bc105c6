"""Counted operations against counts by hand and the plain form's."""

import operations
import pytest
import tensorflow as tf

from keras_stackgan import StackGANv2


def test_convolution_and_product_with_gradients():
    kernel = tf.Variable(tf.ones((3, 3, 4, 8)))
    weights = tf.Variable(tf.ones((8, 5)))

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            y = tf.nn.conv2d(x, kernel, 1, "SAME")
            loss = tf.reduce_sum(tf.matmul(tf.reduce_mean(y, (1, 2)), weights) ** 2)
        return tape.gradient(loss, [kernel, weights])

    convolution = 2 * 2 * 6 * 6 * 9 * 4 * 8
    product = 2 * 2 * 8 * 5
    counted = operations.count(step, tf.TensorSpec((2, 6, 6, 4)))
    # Kernel's gradient, not the picture's; the weights' and what comes before them.
    assert counted * 1e9 == 2 * convolution + 3 * product


def test_branches_count_as_the_dearest():
    a = tf.ones((4, 4))

    @tf.function
    def step(flag):
        inner = tf.function(lambda: a @ a)
        return tf.cond(flag, lambda: inner() + inner(), lambda: a @ a)

    assert operations.count(step, tf.TensorSpec((), "bool")) * 1e9 == 2 * 2 * 4**3


@pytest.mark.slow
@pytest.mark.parametrize("width, expected", [(16, 5.9), (32, 22.8)])
def test_a_picture_of_training(width, expected):
    model = StackGANv2((64, 128, 256), width, width)
    model.compile(mismatched="text", jit_compile=False)
    batch = {
        "images": tf.zeros((2, 256, 256, 3), "uint8"),
        "embeddings": tf.zeros((2, 1024)),
    }
    assert operations.of_training_step(model, batch) == pytest.approx(expected, rel=0.05)
