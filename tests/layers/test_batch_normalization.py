import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy, normal, outputs_and_gradients, run_layer_test

from keras_stackgan.layers import BatchNormalization, penalty_scope

SHAPES = [(6, 5), (4, 3, 5, 2)]


def make(shape, **arguments):
    layer = BatchNormalization(**arguments)
    layer.build((None, *shape[1:]))
    layer.gamma.assign(normal(shape[-1], seed=3))
    layer.beta.assign(normal(shape[-1], seed=4))
    layer.moving_mean.assign(normal(shape[-1], seed=5))
    layer.moving_variance.assign(0.5 + abs(normal(shape[-1], seed=6)))
    return layer


def training(layer):
    return lambda x: layer(x, training=True)


def numpy_form(x, gamma, beta):
    """Outputs, gradients of `helpers.weighted_sum`, mean and biased variance, in float64."""
    x, gamma, beta = (np.asarray(value, "float64") for value in (x, gamma, beta))
    axes = tuple(range(x.ndim - 1))
    count = x.size / x.shape[-1]
    mean, variance = x.mean(axes), x.var(axes)
    deviation = np.sqrt(variance + 1e-5)
    normalized = (x - mean) / deviation
    upstream = np.cos(1.0 + np.arange(x.size)).reshape(x.shape)
    d_gamma, d_beta = (upstream * normalized).sum(axes), upstream.sum(axes)
    d_x = gamma / deviation * (upstream - d_beta / count - normalized * d_gamma / count)
    return gamma * normalized + beta, (d_x, d_gamma, d_beta), mean, variance


def kernels(layer, shape, dtype="float32"):
    """Names of the TensorFlow ops that a training pass runs."""
    function = tf.function(training(layer)).get_concrete_function(tf.TensorSpec(shape, dtype))
    return {operation.type for operation in function.graph.get_operations()}


def test_layer():
    arguments = {"momentum": 0.8, "epsilon": 1e-3}
    run_layer_test(BatchNormalization, arguments, [normal(4, 3, 5, 2)])
    run_layer_test(BatchNormalization, {}, [normal(6, 5)])


def test_published_constants():
    layer = BatchNormalization()
    layer.build((None, 4096))
    assert (layer.momentum, layer.epsilon) == (0.9, 1e-5)
    gamma = layer.gamma.numpy()
    assert abs(gamma.mean() - 1.0) < 0.002 and abs(gamma.std() - 0.02) < 0.001
    for weight, value in ((layer.beta, 0), (layer.moving_mean, 0), (layer.moving_variance, 1)):
        np.testing.assert_array_equal(weight.numpy(), np.full(4096, value))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", ["default", "penalty", "float64"])
def test_equals_numpy(shape, form):
    layer = make(shape, dtype="float64" if form == "float64" else "float32")
    x = 2.0 + 3.0 * normal(*shape).astype(layer.dtype)
    old_mean, old_variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    if form == "penalty":
        with penalty_scope():
            (y,), gradients = outputs_and_gradients(training(layer), [x], layer.trainable_weights)
    else:
        (y,), gradients = outputs_and_gradients(training(layer), [x], layer.trainable_weights)
    expected, expected_gradients, mean, variance = numpy_form(x, layer.gamma, layer.beta)
    tolerance = {"rtol": 0, "atol": 1e-10 if form == "float64" else 2e-5}
    np.testing.assert_allclose(y, expected, **tolerance)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, **tolerance)
    share = 0.0 if form == "penalty" else 0.1
    for moving, old, new in (
        (layer.moving_mean, old_mean, mean),
        (layer.moving_variance, old_variance, variance),
    ):
        np.testing.assert_allclose(moving.numpy(), (1 - share) * old + share * new, **tolerance)


def test_moving_variance_is_biased():
    """At two values the biased and the unbiased variance differ by a factor of 2."""
    for shape in [(2, 3), (2, 1, 1, 3)]:
        layer = BatchNormalization(momentum=0.0)
        x = normal(*shape)
        layer(x, training=True)
        variance = x.reshape(2, 3).var(axis=0)
        np.testing.assert_allclose(layer.moving_variance.numpy(), variance, rtol=1e-5)


