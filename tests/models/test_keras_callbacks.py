"""Keras' own callbacks on a model with several optimizers."""

import csv
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_models import assert_same_state, dataset, small_v2, state


def compiled(**settings):
    model = small_v2(image_sizes=(16,))
    rates = {
        "generator_optimizer": keras.optimizers.SGD(0.01),
        "discriminator_optimizer": keras.optimizers.SGD(0.04),
    }
    model.compile(**{"run_eagerly": True, **rates, **settings})
    return model


def fit(model, callbacks, epochs=2, **keywords):
    return model.fit(
        dataset(2, size=16), epochs=epochs, verbose=0, callbacks=callbacks, **keywords
    ).history


def rates(model):
    optimizers = [model.generator_optimizer, *model.discriminator_optimizers]
    return [float(optimizer.learning_rate.numpy()) for optimizer in optimizers]


def test_learning_rate_scheduler():
    model = compiled()
    history = fit(model, [keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)])
    np.testing.assert_allclose(rates(model), [0.0025, 0.01])
    np.testing.assert_allclose(history["learning_rate"], [0.005, 0.0025])


def test_callbacks_may_be_given_by_place():
    model, seen = compiled(), []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    model.fit(dataset(1, size=16), None, None, 2, 0, [watch])
    assert seen == [0, 1]


def test_reduce_on_plateau():
    model = compiled()
    plateau = keras.callbacks.ReduceLROnPlateau(
        "g_loss", factor=0.1, patience=1, min_delta=1e9, mode="min"
    )
    fit(model, [plateau], epochs=3)
    np.testing.assert_allclose(rates(model), [0.01 * 0.1**2, 0.04 * 0.1**2], rtol=1e-5)


def test_early_stopping_restores_the_best_weights():
    best = {}

    class Keep(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 0:
                best["weights"] = self.model.get_weights()

    model = compiled()
    stopping = keras.callbacks.EarlyStopping(
        "g_loss", patience=2, min_delta=1e9, mode="min", restore_best_weights=True
    )
    history = fit(model, [Keep(), stopping], epochs=9)
    assert len(history["g_loss"]) == 3
    for kept, weight in zip(best["weights"], model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weight)


def test_csv_logger(tmp_path):
    model = compiled()
    history = fit(model, [keras.callbacks.CSVLogger(tmp_path / "log.csv")])
    with open(tmp_path / "log.csv") as file:
        rows = list(csv.DictReader(file))
    # Keras adds empty columns for the values of validations to come.
    filled = {name for name, value in rows[0].items() if value != "NA"}
    assert filled == {"epoch", *history}
    assert [float(row["g_loss"]) for row in rows] == pytest.approx(history["g_loss"])


def test_logs_have_no_stray_keys():
    model = compiled()
    history = fit(model, [], validation_data=dataset(1, size=16))
    names = set(model.log_names())
    assert set(history) <= names | {f"val_{name}" for name in names}
    assert "loss" not in history and "g_loss" in history and "val_g_loss" in history


def test_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    model = compiled(run_eagerly=False)
    board = keras.callbacks.TensorBoard(
        tmp_path, histogram_freq=1, write_steps_per_second=True, update_freq="batch"
    )
    # Keras' callback asks `optimizer` for the rate only if it is of Keras' own class; schedulers
    # log it.
    fit(model, [keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate), board])
    tags = set()
    for path in (tmp_path / "train").glob("events*"):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            tags |= {value.tag for value in event.summary.value}
    assert {"epoch_g_loss", "epoch_d_loss_16", "epoch_learning_rate", "batch_g_loss"} <= tags
    assert any("kernel" in tag for tag in tags)


@pytest.mark.parametrize("weights_only", [False, True])
def test_model_checkpoint_loses_nothing(weights_only, tmp_path):
    model = compiled(generator_optimizer=None, discriminator_optimizer=None)
    path = tmp_path / ("model.weights.h5" if weights_only else "model.keras")
    fit(model, [keras.callbacks.ModelCheckpoint(path, save_weights_only=weights_only)])
    if weights_only:
        loaded = compiled(generator_optimizer=None, discriminator_optimizer=None)
        loaded.load_weights(path)
    else:
        loaded = keras.models.load_model(path)
    assert_same_state(model, loaded)
    assert loaded.step == 4


