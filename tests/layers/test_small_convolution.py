import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal

from keras_stackgan.layers import ConvBlock, DownsampleBlock
from keras_stackgan.layers.small_convolution import (
    is_small,
    small_convolution,
    small_doubled_convolution,
)


def test_is_small():
    assert is_small(4, 4) and is_small(1, 16)
    assert not is_small(4, 8) and not is_small(None, 4) and not is_small(4, None)


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 4), (3, 5), (8, 8)])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4])
@pytest.mark.parametrize("strides", [1, 2])
def test_equals_the_convolution(size, kernel_size, strides):
    kernel = keras.Variable(normal(kernel_size, kernel_size, 3, 5, seed=1), dtype="float64")
    x = normal(2, *size, 3).astype("float64")
    assert_same(
        lambda x: small_convolution(x, kernel.value, strides),
        lambda x: tf.nn.conv2d(x, kernel.value, strides, "SAME"),
        [x],
        [kernel],
        1e-12,
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 4), (2, 3)])
def test_equals_doubling_and_convolution(size):
    kernel = keras.Variable(normal(3, 3, 3, 5, seed=1), dtype="float64")
    x = normal(2, *size, 3).astype("float64")
    assert_same(
        lambda x: small_doubled_convolution(x, kernel.value),
        lambda x: tf.nn.conv2d(tf.repeat(tf.repeat(x, 2, 1), 2, 2), kernel.value, 1, "SAME"),
        [x],
        [kernel],
        1e-12,
    )


@pytest.mark.parametrize("block, size", [(ConvBlock, 4), (DownsampleBlock, 8)])
def test_blocks_of_few_pixels_hold_no_convolution(block, size):
    layer = block(5)
    traced = tf.function(layer).get_concrete_function(tf.TensorSpec((None, size, size, 3)))
    assert not [op for op in traced.graph.get_operations() if op.type == "Conv2D"]
    larger = tf.function(layer).get_concrete_function(tf.TensorSpec((None, 2 * size, 2 * size, 3)))
    assert [op for op in larger.graph.get_operations() if op.type == "Conv2D"]


def test_second_derivatives_are_the_convolution_s():
    kernel = tf.constant(normal(3, 3, 2, 2, seed=1).astype("float64"))
    x = tf.constant(normal(2, 4, 4, 2).astype("float64"))

    def second(function):
        with tf.GradientTape() as outer:
            outer.watch(kernel)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(function(x) ** 3)
            penalty = tf.reduce_sum(inner.gradient(y, x) ** 2)
        return outer.gradient(penalty, kernel)

    np.testing.assert_allclose(
        second(lambda x: small_convolution(x, kernel)),
        second(lambda x: keras.ops.conv(x, kernel, padding="same")),
        rtol=1e-9,
    )
