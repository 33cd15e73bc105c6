"""What several test files share: gradients, and one call that tries a layer's contracts."""

import functools
import inspect
import json
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64")


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def weighted_sum(outputs):
    """One number that depends on every output in its own way, so that gradients tell them apart."""
    total = 0.0
    for x in keras.tree.flatten(outputs):
        if x is not None:
            weights = np.cos(1.0 + np.arange(np.prod(x.shape))).reshape(x.shape)
            total += tf.reduce_sum(x * tf.cast(weights, x.dtype))
    return total


def outputs_and_gradients(function, arrays, weights=()):
    """`function(*arrays)` as NumPy, and the gradients of its `weighted_sum`."""
    tensors = [tf.convert_to_tensor(array) for array in arrays]
    values = [weight.value for weight in weights]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        outputs = function(*tensors)
        total = weighted_sum(outputs)
    gradients = tape.gradient(total, [*tensors, *values])
    outputs = [x.numpy() for x in keras.tree.flatten(outputs) if x is not None]
    return outputs, [x.numpy() for x in gradients]


def assert_same(function, reference, arrays, weights=(), tolerance=1e-5):
    """Asserts equal outputs and gradients, relative to the largest entry of each."""
    for ours, theirs in zip(
        outputs_and_gradients(function, arrays, weights),
        outputs_and_gradients(reference, arrays, weights),
        strict=True,
    ):
        for x, y in zip(ours, theirs, strict=True):
            assert x.dtype == y.dtype
            np.testing.assert_allclose(x, y, rtol=0, atol=tolerance * max(1.0, np.abs(y).max()))


def signature(tree):
    """Shapes (without batch) and dtypes of a structure of tensors; `None` stays `None`."""
    one = keras.backend.standardize_dtype
    return keras.tree.map_structure(
        lambda x: x if x is None else f"{tuple(x.shape[1:])} {one(x.dtype)}", tree
    )


def run_layer_test(layer_class, init_kwargs, call_args, wide_outputs=(), wide_sublayers=()):
    """Tries the contracts that every layer keeps.

    `call_args` are the arrays that the layer is called with. `wide_outputs` holds the positions,
    after flattening, of outputs that are at least float32; `wide_sublayers` the names of sublayers
    that compute in at least float32.
    """
    layer = layer_class(**init_kwargs)
    _check_config(layer, layer_class, init_kwargs)
    eager = layer(*call_args)
    model, symbolic = _functional(layer, call_args)
    assert signature(symbolic) == signature(eager)
    shapes = layer.compute_output_shape(*[array.shape for array in call_args])
    assert keras.tree.flatten(shapes) == keras.tree.flatten(
        keras.tree.map_structure(lambda x: x if x is None else tuple(x.shape), eager)
    )
    _check_gradients(layer, call_args)
    _check_saving(model, call_args)
    for policy in POLICIES:
        _check_policy(layer_class, init_kwargs, policy, call_args, wide_outputs, wide_sublayers)


def _check_config(layer, layer_class, init_kwargs):
    config = layer.get_config()
    assert json.loads(json.dumps(config)) == config
    assert layer_class.from_config(config).get_config() == config
    serialized = keras.saving.serialize_keras_object(layer)
    assert serialized["registered_name"] == f"keras_stackgan>{layer_class.__name__}"
    assert keras.saving.deserialize_keras_object(serialized).get_config() == config
    for name, parameter in inspect.signature(layer_class.__init__).parameters.items():
        if name != "self" and parameter.kind != parameter.VAR_KEYWORD:
            assert hasattr(layer, name) and name in config
    for name, value in init_kwargs.items():
        assert config[name] == value == json.loads(json.dumps(getattr(layer, name)))


def _functional(layer, call_args):
    inputs = [keras.Input(array.shape[1:], dtype=array.dtype) for array in call_args]
    assert inputs[0].shape[0] is None
    symbolic = layer(*inputs)
    return keras.Model(inputs, [x for x in keras.tree.flatten(symbolic) if x is not None]), symbolic


def _check_saving(model, call_args):
    before = [x.numpy() for x in keras.tree.flatten(model(list(call_args)))]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        again = keras.models.load_model(path)
    for rows in (len(call_args[0]), 1):
        after = keras.tree.flatten(again([array[:rows] for array in call_args]))
        for x, y in zip(before, after, strict=True):
            np.testing.assert_allclose(x[:rows], y, rtol=1e-5, atol=1e-6)


def _check_gradients(layer, call_args):
    training = {"training": True} if layer._call_has_training_arg else {}
    _, gradients = outputs_and_gradients(
        lambda *args: layer(*args, **training), call_args, layer.trainable_weights
    )
    for weight, x in zip(layer.trainable_weights, gradients[len(call_args) :], strict=True):
        assert np.isfinite(x).all() and np.abs(x).max() > 1e-7, weight.path


def _check_policy(layer_class, init_kwargs, policy, call_args, wide_outputs, wide_sublayers):
    layer = layer_class(**init_kwargs, dtype=policy)
    compute = keras.dtype_policies.get(policy).compute_dtype
    wide = "float64" if policy == "float64" else "float32"
    modes = ({"training": True}, {"training": False}) if layer._call_has_training_arg else ({},)
    for mode in modes:
        for position, x in enumerate(keras.tree.flatten(layer(*call_args, **mode))):
            if x is not None:
                expected = wide if position in wide_outputs else compute
                assert keras.backend.standardize_dtype(x.dtype) == expected, (policy, position)
                assert np.isfinite(x.numpy().astype("float64")).all(), (policy, position)
    for sublayer in layer._flatten_layers(include_self=False):
        expected = wide if sublayer.name in wide_sublayers else policy
        assert sublayer.dtype_policy.name == expected, (policy, sublayer.name)
    for weight in layer.weights:
        assert weight.dtype in (keras.dtype_policies.get(policy).variable_dtype, wide)


@functools.cache
def mirrored_strategy():
    """Two replicas on the logical CPU devices, one strategy for all tests of a process.

    TensorFlow numbers each strategy's collective operations from the same start, so a second
    strategy in one process meets the first one's shapes and is aborted.
    """
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
