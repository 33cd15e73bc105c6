import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import normal

from keras_stackgan import losses
from keras_stackgan.layers import ConvBlock, penalty_scope

LOGITS = np.array([-60.0, -15.0, -1.0, 0.0, 0.5, 2.0, 30.0, 60.0])
NAMES = ("bce", "hinge", "least_squares", "wasserstein")
FUNCTIONS = {
    "bce": losses.binary_cross_entropy,
    "hinge": losses.hinge,
    "least_squares": losses.least_squares,
    "wasserstein": losses.wasserstein,
}


def formula(name, x, real):
    """Values and derivatives, entry by entry."""
    sign = 1.0 if real else -1.0
    if name == "bce":
        return np.logaddexp(0.0, -sign * x), -sign / (1.0 + np.exp(sign * x))
    if name == "hinge":
        return np.maximum(0.0, 1.0 - sign * x), -sign * (sign * x < 1.0)
    if name == "least_squares":
        return 0.5 * (x - real) ** 2, x - real
    return -sign * x, -sign * np.ones_like(x)


def value_and_gradient(function, x):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value, tape.gradient(value, x)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-12)])
def test_equals_formula(name, real, dtype, tolerance):
    values, slopes = formula(name, LOGITS, real)
    loss, gradient = value_and_gradient(
        lambda x: FUNCTIONS[name](x, real=real), LOGITS.astype(dtype)
    )
    assert loss.shape == () and loss.dtype == dtype
    np.testing.assert_allclose(loss, values.mean(), rtol=tolerance)
    np.testing.assert_allclose(gradient, slopes / len(LOGITS), rtol=10 * tolerance, atol=1e-30)
    for x, value in zip(LOGITS, values, strict=True):
        one = FUNCTIONS[name](np.array([x], dtype), real=real)
        np.testing.assert_allclose(one, value, rtol=10 * tolerance, atol=1e-30)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision(name, dtype):
    """Sums of many logits would not fit; the result is float32 whatever the logits are."""
    logits = tf.fill((4096,), tf.constant(-20.0, dtype))
    for real in (True, False):
        loss = FUNCTIONS[name](logits, real=real)
        assert loss.dtype == "float32"
        expected = formula(name, np.array([-20.0]), real)[0]
        np.testing.assert_allclose(loss, expected[0], rtol=1e-5)
    for part in losses.get(name)[1:]:
        assert part(logits).dtype == "float32"


def test_bce_does_not_saturate():
    for logit, real in ((60.0, False), (-60.0, True)):
        loss, gradient = value_and_gradient(
            lambda x, real=real: losses.binary_cross_entropy(x, real=real),
            np.array([logit], "float32"),
        )
        assert float(loss) == pytest.approx(60.0)
        assert float(gradient[0]) == pytest.approx(1.0 if not real else -1.0)


