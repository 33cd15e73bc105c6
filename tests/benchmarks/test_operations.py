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


@pytest.mark.parametrize("transposed", [False, True])
def test_products_of_batches_count(transposed):
    @tf.function
    def step(x, weights):
        return tf.raw_ops.BatchMatMulV2(x=x, y=weights, adj_x=transposed)

    x = tf.TensorSpec((3, 7, 5) if transposed else (3, 5, 7))
    counted = operations.count(step, x, tf.TensorSpec((3, 7, 4)))
    assert counted * 1e9 == 2 * 3 * 5 * 7 * 4


def test_unknown_shapes_are_refused():
    step = tf.function(tf.matmul)
    with pytest.raises(ValueError, match="shapes of .* are not known"):
        operations.count(step, tf.TensorSpec((None, 3, 4)), tf.TensorSpec((None, 4, 5)))


def a_picture(width, rows):
    model = StackGANv2((64, 128, 256), width, width)
    model.compile(mismatched="text", jit_compile=False)
    batch = {
        "images": tf.zeros((rows, 256, 256, 3), "uint8"),
        "embeddings": tf.zeros((rows, 1024)),
    }
    return operations.of_training_step(model, batch)


@pytest.mark.slow
def test_a_picture_of_training():
    # What depends on weights alone counts less a picture the more pictures there are.
    few, many = a_picture(16, 2), a_picture(16, 8)
    assert many == pytest.approx(5.84, rel=0.01)
    assert many < few < 1.1 * many


@pytest.mark.slow
def test_the_published_width_needs_at_most_90_gigaflop_a_picture():
    assert a_picture(64, 8) <= 90
