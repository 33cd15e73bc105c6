import errno
import json
import os
import pathlib
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from resumable_run import STEPS_PER_EPOCH, digest, make_data, make_model, run

from keras_stackgan.callbacks import TrainingState, state_file

PROGRAM = pathlib.Path(__file__).parent / "resumable_run.py"


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    model, history = run(tmp_path_factory.mktemp("uninterrupted"))
    return digest(model), {name: values[-1] for name, values in history.history.items()}


def fit(model, state, data=None, callbacks=(), epochs=1, **keywords):
    data = make_data(state.start_step) if data is None else data
    keywords = {"steps_per_epoch": STEPS_PER_EPOCH, **keywords}
    return model.fit(data, epochs=epochs, verbose=0, callbacks=[*callbacks, state], **keywords)


# === Killed and resumed ===


def start_and_kill(folder, kind, number):
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), kind, str(number)],
        stderr=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def assert_resumes(tmp_path, kind, number, from_step, uninterrupted):
    folder = tmp_path / kind
    child = start_and_kill(folder, kind, number)
    errors = child.communicate(timeout=240)[1].decode()
    assert child.returncode == -signal.SIGKILL, errors
    assert TrainingState(folder).start_step == from_step
    model, history = run(folder)
    assert digest(model) == uninterrupted[0]
    assert {name: values[-1] for name, values in history.history.items()} == uninterrupted[1]
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("kind", "number", "from_step"),
    [
        # In the second epoch, one step after a state.
        ("step", 7, 6),
        # While a state is being written: the one before counts.
        ("write", 6, 4),
        pytest.param("step", 1, 0, marks=pytest.mark.slow),
        pytest.param("step", 2, 0, marks=pytest.mark.slow),
        # The last step of an epoch, before its end is done with.
        pytest.param("step", 4, 2, marks=pytest.mark.slow),
        pytest.param("step", 5, 4, marks=pytest.mark.slow),
        pytest.param("write", 8, 6, marks=pytest.mark.slow),
        pytest.param("write", 12, 10, marks=pytest.mark.slow),
    ],
)
def test_a_killed_run_ends_as_if_it_had_not_been(tmp_path, kind, number, from_step, uninterrupted):
    assert_resumes(tmp_path, kind, number, from_step, uninterrupted)


class StopAt(keras.callbacks.Callback):
    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step == self.step:
            self.model.stop_training = True


@pytest.mark.parametrize("step", [3, 4])
def test_a_stopped_run_goes_on(tmp_path, uninterrupted, step):
    run(tmp_path, every=1000, more=[StopAt(step)])
    assert TrainingState(tmp_path).start_step == step
    model, _ = run(tmp_path, every=1000)
    assert digest(model) == uninterrupted[0]


def test_a_finished_run_does_nothing_and_can_be_lengthened(tmp_path, uninterrupted):
    run(tmp_path, epochs=2)
    model, history = run(tmp_path, epochs=2)
    assert model.step == 2 * STEPS_PER_EPOCH and not history.history
    model, _ = run(tmp_path, epochs=3)
    assert digest(model) == uninterrupted[0]


def test_another_initialization_does_not_matter(tmp_path):
    state = TrainingState(tmp_path, every=2)
    model = make_model(initial=1)
    fit(model, state)
    other = make_model(initial=2)
    state = TrainingState(tmp_path, every=2)
    fit(other, state)
    assert digest(other) == digest(model)


def test_keeps_the_last_two_states(tmp_path):
    state = TrainingState(tmp_path, every=1)
    fit(make_model(), state)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["state-000000003.npz", "state-000000004.npz"]


def test_counts_from_the_beginning_of_the_run(tmp_path):
    model = make_model()
    model.fit(make_data(), steps_per_epoch=3, verbose=0)
    state = TrainingState(tmp_path, every=2)
    fit(model, state)
    assert model.step == 3 + STEPS_PER_EPOCH
    assert TrainingState(tmp_path).start_step == STEPS_PER_EPOCH


@pytest.mark.slow
def test_steps_per_execution(tmp_path):
    keywords = {"run_eagerly": False, "steps_per_execution": 2}
    expected, _ = run(tmp_path / "whole", epochs=1, **keywords)
    run(tmp_path / "parts", epochs=1, more=[StopAt(2)], **keywords)
    assert TrainingState(tmp_path / "parts").start_step == 2
    model, _ = run(tmp_path / "parts", epochs=1, **keywords)
    assert digest(model) == digest(expected)


def test_memory_of_other_callbacks_is_kept(tmp_path):
    def stopping():
        # No value is better than the first, nor than the baseline.
        return keras.callbacks.EarlyStopping(
            "g_loss", mode="max", patience=2, baseline=1e9, min_delta=1e6
        )

    state = TrainingState(tmp_path, every=1)
    fit(make_model(), state, callbacks=[stopping()], epochs=1)
    again, state = stopping(), TrainingState(tmp_path, every=1)
    history = fit(make_model(), state, callbacks=[again], epochs=9)
    # One bad epoch before, one now.
    assert len(history.epoch) == 1 and again.wait == 2


# === What cannot be resumed is an error ===


@pytest.fixture
def begun(tmp_path):
    state = TrainingState(tmp_path, every=2)
    fit(make_model(), state)
    return tmp_path


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"kl_weight": 1.0}, r"compile.kl_weight was 2.0, now 1.0"),
        ({"seed": 7}, r"compile.seed was 0, now 7"),
        (
            {"generator_optimizer": keras.optimizers.SGD(0.1)},
            r"compile.discriminator_optimizer.class_name was 'Adam'",
        ),
    ],
)
def test_another_recipe(begun, keywords, message):
    state = TrainingState(begun)
    with pytest.raises(ValueError, match=f"state of another run.*{message}"):
        fit(make_model(**keywords), state)


