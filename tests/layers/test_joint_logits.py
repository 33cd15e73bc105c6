import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import assert_same, normal, run_layer_test
from plain_forms import plain_activation, plain_block, tile

from keras_stackgan.layers import JointLogits

WIDE = ("conditional_logit", "unconditional_logit")


def make(dtype="float32", **arguments):
    layer = JointLogits(dtype=dtype, **arguments)
    layer.build((None, 4, 4, 3), (None, 5))
    for seed, weight in enumerate(layer.trainable_weights):
        if weight.name in ("bias", "beta"):
            weight.assign(0.3 * normal(*weight.shape, seed=seed))
    return layer


def arrays(dtype="float32", rows=4):
    return [normal(rows, 4, 4, 3).astype(dtype), normal(rows, 5, seed=1).astype(dtype)]


def dense(layer, x):
    y = tf.matmul(x, layer.kernel.value)
    return y + layer.bias.value if layer.use_bias else y


def logit(layer, x):
    return dense(layer, tf.reshape(x, (x.shape[0], -1)))[:, 0]


def reference(layer):
    def call(features, condition=None):
        logits = {}
        if layer.conditional:
            code = condition
            if layer.conditioning_dim:
                code = plain_activation(dense(layer.text, condition), "leaky_relu")
            parts = [tile(code, features), features]
            x = tf.concat(parts if layer.code_first else parts[::-1], -1)
            kernel = layer.joint.convolution.kernel
            if layer.normalization == "batch":
                norm = layer.joint.norm
                x = plain_block(x, kernel, norm.gamma, norm.beta, "leaky_relu")
            else:
                x = plain_block(x, kernel) + layer.joint.bias.value
                x = plain_activation(x, "leaky_relu")
            logits["conditional"] = logit(layer.conditional_logit, x)
            if layer.projection_dim:
                pooled = tf.reduce_mean(features, (1, 2)) @ layer.feature_projection.kernel.value
                text = condition @ layer.text_projection.kernel.value
                product = tf.reduce_sum(pooled * text, -1) / layer.projection_dim**0.5
                logits["conditional"] += product
        if layer.unconditional:
            logits["unconditional"] = logit(layer.unconditional_logit, features)
        return logits

    return call


def test_layer():
    run_layer_test(JointLogits, {}, arrays(), wide_outputs=(0, 1), wide_sublayers=WIDE)


def test_layer_with_everything():
    arguments = {
        "unconditional": False,
        "conditioning_dim": 2,
        "projection_dim": 3,
        "kernel_size": 1,
        "code_first": False,
        "normalization": "bias",
        "use_bias": False,
    }
    run_layer_test(JointLogits, arguments, arrays(), wide_outputs=(0,), wide_sublayers=WIDE)


def test_layer_unconditional():
    run_layer_test(
        JointLogits,
        {"conditional": False},
        arrays()[:1],
        wide_outputs=(0,),
        wide_sublayers=WIDE,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"unconditional": False},
        {"code_first": False, "kernel_size": 1, "use_bias": False},
        {"conditioning_dim": 2},
        {"projection_dim": 6},
        {"normalization": "bias"},
        {
            "conditioning_dim": 2,
            "projection_dim": 6,
            "normalization": "bias",
            "kernel_size": 1,
            "code_first": False,
            "unconditional": False,
        },
    ],
    ids=lambda arguments: ",".join(arguments) or "default",
)
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-10)])
def test_equals_reference(arguments, dtype, tolerance):
    layer = make(dtype, **arguments)

    def ours(features, condition):
        return layer(features, condition, training=True)

    logits = ours(*arrays(dtype))
    heads = ["conditional", "unconditional"][: 2 if layer.unconditional else 1]
    assert list(logits) == heads and all(x.shape == (4,) for x in logits.values())
    assert_same(ours, reference(layer), arrays(dtype), layer.trainable_weights, tolerance)


