import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation

from keras_stackgan.layers import ConditioningAugmentation
from keras_stackgan.losses import kl_divergence


def reference(layer):
    """NUMERICS 2: dense, activation, split, scale and bias, sample."""

    def call(embeddings, noise=None):
        hidden = tf.matmul(embeddings, layer.dense.kernel.value) + layer.dense.bias.value
        hidden = plain_activation(hidden, layer.activation)
        size = layer.conditioning_dim
        mean, spread = hidden[:, :size] * layer.mean_scale, hidden[:, size:]
        if layer.spread == "log_variance":
            log_variance = spread + layer.log_variance_bias
        else:
            log_variance = 2.0 * spread + layer.log_variance_bias
        if noise is None:
            return mean, mean, log_variance
        return mean + tf.sqrt(tf.exp(log_variance)) * noise, mean, log_variance

    return call


def make(dtype="float32", dim=7, **arguments):
    layer = ConditioningAugmentation(3, dtype=dtype, **arguments)
    layer.build((None, dim), (None, 3))
    layer.dense.bias.assign(0.3 * normal(*layer.dense.bias.shape, seed=2))
    return layer


def test_layer():
    arrays = [normal(4, 7), normal(4, 3, seed=1)]
    arguments = {
        "conditioning_dim": 3,
        "activation": "leaky_relu",
        "spread": "log_sigma",
        "mean_scale": 2.0,
        "log_variance_bias": -1.0,
    }
    run_layer_test(ConditioningAugmentation, arguments, arrays, wide_outputs=(1, 2))
    run_layer_test(ConditioningAugmentation, {"conditioning_dim": 3}, arrays, wide_outputs=(1, 2))


def test_layer_without_augmentation():
    arguments = {"conditioning_dim": 3, "stochastic": False}
    run_layer_test(ConditioningAugmentation, arguments, [normal(4, 7)], wide_outputs=(1,))


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("spread", ["log_variance", "log_sigma"])
@pytest.mark.parametrize("activation", ["glu", "relu", "leaky_relu", None])
def test_equals_reference(activation, spread, dtype, tolerance):
    layer = make(dtype, activation=activation, spread=spread)
    arrays = [normal(4, 7).astype(dtype), normal(4, 3, seed=1).astype(dtype)]
    assert_same(layer, reference(layer), arrays, layer.trainable_weights, tolerance)
    scaled = make(
        dtype, activation=activation, spread=spread, mean_scale=2.5, log_variance_bias=-1.5
    )
    assert_same(scaled, reference(scaled), arrays, scaled.trainable_weights, tolerance)


def test_sizes_of_the_dense_layer():
    # v2: T -> 4E, v1: T -> 2E, with bias; without augmentation half of it.
    for activation, stochastic, units in [
        ("glu", True, 12),
        ("leaky_relu", True, 6),
        ("relu", True, 6),
        ("glu", False, 6),
        ("relu", False, 3),
    ]:
        layer = make(activation=activation, stochastic=stochastic)
        assert [tuple(w.shape) for w in layer.weights] == [(7, units), (units,)]


@pytest.mark.parametrize("activation", ["glu", "leaky_relu"])
def test_mean_and_spread_come_from_different_halves(activation):
    """Popular ports take both from the first half (StackGAN-Keras-implementation#2)."""
    layer, x = make(activation=activation), normal(16, 7)
    used = {}
    for index, name in ((1, "mean"), (2, "log_variance")):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(layer(x)[index])
        gradient = tape.gradient(value, layer.dense.kernel.value).numpy()
        used[name] = set(np.flatnonzero(np.abs(gradient).max(axis=0)))
    if activation == "glu":
        assert used == {"mean": {0, 1, 2, 6, 7, 8}, "log_variance": {3, 4, 5, 9, 10, 11}}
    else:
        assert used == {"mean": {0, 1, 2}, "log_variance": {3, 4, 5}}


def test_no_noise_gives_the_mean():
    layer, x = make(), normal(4, 7)
    code, mean, log_variance = layer(x)
    np.testing.assert_array_equal(code, mean)
    np.testing.assert_array_equal(layer(x, np.zeros((4, 3), "float32"))[0], mean)
    np.testing.assert_array_equal(layer(x, None)[2], log_variance)
    noisy = layer(x, np.ones((4, 3), "float32"))
    np.testing.assert_allclose(noisy[0] - noisy[1], np.exp(0.5 * log_variance), rtol=1e-5)


def test_the_layer_draws_nothing():
    layer, x, noise = make(), normal(4, 7), normal(4, 3, seed=1)
    np.testing.assert_array_equal(layer(x, noise)[0], layer(x, noise)[0])
    np.testing.assert_array_equal(layer(x)[0], layer(x)[0])


def test_not_stochastic():
    layer, x = make(stochastic=False, mean_scale=2.0), normal(4, 7)
    code, mean, log_variance = layer(x, normal(4, 3, seed=1))
    assert log_variance is None
    hidden = x @ layer.dense.kernel.numpy() + layer.dense.bias.numpy()
    expected = 2.0 * hidden[:, :3] / (1.0 + np.exp(-hidden[:, 3:]))
    np.testing.assert_allclose(mean, expected, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(code, mean)


def test_log_variance_is_what_the_kl_term_takes():
    x = normal(4, 7)
    layer = make(activation="leaky_relu", spread="log_sigma")
    _, mean, log_variance = layer(x)
    hidden = x @ layer.dense.kernel.numpy() + layer.dense.bias.numpy()
    hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    mu, log_sigma = hidden[:, :3], hidden[:, 3:]
    published = np.mean(-log_sigma + 0.5 * (-1.0 + np.exp(2.0 * log_sigma) + mu**2))
    np.testing.assert_allclose(kl_divergence(mean, log_variance), published, rtol=1e-5)

    layer = make()
    _, mean, log_variance = layer(x)
    hidden = x @ layer.dense.kernel.numpy() + layer.dense.bias.numpy()
    hidden = hidden[:, :6] / (1.0 + np.exp(-hidden[:, 6:]))
    mu, logvar = hidden[:, :3], hidden[:, 3:]
    published = -0.5 * np.mean(1.0 + logvar - mu**2 - np.exp(logvar))
    np.testing.assert_allclose(kl_divergence(mean, log_variance), published, rtol=1e-5)


def test_functional_model_keeps_three_outputs():
    inputs = keras.Input((7,))
    code, mean, log_variance = ConditioningAugmentation(3, stochastic=False)(inputs)
    assert code.shape == mean.shape == (None, 3) and log_variance is None
    code, mean, log_variance = ConditioningAugmentation(3)(inputs)
    assert code.shape == mean.shape == log_variance.shape == (None, 3)


def test_invalid_arguments():
    with pytest.raises(ValueError, match="`conditioning_dim` must be a whole number"):
        ConditioningAugmentation(0)
    with pytest.raises(ValueError, match="`activation` must be one of 'glu'.*activation='tanh'"):
        ConditioningAugmentation(3, activation="tanh")
    with pytest.raises(ValueError, match="`spread` must be one of .*spread='sigma'"):
        ConditioningAugmentation(3, spread="sigma")
    for mean_scale in (0, -1.0):
        with pytest.raises(ValueError, match="`mean_scale` must be positive"):
            ConditioningAugmentation(3, mean_scale=mean_scale)
    with pytest.raises(ValueError, match="`noise` must have one number for each"):
        ConditioningAugmentation(3)(normal(2, 7), normal(2, 4))
