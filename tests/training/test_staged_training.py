"""Runs in phases: growth, what a run's folder holds, and going on to the bit."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import toy_run

from keras_stackgan import StackGANv1
from keras_stackgan.callbacks import load_newest_weights
from keras_stackgan.training import RunFolder, Stopped, building, phase_checks

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """An uninterrupted run: its folder, and what it said."""
    folder, said = tmp_path_factory.mktemp("finished"), []
    toy_run.make(folder, said=said).fit()
    return folder, said


def test_the_folder_holds_all_of_the_run(finished):
    folder, said = finished
    run = folder / "run"
    assert sorted(path.name for path in run.iterdir()) == [
        "config.json",
        "samples",
        "states",
        "stats.jsonl",
        "tensorboard",
    ]
    assert [path.name for path in sorted((run / "samples").glob("*/*.png"))] == [
        "0000004_16.png",
        "0000004_16.png",
        "0000004_32.png",
    ]
    lines = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    assert [(line["phase"], line["step"]) for line in lines] == [
        (phase, step) for phase in ("first", "second") for step in (1, 2, 3, 4)
    ]
    assert all(np.isfinite(line["g_loss"]) and "d_loss_32" in line for line in lines[4:])
    assert list((run / "tensorboard" / "second").iterdir())
    assert "first: 4 steps of 4 pictures of 16 pixels" in said[0]
    assert not list(run.rglob(".*tmp*"))


def test_the_grown_stage_alone_changes_in_its_phase(finished):
    folder = RunFolder(finished[0] / "run")
    model = folder.load_model()
    assert model.image_sizes == (16, 32) and model.step == 4
    assert np.abs(model.generate(embeddings=np.ones((1, 6)))).std() > 0
    assert folder.steps_done() == {"first": 4, "second": 4}


@pytest.mark.parametrize(
    "step",
    [
        # In the first phase, at its end, and in the second.
        pytest.param(3, marks=pytest.mark.slow),
        pytest.param(4, marks=pytest.mark.slow),
        6,
    ],
)
def test_sigterm_stops_and_the_run_goes_on_to_the_same_bits(finished, tmp_path, step):
    stopping = [toy_run.SignalAt(signal.SIGTERM, step)]
    if step == 4:
        toy_run.make(tmp_path, callbacks=stopping).fit()
    else:
        with pytest.raises(Stopped, match="SIGTERM: stopped at step") as stopped:
            toy_run.make(tmp_path, callbacks=stopping).fit()
        assert stopped.value.signal_number == signal.SIGTERM
        toy_run.make(tmp_path).fit()
    assert toy_run.digest(tmp_path) == toy_run.digest(finished[0])
    ours, theirs = (f / "run" / "stats.jsonl" for f in (tmp_path, finished[0]))
    steps = [
        [(line["phase"], line["step"]) for line in map(json.loads, f.read_text().splitlines())]
        for f in (ours, theirs)
    ]
    assert steps[0] == steps[1]


def test_a_phase_keeps_what_the_one_before_learned(tmp_path):
    rates = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: rates.append(run_rate(watch))
    )
    run = toy_run.make(tmp_path, callbacks=[watch])
    last = run.fit()
    first = building.make_model(run.config["model"], run.phases[0])
    load_newest_weights(first, run.folder.states("first"))
    before, after = first.generator, last.generator
    for small, large in (
        (before.conditioning, after.conditioning),
        (before.stages[0], after.stages[0]),
        (before.image_heads[0], after.image_heads[0]),
        (first.discriminators[0], last.discriminators[0]),
    ):
        for a, b in zip(small.trainable_weights, large.trainable_weights, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=b.path)
    mean = np.asarray(run.embeddings.array).mean(0)
    np.testing.assert_allclose(last.embedding_mean, mean, atol=1e-6)
    np.testing.assert_allclose(rates, 1e-3 * np.array([1, 1, 1, 0.5, 1, 1, 1, 1]), rtol=1e-5)


def test_a_phase_sets_all_that_it_names():
    model = building.make_model(toy_run.settings()["model"], {"stages": 1})
    phase = {
        "name": "x",
        "optimizer": {"learning_rate": 1e-3, "beta_1": 0.0},
        "discriminator_optimizer": {"learning_rate": 4e-3},
        "compile": {"discriminator_augmentation": ["color"]},
    }
    building.compile_model(model, phase, seed=3)
    assert model.recipe.discriminator_augmentation.policy == ("color",)
    assert model.recipe.seed == 3 and model.generator_optimizer.beta_1 == 0.0
    assert float(model.discriminator_optimizers[0].learning_rate) == np.float32(4e-3)


@pytest.mark.parametrize(
    ("steps", "epoch", "rates"), [(3, 2, [1e-3, 1e-3, 5e-4]), (2, 4, [1e-3, 1e-3])]
)
def test_a_phase_ends_in_the_middle_of_an_epoch(tmp_path, steps, epoch, rates):
    """Its last epoch is shorter; a decay counts epochs of the data whatever the steps are."""
    run = toy_run.make(tmp_path, steps=(steps, 1), decay={"factor": 0.5, "every": 1, "start": 0})
    phase = run.config["phases"][0]
    # Eight pictures in batches of four.
    assert phase["steps_per_epoch"] == 2
    phase["steps_per_epoch"] = epoch
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: seen.append(run_rate(watch))
    )
    run.callbacks = [watch]
    run.fit()
    assert RunFolder(tmp_path / "run").steps_done() == {"first": steps, "second": 1}
    np.testing.assert_allclose(seen[:-1], rates, rtol=1e-6)
    assert len(seen) == steps + 1


def run_rate(callback):
    return callback.model.optimizer.learning_rate


def test_a_run_stopped_in_a_short_last_epoch_goes_on_to_the_same_bits(tmp_path):
    decay = {"factor": 0.5, "every": 1, "start": 0}
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
    toy_run.make(whole, steps=(5, 3), decay=decay).fit()
    stopping = [toy_run.SignalAt(signal.SIGTERM, 3)]
    with pytest.raises(Stopped, match="step 3 of 5"):
        toy_run.make(broken, steps=(5, 3), decay=decay, callbacks=stopping).fit()
    toy_run.make(broken, steps=(5, 3), decay=decay).fit()
    assert RunFolder(broken / "run").steps_done() == {"first": 5, "second": 3}
    assert toy_run.digest(broken) == toy_run.digest(whole)


@pytest.mark.slow
def test_ctrl_c_in_the_last_step_of_a_run_is_no_stop(tmp_path):
    toy_run.make(tmp_path, steps=(1, 2), callbacks=[toy_run.SignalAt(signal.SIGINT, 3)]).fit()
    assert RunFolder(tmp_path / "run").steps_done() == {"first": 1, "second": 2}


@pytest.mark.slow
def test_a_phase_ended_by_a_stop_at_its_last_step_is_grown_from_its_state(finished, tmp_path):
    run = toy_run.make(tmp_path)
    model = run._model_of(0)
    run.folder.begin(run.config)
    run._fit_phase(model, 0)  # As if the process had ended here.
    toy_run.make(tmp_path).fit()
    assert toy_run.digest(tmp_path) == toy_run.digest(finished[0])


@pytest.mark.slow
def test_stackgan_v1_goes_on_in_its_second_stage(tmp_path, monkeypatch):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
    toy_run.make(whole, "StackGANv1").fit()
    with pytest.raises(Stopped, match="'second'"):
        toy_run.make(broken, "StackGANv1", [toy_run.SignalAt(signal.SIGTERM, 6)]).fit()
    # Not even a state of step 0 is scaled again: that would move its last bits.
    monkeypatch.setattr(StackGANv1, "scale_stage2", lambda model: pytest.fail("scaled again"))
    toy_run.make(broken, "StackGANv1").fit()
    assert toy_run.digest(broken) == toy_run.digest(whole)
    assert RunFolder(whole / "run").load_model().step == 8


def test_a_fresh_second_stage_of_stackgan_v1_is_scaled_and_a_trained_one_never():
    config = toy_run.settings("StackGANv1")
    config["model"]["config"]["embedding_dim"] = 6
    first, second = config["phases"]
    model = building.make_model(config["model"], first)
    stage2 = model.generator.stage2
    kernel, bias = stage2.decoder[-1].weights
    fresh = kernel.numpy()
    building.next_model(model, config["model"], first)
    np.testing.assert_array_equal(kernel, fresh)
    building.next_model(model, config["model"], second)
    scaled = kernel.numpy()
    assert np.abs(scaled).mean() > 2 * np.abs(fresh).mean()
    # As an earlier phase that trains it leaves it.
    kernel.assign(fresh)
    bias.assign(bias + 0.1)
    building.next_model(model, config["model"], second)
    np.testing.assert_array_equal(kernel, fresh)


@pytest.mark.slow
@pytest.mark.parametrize("step", [3, 7])
def test_a_killed_run_goes_on_to_the_same_bits(finished, tmp_path, step):
    killed = subprocess.run(
        [sys.executable, Path(__file__).parent / "toy_run.py", tmp_path, str(step)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=300,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    toy_run.make(tmp_path).fit()
    assert toy_run.digest(tmp_path) == toy_run.digest(finished[0])


def test_another_run_in_the_folder_is_refused(finished):
    folder = finished[0]
    before = (folder / "run" / "config.json").read_bytes()
    with pytest.raises(ValueError, match=r"phases\[0\].steps was 4, now 6"):
        toy_run.make(folder, steps=(6, 4)).fit()
    assert (folder / "run" / "config.json").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "run").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="run's folder .* cannot be written"):
        toy_run.make(tmp_path).fit()


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("compile", {"kl_wieght": 1.0}, "arguments of StackGANv2.compile.*kl_wieght"),
        ("compile", {"kl_weight": -1.0}, "`kl_weight` must be 0 or more"),
        ("compile", {"frozen_stages": 2}, "must leave a stage to train"),
        ("compile", {"r1_weight": [1.0, 1.0, 1.0]}, "one weight for each of 2"),
        ("compile", {"seed": 3}, "has no `seed`, which follows from the run's.*seed=3"),
        ("optimizer", {"rate": 1.0}, "not recognized.*rate"),
        ("discriminator_optimizer", {"learning_rate": "fast"}, "learning_rate"),
        ("learning_rate_decay", {"evry": 2}, "evry"),
        ("linear_decay_from", 1.0, "below `last_step`"),
        ("stages", 3, r"`stages` must be .*stages=3 after 1, image_sizes=\(16, 32\)"),
    ],
)
def test_a_mistake_in_a_later_phase_is_found_before_the_first(tmp_path, setting, value, message):
    run = toy_run.make(tmp_path)
    run.phases[1][setting] = value
    with pytest.raises(ValueError, match=f"Phase 'second': .*{message}"):
        run.fit()
    assert not run.folder.path.exists()
    # And right settings may take the folder.
    assert not toy_run.make(tmp_path).folder.exists


def test_widths_of_later_stages_and_guides_are_checked_too(tmp_path):
    run = toy_run.make(tmp_path)
    run.config["model"]["config"]["generator_filters"] = 3
    with pytest.raises(ValueError, match="Phase 'second': .*a multiple of 2.*generator_filters=3"):
        phase_checks.check_compile(run.config)
    run.config["model"]["config"].update(generator_filters=4, num_residual_blocks=[])
    with pytest.raises(ValueError, match="Phase 'second': .*one number for each stage"):
        phase_checks.check_compile(run.config)
    run.config["model"]["config"]["num_residual_blocks"] = 1
    run.config["guide"] = "a_folder"
    run.phases[1]["compile"]["matching_weight"] = -1.0
    with pytest.raises(ValueError, match="Phase 'second': `matching_weight` must be 0 or more"):
        phase_checks.check_compile(run.config)


@pytest.mark.parametrize("phase", [{"steps": 0}, {"stpes": 4}, {"optimizer": "adam"}])
def test_phases_of_another_form_are_refused(tmp_path, phase, monkeypatch):
    settings = toy_run.settings()
    settings["phases"][1].update(phase)
    monkeypatch.setattr(toy_run, "settings", lambda *args, **kwargs: settings)
    with pytest.raises(ValueError, match="Phase 1 of the settings must hold nothing but"):
        toy_run.make(tmp_path)


def test_wrong_arguments_are_named(tmp_path):
    run = toy_run.make(tmp_path)
    run.phases[0]["compile"]["colour"] = 1
    with pytest.raises(ValueError, match="arguments of StackGANv2.compile.*colour"):
        run.fit()
    run.config["model"]["class_name"] = "StackGANv3"
    with pytest.raises(ValueError, match="StackGANv3"):
        building.make_model(run.config["model"], run.phases[0])