def test_any_shape():
    x = normal(3, 4, 1)
    for function in FUNCTIONS.values():
        flat = function(x.reshape(-1), real=True)
        np.testing.assert_allclose(function(x, real=True), flat, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_get(name):
    loss, x = losses.get(name), LOGITS.astype("float32")
    assert loss.discriminator is FUNCTIONS[name]
    # Generators are not saturating: -log D, and for hinge minus the logit.
    expected = formula("wasserstein" if name == "hinge" else name, LOGITS, True)[0].mean()
    np.testing.assert_allclose(loss.generator(x), expected, rtol=1e-6)
    score = np.mean(1.0 / (1.0 + np.exp(-LOGITS))) if name == "bce" else LOGITS.mean()
    np.testing.assert_allclose(loss.score(x), score, rtol=1e-6)


def test_get_unknown():
    with pytest.raises(ValueError, match="`adversarial_loss` must be one of 'bce', 'hinge'.*'gan'"):
        losses.get("gan")


def in_graph(function):
    return tf.function(function)


def eagerly(function):
    return function


@pytest.mark.parametrize("run", [eagerly, in_graph])
def test_r1_of_linear_and_quadratic_functions(run):
    x, slope = normal(3, 4, 5, 2), normal(4, 5, 2, seed=1)
    linear = run(lambda x: losses.r1(lambda x: tf.reduce_sum(slope * x, (1, 2, 3)), x))(x)
    assert linear.shape == () and linear.dtype == "float32"
    np.testing.assert_allclose(linear, np.sum(slope**2), rtol=1e-5)
    # f(x) = sum(slope * x^2 / 2) has the gradient slope * x.
    quadratic = run(lambda x: losses.r1(lambda x: tf.reduce_sum(slope * x**2, (1, 2, 3)) / 2, x))(x)
    expected = np.mean(np.sum((slope * x) ** 2, axis=(1, 2, 3)))
    np.testing.assert_allclose(quadratic, expected, rtol=1e-5)


@pytest.mark.parametrize("run", [eagerly, in_graph])
def test_r1_gradient(run):
    """d/dw of mean |w x|^2 is mean of 2 w x^2."""
    x = normal(3, 4, 5, 2)
    weight = tf.Variable(normal(4, 5, 2, seed=1))

    def step(x):
        with tf.GradientTape() as tape:
            value = losses.r1(lambda x: tf.reduce_sum(weight * x**2, (1, 2, 3)) / 2, x)
        return tape.gradient(value, weight)

    np.testing.assert_allclose(run(step)(x), np.mean(2 * weight.numpy() * x**2, 0), rtol=1e-5)


@pytest.mark.parametrize("run", [eagerly, in_graph])
def test_gradient_penalty(run):
    real, fake = normal(3, 4, 5, 2), normal(3, 4, 5, 2, seed=1)
    slope = normal(4, 5, 2, seed=2)
    mix = np.array([0.0, 0.3, 1.0], "float32").reshape(3, 1, 1, 1)

    def linear(real, fake, mix):
        return losses.gradient_penalty(
            lambda x: tf.reduce_sum(slope * x, (1, 2, 3)), real, fake, mix
        )

    value = run(linear)(real, fake, mix)
    assert value.shape == () and value.dtype == "float32"
    np.testing.assert_allclose(value, (np.sqrt(np.sum(slope**2)) - 1.0) ** 2, rtol=1e-5)

    def quadratic(real, fake, mix):
        return losses.gradient_penalty(
            lambda x: tf.reduce_sum(slope * x**2, (1, 2, 3)) / 2, real, fake, mix
        )

    between = mix * real + (1.0 - mix) * fake  # mix is the share of the real picture
    norms = np.sqrt(np.sum((slope * between) ** 2, axis=(1, 2, 3)))
    expected = np.mean((norms - 1.0) ** 2)
    np.testing.assert_allclose(run(quadratic)(real, fake, mix), expected, rtol=1e-5)
    assert not np.allclose(run(quadratic)(fake, real, mix), expected, rtol=1e-3)


@pytest.mark.parametrize("run", [eagerly, in_graph])
def test_gradient_penalty_is_two_sided(run):
    pictures, mix = np.zeros((2, 4, 4, 3), "float32"), np.ones((2, 1, 1, 1), "float32")

    def penalty(length):
        def critic(x):
            return length * tf.reduce_sum(x, (1, 2, 3)) / 48**0.5

        return run(lambda x: losses.gradient_penalty(critic, x, x, mix))(pictures)

    for length, expected in ((0.5, 0.25), (1.0, 0.0), (1.5, 0.25), (3.0, 4.0)):
        np.testing.assert_allclose(penalty(length), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("run", [eagerly, in_graph])
def test_gradient_penalty_gradient(run):
    """d/dw of (w |s| - 1)^2 is 2 (w |s| - 1) |s|; at a norm of zero it is finite."""
    slope = normal(4, 5, 2)
    length = np.sqrt(np.sum(slope**2))
    x, mix = normal(3, 4, 5, 2, seed=1), np.ones((3, 1, 1, 1), "float32")
    for start in (0.7, 0.0):
        weight = tf.Variable(start)

        def step(x, weight=weight):
            with tf.GradientTape() as tape:
                value = losses.gradient_penalty(
                    lambda x: weight * tf.reduce_sum(slope * x, (1, 2, 3)), x, x, mix
                )
            return tape.gradient(value, weight)

        expected = 2.0 * (start * length - 1.0) * length if start else 0.0
        np.testing.assert_allclose(run(step)(x), expected, rtol=1e-5)


@pytest.mark.parametrize("penalty", ["r1", "gradient_penalty"])
def test_penalties_of_a_network(penalty):
    """float32 against float64, through convolution, batch normalization and leaky ReLU."""
    keras.utils.set_random_seed(0)
    x, y = normal(4, 6, 6, 2), normal(4, 6, 6, 2, seed=1)
    mix = np.linspace(0.0, 1.0, 4).reshape(4, 1, 1, 1)
    layers = [ConvBlock(3, dtype=dtype) for dtype in ("float32", "float64")]
    for layer in layers:
        layer.build(x.shape)
    layers[1].set_weights([weight.numpy() for weight in layers[0].weights])
    results = []
    for layer in layers:

        def judge(x, layer=layer):
            return keras.ops.sum(keras.ops.square(layer(x, training=True)), axis=(1, 2, 3))

        with tf.GradientTape() as tape, penalty_scope():
            arrays = [array.astype(layer.dtype) for array in (x, y, mix)]
            if penalty == "r1":
                value = losses.r1(judge, arrays[0])
            else:
                value = losses.gradient_penalty(judge, *arrays)
        assert value.dtype == layer.dtype
        weights = [weight.value for weight in layer.trainable_weights]
        results.append([value, *tape.gradient(value, weights)])
    for ours, exact in zip(*results, strict=True):
        np.testing.assert_allclose(ours, exact, rtol=0, atol=2e-5 * np.abs(exact).max())


def test_penalties_name_the_backend(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(NotImplementedError, match="'tensorflow' or 'jax'.*'numpy'"):
        losses.r1(lambda x: x, normal(2, 3))
