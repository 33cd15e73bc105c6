"""The originals' memory layouts and ours: there and back, and each by its definition."""

import numpy as np
import pytest

from keras_stackgan.convert import layouts

SHAPES = {
    "vector": (7,),
    "conv": (8, 3, 4, 5),
    "dense": (6, 5),
    "flat_dense": (3 * 16, 5),
    "flat_dense_2": (2 * 3 * 16, 5),
    "flat_vector": (3 * 16,),
    "flat_vector_2": (2 * 3 * 16,),
    "logit": (1, 5, 4, 4),
}


def original(layout):
    return np.arange(np.prod(SHAPES[layout])).reshape(SHAPES[layout])


@pytest.mark.parametrize("layout", SHAPES)
def test_there_and_back(layout):
    x = original(layout)
    kept = x.copy()
    y = layouts.to_keras(x, layout)
    assert sorted(y.reshape(-1)) == list(range(x.size))
    np.testing.assert_array_equal(layouts.to_original(y, layout), x)
    np.testing.assert_array_equal(x, kept)
    again = layouts.to_keras(layouts.to_original(y, layout), layout)
    np.testing.assert_array_equal(again, y)


@pytest.mark.parametrize("layout", SHAPES)
def test_original_shape_is_known_without_an_array(layout):
    ours = layouts.to_keras(original(layout), layout).shape
    assert layouts.original_shape(ours, layout) == SHAPES[layout]


def test_convolutions_and_dense_layers():
    conv = layouts.to_keras(original("conv"), "conv")
    assert conv.shape == (4, 5, 3, 8)
    assert conv[1, 2, 0, 7] == original("conv")[7, 0, 1, 2]
    dense = layouts.to_keras(original("dense"), "dense")
    assert dense.shape == (5, 6) and dense[4, 1] == original("dense")[1, 4]


@pytest.mark.parametrize("halves", [1, 2])
def test_flat_features_count_pixels_first(halves):
    """torch views (channels, 4, 4), we reshape to (4, 4, channels), each half for itself."""
    suffix = "_2" if halves == 2 else ""
    vector = original(f"flat_vector{suffix}")
    ours = layouts.to_keras(vector, f"flat_vector{suffix}")
    theirs = vector.reshape(halves, 3, 4, 4)
    for half, part in enumerate(np.split(ours, halves)):
        np.testing.assert_array_equal(part.reshape(4, 4, 3), np.moveaxis(theirs[half], 0, -1))
    matrix = original(f"flat_dense{suffix}")
    ours = layouts.to_keras(matrix, f"flat_dense{suffix}")
    assert ours.shape == (5, halves * 48)
    for column in range(5):
        expected = layouts.to_keras(matrix[:, column], f"flat_vector{suffix}")
        np.testing.assert_array_equal(ours[column], expected)


def test_a_logit_is_a_convolution_over_the_whole_picture():
    rng = np.random.default_rng(0)
    kernel, picture = rng.normal(size=(1, 5, 4, 4)), rng.normal(size=(5, 4, 4))
    ours = layouts.to_keras(kernel, "logit")
    assert ours.shape == (80, 1)
    flat = picture.transpose(1, 2, 0).reshape(-1)
    np.testing.assert_allclose(flat @ ours, [np.sum(kernel[0] * picture)])