def test_which_kernel_runs():
    assert "FusedBatchNormV3" in kernels(make(SHAPES[1]), SHAPES[1])
    mixed = make(SHAPES[1], dtype="mixed_bfloat16")
    assert "FusedBatchNormV3" in kernels(mixed, SHAPES[1], "bfloat16")
    with penalty_scope():
        assert "FusedBatchNormV3" not in kernels(make(SHAPES[1]), SHAPES[1])
    assert "FusedBatchNormV3" not in kernels(make(SHAPES[0]), SHAPES[0])
    for policy in ("float64", "mixed_float16", "bfloat16"):
        assert "FusedBatchNormV3" not in kernels(make(SHAPES[1], dtype=policy), SHAPES[1])


@pytest.mark.parametrize("form", ["fused", "plain"])
def test_bfloat16(form, monkeypatch):
    if form == "plain":
        monkeypatch.setattr(BatchNormalization, "_can_fuse", lambda self, inputs: False)
    layer, exact = (make(SHAPES[1], dtype=dtype) for dtype in ("mixed_bfloat16", "float64"))
    x = normal(*SHAPES[1])
    x = tf.cast(tf.cast(x, "bfloat16"), "float32").numpy()  # the same values for both
    y = layer(x, training=True)
    assert y.dtype == "bfloat16" and layer.moving_mean.dtype == "float32"
    np.testing.assert_allclose(tf.cast(y, "float64"), exact(x, training=True), rtol=0.01, atol=0.01)
    for ours, theirs in zip(layer.non_trainable_weights, exact.non_trainable_weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("frozen", [False, True])
def test_inference(shape, frozen):
    layer = make(shape)
    layer.trainable = not frozen
    before = [weight.numpy() for weight in layer.weights]
    gamma, beta, mean, variance = before
    x = normal(*shape)
    expected = gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta
    np.testing.assert_allclose(layer(x, training=frozen), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(layer(x), expected, rtol=0, atol=1e-5)
    for weight, value in zip(layer.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


def test_unknown_size_and_one_value():
    layer = make((1, 1, 1, 2))
    function = tf.function(training(layer), input_signature=[tf.TensorSpec((None, None, None, 2))])
    x = normal(3, 4, 5, 2)
    expected = numpy_form(x, layer.gamma, layer.beta)[0]
    np.testing.assert_allclose(function(x), expected, rtol=0, atol=2e-5)
    y = function(normal(1, 1, 1, 2))
    np.testing.assert_allclose(y, layer.beta.numpy().reshape(y.shape), rtol=0, atol=1e-5)
    assert np.isfinite(layer.moving_variance.numpy()).all()


def penalty(kernel, layer, x):
    """R1's form: the squared norm of an input gradient, and its gradient by the weights."""
    with tf.GradientTape() as outer:
        outer.watch(kernel)
        with tf.GradientTape() as inner:
            inner.watch(x)
            hidden = tf.nn.conv2d(x, kernel, 1, "SAME")
            value = tf.reduce_sum(tf.tanh(layer(hidden, training=True)) ** 2)
        norm = tf.reduce_sum(inner.gradient(value, x) ** 2)
    return norm.numpy(), outer.gradient(norm, [kernel, layer.gamma.value, layer.beta.value])


def test_second_derivatives():
    x, kernel = normal(4, 5, 6, 2), normal(3, 3, 2, 3, seed=1)
    layer, exact = (make((4, 5, 6, 3), dtype=dtype) for dtype in ("float32", "float64"))
    with penalty_scope():
        norm, gradients = penalty(tf.constant(kernel), layer, tf.constant(x))
    kernel, x = tf.constant(kernel, "float64"), tf.constant(x, "float64")
    exact_norm, exact_gradients = penalty(kernel, exact, x)
    np.testing.assert_allclose(norm, exact_norm, rtol=1e-5)
    for ours, theirs in zip(gradients, exact_gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5 * np.abs(theirs).max())
    # And float64 against a difference quotient.
    direction, step = normal(*kernel.shape, seed=2).astype("float64"), 1e-5
    higher, _ = penalty(kernel + step * direction, exact, x)
    lower, _ = penalty(kernel - step * direction, exact, x)
    slope = tf.reduce_sum(exact_gradients[0] * direction)
    np.testing.assert_allclose((higher - lower) / (2 * step), slope, rtol=1e-6)


def test_penalty_scope_ends():
    layer, x = make(SHAPES[1]), normal(*SHAPES[1])

    def moves():
        before = layer.moving_mean.numpy()
        layer(x, training=True)
        return not np.array_equal(before, layer.moving_mean.numpy())

    assert moves()
    with penalty_scope():
        with penalty_scope():
            assert not moves()
        assert not moves()
        other = []
        thread = threading.Thread(target=lambda: other.append(moves()))
        thread.start()
        thread.join()
        assert other == [True]
    assert moves()
    with pytest.raises(KeyError):
        with penalty_scope():
            raise KeyError
    assert moves()


def test_synchronized():
    layer, plain = make(SHAPES[1], synchronized=True), make(SHAPES[1])
    x = normal(*SHAPES[1])
    before = layer.moving_mean.numpy()
    with penalty_scope():
        layer(x, training=True)
    np.testing.assert_array_equal(layer.moving_mean.numpy(), before)
    np.testing.assert_allclose(layer(x, training=True), plain(x, training=True), rtol=0, atol=1e-5)
    for ours, theirs in zip(layer.weights, plain.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=0, atol=1e-5)


def test_synchronized_over_two_replicas():
    strategy = mirrored_strategy()
    x = normal(8, 3, 5, 2)
    with strategy.scope():
        layer = make(x.shape, synchronized=True)
    parts = strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(np.split(x, 2)[context.replica_id_in_sync_group])
    )

    @tf.function
    def step(parts):
        return strategy.run(training(layer), args=(parts,))

    y = np.concatenate([part.numpy() for part in strategy.experimental_local_results(step(parts))])
    plain = make(x.shape)
    np.testing.assert_allclose(y, plain(x, training=True), rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        layer.moving_variance.numpy(), plain.moving_variance.numpy(), rtol=1e-5
    )


def test_invalid_arguments():
    for key in ("axis", "center", "renorm", "beta_initializer"):
        with pytest.raises(TypeError, match=f"takes no `{key}`"):
            BatchNormalization(**{key: 1})


def test_an_initializer_instance_is_not_shared():
    gamma_initializer = keras.initializers.RandomNormal(1.0, 0.02)
    first, second = (BatchNormalization(gamma_initializer=gamma_initializer) for _ in range(2))
    for layer in (first, second):
        layer.build((None, 8))
    assert not np.array_equal(first.gamma.numpy(), second.gamma.numpy())


@pytest.mark.parametrize("channels", [8, 16])
def test_bfloat16_of_any_width_is_normalized_in_float32_or_by_a_fast_kernel(channels):
    layer = make((4, 3, 5, channels), dtype="mixed_bfloat16")
    x = tf.cast(normal(4, 3, 5, channels), "bfloat16")
    outputs = layer(x, training=True)
    assert outputs.dtype == "bfloat16"
    expected = make((4, 3, 5, channels))(tf.cast(x, "float32"), training=True)
    np.testing.assert_allclose(tf.cast(outputs, "float32"), expected, rtol=0, atol=0.03)
    function = tf.function(training(layer)).get_concrete_function(tf.TensorSpec(x.shape, x.dtype))
    inputs = [op.inputs[0] for op in function.graph.get_operations() if "FusedBatch" in op.type]
    assert [i.dtype for i in inputs] == ["float32" if channels == 8 else "bfloat16"]
