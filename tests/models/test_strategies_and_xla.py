"""One device and two, compiled and not: the same numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_models import batch, dataset, small_v1, small_v2, state

ROWS = 8


def noisy_dataset(batches=2):
    """Batches that bring their own noise and mismatched pictures, so that replicas can share."""
    made = []
    for k in range(batches):
        rng = np.random.default_rng(100 + k)
        made.append(
            batch(
                rows=ROWS,
                seed=k,
                noise=rng.normal(size=(ROWS, 5)).astype("float32"),
                augmentation_noise=rng.normal(size=(ROWS, 6)).astype("float32"),
                mismatched_images=batch(rows=ROWS, seed=50 + k)["images"],
            )
        )
    stacked = tf.nest.map_structure(lambda *xs: np.stack(xs), *made)
    options = tf.data.Options()
    off = tf.data.experimental.AutoShardPolicy.OFF
    options.experimental_distribute.auto_shard_policy = off
    return tf.data.Dataset.from_tensor_slices(stacked).with_options(options)


def trained(strategy=None, make=small_v2, data=noisy_dataset, **settings):
    architecture = settings.pop("architecture", {})
    scope = strategy.scope() if strategy else tf.distribute.get_strategy().scope()
    with scope:
        model = make(**architecture)
        model.compile(keras.optimizers.SGD(0.02), **settings)
    history = model.fit(data(), verbose=0).history
    return model, history


def assert_close(first, second, atol=1e-5):
    for a, b in zip(state(first), state(second), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


def without_batch_norm(**changes):
    """A model with no batch statistics in use: its generator's are frozen at their start."""
    from test_adversarial_model import without_batch_statistics

    model = small_v2(discriminator_normalization=None, **changes)
    without_batch_statistics(model)
    return model


def test_compiled_equals_not_compiled():
    plain, history = trained(jit_compile=False)
    compiled, compiled_history = trained(jit_compile=True)
    assert_close(plain, compiled)
    for name, values in history.items():
        np.testing.assert_allclose(compiled_history[name], values, rtol=1e-4, err_msg=name)


def test_two_replicas_equal_one_with_synchronized_statistics():
    one, history = trained(architecture={"synchronized_batch_norm": True})
    two, two_history = trained(mirrored_strategy(), architecture={"synchronized_batch_norm": True})
    assert_close(one, two)
    for name in ("d_loss_16", "d_loss_32", "g_loss", "kl_loss"):
        np.testing.assert_allclose(two_history[name], history[name], rtol=1e-4)


def test_two_compiled_replicas_equal_one_without_batch_norm():
    one, history = trained(make=without_batch_norm)
    two, two_history = trained(mirrored_strategy(), make=without_batch_norm, jit_compile=True)
    assert_close(one, two)
    for name in ("d_loss_16", "d_loss_32", "g_loss", "kl_loss"):
        np.testing.assert_allclose(two_history[name], history[name], rtol=1e-4)


def test_replicas_draw_different_noise_and_repeat_it():
    strategy = mirrored_strategy()
    with strategy.scope():
        model = small_v2()
        model.compile()

    @tf.function
    def draw():
        return strategy.run(lambda: model.draw("noise", (4, 5), 0))

    first, second = strategy.experimental_local_results(draw())
    assert np.abs(first - second).max() > 0.1
    again = strategy.experimental_local_results(draw())
    np.testing.assert_array_equal(first, again[0])
    np.testing.assert_array_equal(second, again[1])


def test_same_seed_same_run_under_a_strategy():
    runs = []
    for _ in range(2):
        model, _ = trained(mirrored_strategy(), data=lambda: dataset(rows=ROWS))
        runs.append(state(model))
    for a, b in zip(*runs, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("form", ["paper", pytest.param("pytorch", marks=pytest.mark.slow)])
def test_both_stages_of_v1_train_under_a_strategy(form):
    strategy = mirrored_strategy()
    with strategy.scope():
        model = small_v1(form=form)
        model.compile(stage=1)
    model.fit(dataset(rows=ROWS), verbose=0)
    model.compile(stage=2)
    history = model.fit(dataset(rows=ROWS), verbose=0).history
    assert np.isfinite(history["g_loss"]).all()


def test_v1_compiled_equals_not_compiled():
    models = []
    for jit in (False, True):
        model = small_v1(num_residual_blocks=0)
        model.compile(keras.optimizers.SGD(0.02), stage=2, jit_compile=jit)
        model.fit(dataset(1), verbose=0)
        models.append(model)
    assert_close(*models)


def test_forgotten_scope_is_one_clear_error():
    model = small_v2()
    with (
        mirrored_strategy().scope(),
        pytest.raises(ValueError, match="made outside of the strategy's scope"),
    ):
        model.compile()


def test_compiling_synchronized_statistics_is_refused():
    model = small_v2(synchronized_batch_norm=True)
    with pytest.raises(ValueError, match="synchronized_batch_norm"):
        model.compile(jit_compile=True)


def test_r1_of_synchronized_statistics_is_refused_under_a_strategy():
    with mirrored_strategy().scope():
        model = small_v2(synchronized_batch_norm=True)
        sizes = {"image_sizes": (16,), "synchronized_batch_norm": True}
        bare = small_v2(**sizes, discriminator_normalization=None)
    with pytest.raises(ValueError, match="`r1_weight` cannot be combined with `synchronized_"):
        model.compile(r1_weight=(0.0, 1.0))
    assert model.recipe is None
    bare.compile(r1_weight=1.0)
    alone = small_v2(**sizes)
    alone.compile(r1_weight=1.0, run_eagerly=True)
    alone.fit(dataset(1, size=16), verbose=0)


def test_accumulation_under_a_strategy_is_refused():
    with mirrored_strategy().scope():
        model = small_v2()
        with pytest.raises(ValueError, match="gradient_accumulation_steps"):
            model.compile(keras.optimizers.Adam(gradient_accumulation_steps=2))


@pytest.mark.parametrize(
    ("gpus", "changes", "expected"),
    [(0, {}, False), (1, {}, True), (2, {}, False), (1, {"synchronized_batch_norm": True}, False)],
)
def test_auto_compiles_only_on_one_gpu(monkeypatch, gpus, changes, expected):
    from keras_stackgan.models.compile_checks import resolve_jit

    model = small_v2(image_sizes=(16,), **changes)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: ["gpu"] * gpus)
    assert resolve_jit(model, "auto") is expected


@pytest.mark.gpu
def test_compiled_equals_not_compiled_on_a_gpu():
    plain, _ = trained(jit_compile=False)
    compiled, _ = trained(jit_compile=True)
    assert_close(plain, compiled, atol=1e-3)


@pytest.mark.slow
def test_published_sizes_compile_at_small_width():
    model = small_v2(image_sizes=(64, 128, 256))
    model.compile(jit_compile=True)
    history = model.fit(dataset(1, size=256), verbose=0).history
    assert np.isfinite(history["g_loss"]).all()
