import pathlib

import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan.losses import structured_hinge

RECORDED = np.load(pathlib.Path(__file__).parent / "data" / "structured_hinge.npz")
IMAGES, TEXTS = normal(6, 4), normal(6, 4, seed=1)


def one_direction(queries, answers, margin=1.0):
    total = 0.0
    for i, query in enumerate(queries):
        for j, answer in enumerate(answers):
            if i != j:
                total += max(0.0, query @ answer - query @ answers[i] + margin)
    return total / len(queries) ** 2


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("margin", [1.0, 0.25])
def test_equals_the_loops(dtype, tolerance, margin):
    images, texts = IMAGES.astype(dtype), TEXTS.astype(dtype)
    by_images = one_direction(IMAGES.astype("float64"), TEXTS.astype("float64"), margin)
    by_texts = one_direction(TEXTS.astype("float64"), IMAGES.astype("float64"), margin)
    assert by_images > 0.1 and abs(by_images - by_texts) > 0.01
    expected = {"images": by_images, "texts": by_texts, "both": by_images + by_texts}
    for directions, value in expected.items():
        found = structured_hinge(images, texts, margin, directions)
        assert found.shape == () and found.dtype == dtype
        np.testing.assert_allclose(found, value, rtol=tolerance, err_msg=directions)


def test_equals_the_recorded_run():
    """What a PyTorch form of the authors' training computed for these vectors."""
    images, texts = RECORDED["images"], RECORDED["texts"]
    np.testing.assert_allclose(structured_hinge(images, texts), RECORDED["symmetric"], rtol=1e-6)
    one = structured_hinge(images, texts, directions="images")
    np.testing.assert_allclose(one, RECORDED["one_direction"], rtol=1e-6)


def test_nothing_to_pay_where_all_lead_by_the_margin():
    assert float(structured_hinge(2.0 * np.eye(3), np.eye(3))) == 0.0
    assert float(structured_hinge(0.5 * np.eye(3), np.eye(3))) == 2 * 6 * 0.5 / 9
    assert float(structured_hinge(IMAGES[:1], TEXTS[:1])) == 0.0


def test_gradients_of_a_batch_of_unknown_size():
    @tf.function(input_signature=[tf.TensorSpec([None, 4]), tf.TensorSpec([None, 4])])
    def gradients(images, texts):
        with tf.GradientTape() as tape:
            tape.watch([images, texts])
            value = structured_hinge(images, texts)
        return tape.gradient(value, [images, texts])

    for found, which in zip(gradients(IMAGES, TEXTS), range(2), strict=True):
        pair = [IMAGES.astype("float64"), TEXTS.astype("float64")]
        expected = np.zeros_like(pair[which])
        for place in np.ndindex(expected.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [array.copy() for array in pair]
                moved[which][place] += step
                values.append(one_direction(*moved) + one_direction(*moved[::-1]))
            expected[place] = (values[0] - values[1]) / 2e-6
        np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision(dtype):
    images, texts = tf.cast(100.0 * IMAGES, dtype), tf.cast(100.0 * TEXTS, dtype)
    value = structured_hinge(images, texts)
    assert value.dtype == "float32"
    exact = structured_hinge(tf.cast(images, "float64"), tf.cast(texts, "float64"))
    np.testing.assert_allclose(value, exact, rtol=1e-5)


def test_bad_arguments():
    with pytest.raises(ValueError, match="`directions` must be one of.*'left'"):
        structured_hinge(IMAGES, TEXTS, directions="left")
    with pytest.raises(ValueError, match=r"must have one shape.*\(6, 4\) and \(5, 4\)"):
        structured_hinge(IMAGES, TEXTS[:5])
    with pytest.raises(ValueError, match=r"must have one shape.*\(4,\) and \(4,\)"):
        structured_hinge(IMAGES[0], TEXTS[0])
