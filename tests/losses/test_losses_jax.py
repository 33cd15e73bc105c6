"""Every loss on JAX, in one process where TensorFlow cannot be imported."""

import keras
import numpy as np
import tensorflow as tf
from helpers import normal

from keras_stackgan import losses
from keras_stackgan.layers import ConvBlock, penalty_scope

# Runs on either backend: `arrays` in, `values` out.
COMPUTE = """
layer = keras.models.load_model("layer.keras").layers[-1]

def judge(x):
    return keras.ops.sum(keras.ops.square(layer(x, training=True)), axis=(1, 2, 3))

def compute(arrays):
    values = {}
    for name in ("bce", "hinge", "least_squares", "wasserstein"):
        loss = losses.get(name)
        values[f"{name}_real"] = loss.discriminator(arrays["logits"], real=True)
        values[f"{name}_fake"] = loss.discriminator(arrays["logits"], real=False)
        values[f"{name}_generator"] = loss.generator(arrays["logits"])
        values[f"{name}_score"] = loss.score(arrays["logits"])
    half = keras.ops.cast(arrays["logits"], "bfloat16")
    values["half"] = losses.binary_cross_entropy(half, real=True)
    heads = {"conditional": arrays["logits"], "unconditional": 2.0 * arrays["logits"]}
    for weighting in ("sum", "halves", "thirds"):
        terms = losses.matching_terms(
            losses.binary_cross_entropy, heads, heads, [heads, heads], weighting=weighting
        )
        values |= {f"{weighting}_{name}": term for name, term in terms.items()}
    for reduction in ("mean", "sum"):
        values[f"kl_{reduction}"] = losses.kl_divergence(arrays["mean"], arrays["mean"], reduction)
    values["structured_hinge"] = losses.structured_hinge(arrays["mean"], 2.0 * arrays["mean"][::-1])
    values["color"] = losses.color_consistency(arrays["larger"], arrays["smaller"])
    with penalty_scope():
        values["r1"] = losses.r1(judge, arrays["larger"])
        values["gradient_penalty"] = losses.gradient_penalty(
            judge, arrays["larger"], -arrays["larger"] ** 2, arrays["mix"]
        )
    assert all(value.dtype == "float32" for value in values.values())
    return values
"""

ON_JAX = (
    """
import sys
import jax
import keras
import numpy as np
from keras_stackgan import losses
from keras_stackgan.layers import penalty_scope

assert keras.backend.backend() == "jax"
arrays, expected = dict(np.load("arrays.npz")), dict(np.load("values.npz"))
by_larger, by_weights = expected.pop("color_gradient"), expected.pop("r1_gradient")
"""
    + COMPUTE
    + """
values = jax.jit(compute)(arrays)
assert set(values) == set(expected)
for name, value in values.items():
    np.testing.assert_allclose(value, expected[name], rtol=2e-5, atol=1e-6, err_msg=name)

np.testing.assert_array_equal(layer.norm.moving_mean, np.zeros(2))
gradient = jax.grad(losses.color_consistency, argnums=(0, 1))(arrays["larger"], arrays["smaller"])
np.testing.assert_allclose(gradient[0], by_larger, rtol=1e-3, atol=1e-7)
np.testing.assert_array_equal(gradient[1], np.zeros_like(arrays["smaller"]))

@jax.jit
def penalty(kernel, x):
    others = [weight.value for weight in layer.trainable_weights[1:]]
    fixed = [weight.value for weight in layer.non_trainable_weights]

    def judge(x):
        y, _ = layer.stateless_call([kernel, *others], fixed, x, training=True)
        return keras.ops.sum(keras.ops.square(y), axis=(1, 2, 3))
    with penalty_scope():
        return losses.r1(judge, x)

gradient = jax.grad(penalty)(layer.trainable_weights[0].value, arrays["larger"])
scale = np.abs(by_weights).max()
np.testing.assert_allclose(gradient, by_weights, rtol=0, atol=5e-5 * scale)
assert "tensorflow" not in sys.modules
"""
)


def test_losses_on_jax(tmp_path, monkeypatch, run_without_tensorflow):
    """Values and gradients agree with TensorFlow's, and penalties leave the layers alone."""
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    arrays = {
        "logits": np.array([-60.0, -2.0, 0.0, 0.5, 60.0], "float32"),
        "mean": normal(4, 3),
        "larger": normal(4, 6, 6, 3),
        "smaller": normal(4, 3, 3, 3, seed=1),
        "mix": np.linspace(0, 1, 4, dtype="float32").reshape(4, 1, 1, 1),
    }
    inputs = keras.Input((6, 6, 3))
    keras.Model(inputs, ConvBlock(2)(inputs)).save("layer.keras")
    scope = {"keras": keras, "losses": losses, "penalty_scope": penalty_scope}
    exec(COMPUTE, scope)
    values, layer = scope["compute"](arrays), scope["layer"]
    np.testing.assert_array_equal(layer.norm.moving_mean.numpy(), np.zeros(2))
    larger = tf.constant(arrays["larger"])
    with tf.GradientTape(persistent=True) as tape, penalty_scope():
        tape.watch(larger)
        color = losses.color_consistency(larger, arrays["smaller"])
        penalty = losses.r1(scope["judge"], larger)
    np.savez("arrays.npz", **arrays)
    np.savez(
        "values.npz",
        color_gradient=tape.gradient(color, larger),
        r1_gradient=tape.gradient(penalty, layer.trainable_weights[0].value),
        **{name: value.numpy() for name, value in values.items()},
    )
    run_without_tensorflow(ON_JAX, XLA_FLAGS="--xla_backend_optimization_level=0")