def test_another_data_set(begun):
    state = TrainingState(begun)
    with pytest.raises(ValueError, match="data.name was 'stripes', now 'dots'"):
        fit(make_model(), state, data=make_data(state.start_step, name="dots"))


def test_another_epoch_length(begun):
    with pytest.raises(ValueError, match="steps_per_epoch was 4, now 5"):
        fit(make_model(), TrainingState(begun), steps_per_epoch=5)


def test_another_model(begun):
    keras.utils.set_random_seed(1)
    model = type(make_model())(
        image_sizes=(16,), generator_filters=8, discriminator_filters=4, embedding_dim=8
    )
    model.compile(run_eagerly=True)
    with pytest.raises(ValueError, match="model.generator_filters was 4, now 8"):
        fit(model, TrainingState(begun))


def test_data_that_begins_elsewhere(begun):
    with pytest.raises(ValueError, match="start_step=4. Received: start_step=0"):
        fit(make_model(), TrainingState(begun), data=make_data(0))


def test_another_format(begun):
    path = sorted(begun.iterdir())[-1]
    rewrite(path, format=99)
    with pytest.raises(ValueError, match="format 1. Received: format 99, written by keras_stack"):
        TrainingState(begun).start_step  # noqa: B018


def rewrite(path, **changes):
    with np.load(path) as file:
        arrays = dict(file)
    header = {**json.loads(bytes(arrays[state_file.HEADER])), **changes}
    arrays[state_file.HEADER] = np.frombuffer(json.dumps(header).encode(), "uint8")
    np.savez(path, **arrays)


@pytest.mark.parametrize("damage", ["truncated", "foreign", "empty", "a flipped bit"])
def test_a_damaged_state_is_one_error_and_the_one_before_serves(begun, damage):
    older, newest = sorted(begun.iterdir())
    content = bytearray(newest.read_bytes())
    if damage == "a flipped bit":
        content[len(content) // 2] ^= 4
    else:
        content = {"truncated": content[:-3000], "foreign": b"GIF89a" * 99, "empty": b""}[damage]
    newest.write_bytes(content)
    model = make_model()
    before = digest(model)
    with pytest.raises(ValueError, match="must be a whole training state.*go on from the state"):
        fit(model, TrainingState(begun), data=make_data(4))
    assert digest(model) == before
    newest.unlink()
    assert TrainingState(begun).start_step == 2


def test_a_full_disk_is_one_error_and_leaves_the_last_state(begun, monkeypatch):
    def full(file, **arrays):
        file.write(b"PK")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(state_file.np, "savez", full)
    names = sorted(path.name for path in begun.iterdir())
    with pytest.raises(OSError, match="could not be written to.*No space left.*intact"):
        fit(make_model(), TrainingState(begun, every=2), epochs=2)
    monkeypatch.undo()
    assert sorted(path.name for path in begun.iterdir()) == names
    fit(make_model(), TrainingState(begun, every=2), epochs=2)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        fit(make_model(), TrainingState(tmp_path / "file" / "run"))


def test_must_be_last(tmp_path):
    with pytest.raises(ValueError, match="must be the last of `callbacks`"):
        fit(make_model(), keras.callbacks.Callback(), make_data(), [TrainingState(tmp_path)])


def test_needs_steps_per_epoch(tmp_path):
    state = TrainingState(tmp_path)
    data = make_data().take(2)
    data.description = {}
    with pytest.raises(ValueError, match="needs `steps_per_epoch`"):
        fit(make_model(), state, data, steps_per_epoch=None)


def test_data_of_unknown_origin_must_be_described(tmp_path):
    unknown = make_data().map(lambda batch: batch)
    with pytest.raises(ValueError, match="cannot tell this data set from another"):
        fit(make_model(), TrainingState(tmp_path), unknown)
    fit(make_model(), TrainingState(tmp_path, data="my stripes"), unknown)
    with pytest.raises(ValueError, match="data.given was 'my stripes', now 'others'"):
        fit(make_model(), TrainingState(tmp_path, data="others"), unknown)


def test_best_weights_in_memory_are_refused(tmp_path):
    stopping = keras.callbacks.EarlyStopping("g_loss", restore_best_weights=True, mode="min")
    with pytest.raises(ValueError, match="restore_best_weights"):
        fit(make_model(), TrainingState(tmp_path), callbacks=[stopping])


@pytest.mark.parametrize("every", [0, 2.5, True])
def test_every_must_be_a_number_of_steps(tmp_path, every):
    with pytest.raises(ValueError, match="`every` must be a whole number"):
        TrainingState(tmp_path, every=every)


# === NaN ===


def test_last_state_is_put_back_after_a_nan(tmp_path):
    def poison(images, embeddings):
        return tf.reduce_sum(images) / tf.cast(switch, "float32")

    switch = tf.Variable(1.0)

    class TurnBad(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:
                switch.assign(0.0)

    model = make_model(
        matcher=keras.saving.register_keras_serializable()(poison), matching_weight=1e-3
    )
    state = TrainingState(tmp_path, every=2)
    with pytest.raises(FloatingPointError, match="matching_loss is not finite at step 3"):
        fit(model, state, callbacks=[TurnBad()])
    assert model.step == 2
    arrays = state_file.read_arrays(
        tmp_path / "state-000000002.npz",
        state_file.read_header(tmp_path / "state-000000002.npz")["dtypes"],
    )
    for k, weight in enumerate(model.weights):
        np.testing.assert_array_equal(weight.numpy(), arrays[f"weights/{k:04d}"])
