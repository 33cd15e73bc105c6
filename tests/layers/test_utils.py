import keras
import numpy as np
import pytest
from helpers import normal
from plain_forms import plain_activation

from keras_stackgan.layers import utils


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-14)])
def test_activate(dtype, tolerance):
    x = keras.ops.convert_to_tensor(normal(3, 4).astype(dtype))
    for name in utils.ACTIVATIONS:
        expected = plain_activation(x, name)
        np.testing.assert_allclose(utils.activate(x, name), expected, rtol=0, atol=tolerance)
        assert x.shape[-1] == utils.channel_factor(name) * expected.shape[-1]


def test_check_choice():
    assert utils.check_choice("mode", None, ("a", None)) is None
    with pytest.raises(ValueError, match="`mode` must be one of 'a', None. Received: mode='b'"):
        utils.check_choice("mode", "b", ("a", None))


def test_check_count():
    for value in (3, 3.0, np.int64(3), np.float32(3)):
        count = utils.check_count("size", value)
        assert count == 3 and type(count) is int
    assert utils.check_count("size", 0, minimum=0) == 0
    for value in (0, -3, 2.5, True, None, "3", [3], (3, 3), float("nan"), float("inf")):
        with pytest.raises(ValueError, match="`size` must be a whole number of at least 1"):
            utils.check_count("size", value)


def test_fresh_initializer_draws_anew():
    assert utils.fresh_initializer(None) is None
    for identifier in (
        "orthogonal",
        "glorot_uniform",
        keras.initializers.Orthogonal(gain=2.0),
        keras.initializers.TruncatedNormal(stddev=0.02),
        keras.initializers.serialize(keras.initializers.RandomNormal(stddev=0.02)),
    ):
        first, second = (utils.fresh_initializer(identifier) for _ in range(2))
        assert first.get_config() == second.get_config()
        assert np.abs(first((4, 4)) - second((4, 4))).max() > 1e-4
        third = utils.fresh_initializer(first)
        assert third is not first and np.abs(first((4, 4)) - third((4, 4))).max() > 1e-4


def test_fresh_initializer_keeps_settings():
    initializer = utils.fresh_initializer(keras.initializers.Orthogonal(gain=2.0, seed=3))
    assert initializer.get_config() == {"gain": 2.0, "seed": 3}
    expected = keras.initializers.Orthogonal(gain=2.0, seed=3)((5, 4))
    np.testing.assert_array_equal(initializer((5, 4)), expected)

    def halves(shape, dtype=None):
        return 0.5 * keras.ops.ones(shape, dtype)

    assert utils.fresh_initializer(halves) is halves


def test_output_dtype():
    for policy, expected in (
        ("float32", "float32"),
        ("mixed_float16", "float32"),
        ("bfloat16", "float32"),
        ("float64", "float64"),
    ):
        assert utils.output_dtype(keras.layers.Layer(dtype=policy)) == expected
