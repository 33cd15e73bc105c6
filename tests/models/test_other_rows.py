"""No picture is paired with a text like its own while another is near."""

import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan.models.other_rows import SEARCHED, other_rows

DIFFERENT = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_rows_that_all_differ_are_rolled(number, jit_compile):
    found = tf.function(other_rows, jit_compile=jit_compile)(tf.constant(DIFFERENT), number)
    expected = [[(row + k + 1) % 5 for row in range(5)] for k in range(number)]
    np.testing.assert_array_equal(found, expected)


def test_rows_with_an_equal_text_are_passed_over():
    embeddings = DIFFERENT[[0, 0, 1, 1, 0, 2]]
    first, second = np.array(other_rows(tf.constant(embeddings), 2))
    np.testing.assert_array_equal(first, [2, 2, 4, 4, 5, 0])
    np.testing.assert_array_equal(second, [3, 3, 5, 5, 2, 1])


def test_the_nearest_fill_up_where_too_few_differ():
    first, second = np.array(other_rows(tf.constant(DIFFERENT[[0, 0, 1]]), 2))
    np.testing.assert_array_equal(first, [2, 2, 0])
    np.testing.assert_array_equal(second, [1, 0, 1])
    np.testing.assert_array_equal(other_rows(tf.constant(DIFFERENT[[0, 0]]), 1), [[1, 0]])


def test_large_batches_are_not_compared_whole():
    labels = np.zeros(60, "int32")
    labels[40] = 1
    found = np.array(other_rows(tf.constant(DIFFERENT[labels]), 1)[0])
    near = np.arange(40 - SEARCHED, 40)
    np.testing.assert_array_equal(found[near], 40)
    np.testing.assert_array_equal(found[:20], np.arange(1, 21))


def test_the_number_of_rows_may_be_unknown():
    traced = tf.function(
        lambda embeddings: other_rows(embeddings, 2),
        input_signature=[tf.TensorSpec((None, 3), tf.float32)],
    )
    np.testing.assert_array_equal(traced(DIFFERENT)[0], [1, 2, 3, 4, 0])
