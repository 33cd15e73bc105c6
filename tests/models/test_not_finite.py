"""A loss or gradient that is not finite: named, never applied, and nothing infinite remains."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_models import batch, dataset, small_v1, small_v2, state

from keras_stackgan.losses import adversarial


def matcher(value):
    """A matching loss that turns to `value` from the third step on, and its gradient with it."""
    calls = tf.Variable(0, dtype="int64")

    def loss(images, embeddings):
        del embeddings
        mean = tf.reduce_mean(images)
        with tf.control_dependencies([calls.assign_add(1, read_value=True)]):
            return mean * tf.where(calls.value() > 2, value, 1.0)

    return loss


def assert_finite(model):
    for value in state(model):
        assert np.isfinite(value.astype("float64")).all()


def assert_same_generator(before, model):
    for old, new in zip(before, generator_state(model), strict=True):
        np.testing.assert_array_equal(old, new)


def generator_state(model):
    variables = [
        *model.generator.trainable_variables,
        *model.averaged_generator.weights,
        *model.generator_optimizer.variables,
        model.batch_counter,
    ]
    return [variable.numpy() for variable in variables]


class Remember(keras.callbacks.Callback):
    """Keeps the generator's state at the beginning of each step."""

    def on_train_batch_begin(self, batch, logs=None):
        self.before = generator_state(self.model)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_term_stage_and_step_are_named_and_nothing_is_applied(bad, dtype):
    model = small_v2(image_sizes=(16,), dtype=dtype)
    model.compile(matcher=matcher(bad), matching_weight=1.0, run_eagerly=True)
    remember = Remember()
    with pytest.raises(
        FloatingPointError, match="matching_loss is not finite at step 2: -?(nan|inf)"
    ):
        model.fit(dataset(5, size=16), verbose=0, callbacks=[remember])
    assert_same_generator(remember.before, model)
    assert model.step == 2
    assert_finite(model)


def test_discriminator_term_is_named_with_its_stage():
    model = small_v2()
    model.compile(run_eagerly=True)
    head = model.discriminators[1].trainable_variables[0]
    head.assign(tf.fill(head.shape, 1e38))
    before = [v.numpy() for v in model.discriminators[1].trainable_variables]
    with pytest.raises(FloatingPointError, match=r"d_\w+_32 is not finite at step 0"):
        model.train_on_batch(batch())
    for old, new in zip(before, model.discriminators[1].trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    # The statistics of a forward pass that overflowed are not taken either.
    assert_finite(model)


def test_finite_loss_with_infinite_gradient_is_not_applied():
    def steep(images, embeddings):
        del embeddings
        # The square root's slope at 0.
        return tf.sqrt(tf.reduce_sum(images) * 0.0)

    model = small_v2(image_sizes=(16,))
    model.compile(matcher=steep, matching_weight=1.0, run_eagerly=True)
    before = generator_state(model)
    with pytest.raises(FloatingPointError, match="g_gradient_norm is not finite at step 0"):
        model.fit(dataset(1, size=16), verbose=0)
    assert_same_generator(before, model)


def test_loss_scaling_skips_an_overflow_and_goes_on():
    model = small_v2(image_sizes=(16,), dtype="mixed_float16")
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(), initial_scale=2.0**40)
    model.compile(optimizer, run_eagerly=True)
    before = [v.numpy() for v in model.generator.trainable_variables]
    logs = model.fit(dataset(1, size=16), verbose=0).history
    for old, new in zip(before, model.generator.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())
    assert float(model.generator_optimizer.dynamic_scale.numpy()) == 2.0**39
    assert_finite(model)
    for name, values in logs.items():
        assert np.isfinite(values).all(), name


def test_gradient_norms_are_means_over_the_steps_that_were_taken():
    model = small_v2(image_sizes=(16,), dtype="mixed_float16")
    model.compile(run_eagerly=True)
    for norm in (3.0, np.inf, np.nan, 5.0):
        logs = model._log({"g_gradient_norm": tf.constant(norm), "d_loss_16": tf.constant(norm)})
    assert float(logs["g_gradient_norm"]) == 4.0
    assert np.isnan(logs["d_loss_16"])


@pytest.mark.parametrize("stage", [1, 2])
def test_v1_names_its_stage(stage, monkeypatch):
    model = small_v1()
    model.compile(stage=stage, run_eagerly=True)
    original = adversarial.LOSSES["bce"].generator
    monkeypatch.setitem(
        adversarial.LOSSES,
        "bce",
        adversarial.LOSSES["bce"]._replace(generator=lambda logits: original(logits) * np.nan),
    )
    size = {1: 16, 2: 32}[stage]
    with pytest.raises(FloatingPointError, match=f"g_conditional_loss_{size} is not finite at"):
        model.fit(dataset(1), verbose=0)
    assert_finite(model)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_in_the_graph_and_compiled(jit_compile):
    model = small_v2(image_sizes=(16,))
    model.compile(jit_compile=jit_compile)
    made = dataset(3, size=16)
    bad = dataset(1, size=16).map(
        lambda b: {**b, "embeddings": b["embeddings"] * tf.constant(np.inf, "float32")}
    )
    remember = Remember()
    with pytest.raises(FloatingPointError, match=r"\w+_16 is not finite at step 3"):
        model.fit(made.concatenate(bad).concatenate(made), verbose=0, callbacks=[remember])
    assert_same_generator(remember.before, model)
    assert model.step == 3
    assert_finite(model)


def test_under_a_strategy():
    with mirrored_strategy().scope():
        model = small_v2(image_sizes=(16,))
        model.compile()
    made = dataset(2, size=16)
    bad = dataset(1, size=16).map(
        lambda b: {
            **b,
            # In one replica's half only.
            "embeddings": b["embeddings"] * tf.constant([[1.0], [1.0], [1.0], [np.inf]]),
        }
    )
    remember = Remember()
    with pytest.raises(FloatingPointError, match=r"\w+_16 is not finite at step 2"):
        model.fit(made.concatenate(bad), verbose=0, callbacks=[remember])
    assert_same_generator(remember.before, model)
    assert_finite(model)