def test_unconditional_only():
    layer = make(conditional=False)
    features, condition = arrays()
    assert [tuple(w.shape) for w in layer.weights] == [(48, 1), (1,)]
    assert_same(layer, reference(layer), [features], layer.weights)
    logits = layer(features, condition)  # a condition is ignored
    assert list(logits) == ["unconditional"]
    np.testing.assert_array_equal(logits["unconditional"], layer(features)["unconditional"])


def test_the_text_layer_is_its_own():
    # v1: D compresses the raw embedding itself, E numbers reach the joint convolution.
    layer = make(conditioning_dim=2, text_kernel_initializer="ones")
    assert layer.joint.convolution.kernel.shape == (3, 3, 2 + 3, 3)
    np.testing.assert_array_equal(layer.text.kernel.numpy(), np.ones((5, 2)))
    assert layer.get_config()["text_kernel_initializer"]["class_name"] == "Ones"
    again = JointLogits.from_config(layer.get_config())
    assert isinstance(again.text_kernel_initializer, keras.initializers.Ones)


def test_the_unconditional_logit_does_not_see_the_condition():
    layer = make()
    features, condition = arrays()
    one, other = layer(features, condition), layer(features, -condition)
    np.testing.assert_array_equal(one["unconditional"], other["unconditional"])
    assert np.abs(one["conditional"] - other["conditional"]).min() > 1e-6


def test_the_projection_judges_the_pair():
    """Swapping the texts of two rows changes what the projection adds, and only that."""
    layer = make(projection_dim=6)
    layer.joint.convolution.kernel.assign(0.0 * layer.joint.convolution.kernel.numpy())
    features, condition = arrays(rows=2)
    straight = layer(features, condition)["conditional"].numpy()
    swapped = layer(features, condition[::-1])["conditional"].numpy()
    constant = layer(features, 0.0 * condition)["conditional"].numpy()
    pooled = features.mean((1, 2)) @ layer.feature_projection.kernel.numpy()
    text = condition @ layer.text_projection.kernel.numpy()
    products = pooled @ text.T / np.sqrt(6.0)
    np.testing.assert_allclose(straight - constant, np.diag(products), rtol=0, atol=1e-5)
    np.testing.assert_allclose(swapped - constant, np.diag(products[:, ::-1]), rtol=0, atol=1e-5)


def test_bias_starts_as_published():
    """torch's default for a convolution's bias: uniform within 1 / sqrt(fan-in)."""
    biases = []
    for _ in range(20):
        layer = JointLogits()
        layer.build((None, 4, 4, 3), (None, 5))
        biases += [layer.conditional_logit.bias.numpy(), layer.unconditional_logit.bias.numpy()]
    limit = 1.0 / np.sqrt(48.0)
    assert np.abs(biases).max() <= limit and len(np.unique(biases)) == 40
    assert np.abs(biases).max() > 0.7 * limit and np.min(biases) < 0.0 < np.max(biases)


def test_condition_is_missing():
    features = arrays()[0]
    with pytest.raises(ValueError, match="needs a condition of shape .*conditional=False"):
        JointLogits()(features)
    with pytest.raises(ValueError, match="needs a condition of shape"):
        make()(features)


def test_invalid_arguments():
    with pytest.raises(ValueError, match="needs `conditional=True` or `unconditional=True`"):
        JointLogits(conditional=False, unconditional=False)
    for name in ("conditioning_dim", "projection_dim"):
        with pytest.raises(ValueError, match=f"`{name}` needs `conditional=True`"):
            JointLogits(conditional=False, **{name: 3})
        for value in (0, -1, 1.5):
            with pytest.raises(ValueError, match=f"`{name}` must be a whole number"):
                JointLogits(**{name: value})
    with pytest.raises(ValueError, match="`kernel_size` must be one of 1, 3"):
        JointLogits(kernel_size=4)
    with pytest.raises(ValueError, match="`normalization` must be one of 'batch', 'bias'"):
        JointLogits(normalization=None)
    with pytest.raises(ValueError, match="`features` must have a known height and width"):
        JointLogits().build((None, None, 4, 3), (None, 5))