class Stop(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise Stop


def test_backup_and_restore_loses_no_state(tmp_path):
    settings = {"generator_optimizer": None, "discriminator_optimizer": None}
    expected = compiled(**settings)
    fit(expected, [])
    with pytest.raises(Stop):
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
        fit(compiled(**settings), [backup, StopAfter()])
    model = compiled(**settings)
    # This data set begins anew each epoch, so its order needs no restoring.
    fit(model, [keras.callbacks.BackupAndRestore(tmp_path / "backup")])
    assert_same_state(expected, model)
    # The next fit begins at its own first epoch.
    assert len(fit(model, [])["g_loss"]) == 2


def test_terminate_on_nan_has_nothing_to_do():
    model = compiled()
    history = fit(model, [keras.callbacks.TerminateOnNaN()])
    assert len(history["g_loss"]) == 2


def test_swapping_averages_is_refused():
    with pytest.raises(ValueError, match="`SwapEMAWeights` works on.*compile's `ema_decay`"):
        fit(compiled(), [keras.callbacks.SwapEMAWeights()])


def test_optimizers_that_average_are_refused():
    averaging = keras.optimizers.Adam(use_ema=True)
    with pytest.raises(ValueError, match="`discriminator_optimizer` must not average.*use_ema"):
        compiled(discriminator_optimizer=averaging)


def test_weights_of_another_compile_are_an_error_and_change_nothing(tmp_path):
    adam = compiled(generator_optimizer="adam")
    fit(adam, [])
    adam.save_weights(tmp_path / "adam.weights.h5")
    model = compiled()
    before = state(model)
    with pytest.raises(ValueError, match="optimizers' state in the file does not belong"):
        model.load_weights(tmp_path / "adam.weights.h5")
    for old, new in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(old, new)


# === Steps at once, clipping ===


def test_several_steps_at_once_equal_single_ones():
    histories, models = [], []
    for steps in (1, 2):
        model = compiled(run_eagerly=False, steps_per_execution=steps)
        histories.append(fit(model, [], epochs=1))
        models.append(model)
    assert_same_state(*models)
    assert histories[0]["g_loss"] == pytest.approx(histories[1]["g_loss"], rel=1e-6)


def test_several_steps_at_once_are_refused_under_a_strategy():
    with (
        mirrored_strategy().scope(),
        pytest.raises(ValueError, match="`steps_per_execution` must be 1 under a strategy"),
    ):
        compiled(steps_per_execution=2, run_eagerly=False)


def moved(clipping, dtype="float32"):
    """How far one step moves each network, as a norm, for an optimizer with some clipping."""
    model = small_v2(image_sizes=(16,), dtype=dtype)
    optimizer = keras.optimizers.SGD(1.0, **clipping)
    if dtype == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=256.0)
    model.compile(optimizer, run_eagerly=True)
    networks = (model.generator, *model.discriminators)
    before = [[v.numpy() for v in network.trainable_variables] for network in networks]
    model.fit(dataset(1, size=16), verbose=0)
    return [
        [v.numpy() - old for v, old in zip(network.trainable_variables, values, strict=True)]
        for network, values in zip(networks, before, strict=True)
    ]


def norm(arrays):
    return math.sqrt(sum(float((a.astype("float64") ** 2).sum()) for a in arrays))


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_clipping_acts_on_each_network(dtype):
    for network in moved({"global_clipnorm": 1e-3}, dtype):
        assert norm(network) == pytest.approx(1e-3, rel=1e-2)
    for network in moved({"clipnorm": 1e-4}, dtype):
        assert max(norm([array]) for array in network) == pytest.approx(1e-4, rel=1e-2)
    for network in moved({"clipvalue": 1e-5}, dtype):
        assert max(np.abs(array).max() for array in network) == pytest.approx(1e-5, rel=1e-2)
    assert all(norm(network) > 1e-2 for network in moved({}, dtype))
