"""Runs that begin with a generator that was trained before."""

import json

import keras
import numpy as np
import pytest
import toy_run

from keras_stackgan import StackGANv1
from keras_stackgan.training import Beginning, RunFolder, StagedTraining, Stopped


def weights(model, start=""):
    """The generator's weights by name, of those whose names begin so."""
    found = {}
    for live, average in zip(
        model.generator.weights, model.averaged_generator.weights, strict=True
    ):
        name = live.path.removeprefix("generator/")
        if name.startswith(start):
            found[name] = keras.ops.convert_to_numpy(live), keras.ops.convert_to_numpy(average)
    return found


def begin(folder, source, steps=(1, 1), rate=0.0, callbacks=(), **changed):
    """A toy run with that beginning, whose generator has the learning rate 0."""
    run = toy_run.make(folder, callbacks=callbacks)
    settings = toy_run.settings(steps=steps)
    settings["model"]["config"].update(changed)
    # Other random weights than the source's.
    settings["run"]["seed"] = 5
    settings["begin_from"] = str(source)
    for phase in settings["phases"]:
        phase["optimizer"]["learning_rate"] = rate
        phase["discriminator_optimizer"] = {"learning_rate": 1e-3}
        phase["compile"]["ema_decay"] = 0.0
    return StagedTraining(
        settings, folder / "begun", run.records, run.embeddings, callbacks=callbacks,
        say=lambda line: None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    toy_run.make(folder, steps=(2, 2)).fit()
    return folder / "run"


def test_all_stages_and_the_scaling_are_taken_as_they_come(source, tmp_path):
    trained = RunFolder(source).load_model()
    # As if of other embeddings than the new run's own.
    model = begin(tmp_path, source, steps=(2, 2)).fit()
    assert model.image_sizes == (16, 32) and model.step == 2
    expected = weights(trained)
    for name, (live, average) in weights(model).items():
        # Batch statistics move without a learning rate; the rest was rounded to float16.
        if "moving_" not in name:
            np.testing.assert_allclose(average, expected[name][1], atol=2e-3, err_msg=name)
            np.testing.assert_allclose(live, average, err_msg=name)
    for name in ("embedding_mean", "embedding_scale"):
        taken, own = (keras.ops.convert_to_numpy(getattr(m, name)) for m in (model, trained))
        np.testing.assert_array_equal(taken, own)


def test_a_preset_is_a_beginning_that_may_go_when_the_run_has_begun(source, tmp_path):
    trained = RunFolder(source).load_model()
    trained.save_to_preset(tmp_path / "preset")
    beginning = Beginning(tmp_path / "preset")
    assert beginning.settings["class_name"] == "StackGANv2"
    assert beginning.image_sizes == [16, 32] and beginning.text_encoder is None
    with pytest.raises(Stopped):
        begin(
            tmp_path, tmp_path / "preset", steps=(3, 1), callbacks=[toy_run.SignalAt(15, 1)]
        ).fit()
    (tmp_path / "preset").rename(tmp_path / "elsewhere")
    model = begin(tmp_path, tmp_path / "preset", steps=(3, 1)).fit()
    name = "stage_32/joint/convolution/kernel"
    np.testing.assert_allclose(weights(model)[name][0], weights(trained)[name][1], atol=2e-3)


def test_it_goes_on_to_the_bits_of_a_run_that_was_not_stopped(source, tmp_path):
    whole = begin(tmp_path / "whole", source, steps=(2, 1), rate=1e-3).fit()
    with pytest.raises(Stopped):
        begin(
            tmp_path / "parts", source, steps=(2, 1), rate=1e-3,
            callbacks=[toy_run.SignalAt(15, 1)],
        ).fit()  # fmt: skip
    parts = begin(tmp_path / "parts", source, steps=(2, 1), rate=1e-3).fit()
    expected = weights(whole)
    for name, (live, average) in weights(parts).items():
        np.testing.assert_array_equal(live, expected[name][0], err_msg=name)
        np.testing.assert_array_equal(average, expected[name][1], err_msg=name)


def test_stages_that_the_source_has_not_begin_anew(source, tmp_path):
    run = begin(tmp_path / "small", source, image_sizes=[16])
    run.phases.pop()
    run.fit()
    grown = weights(begin(tmp_path / "grown", tmp_path / "small" / "begun").fit())
    trained = weights(RunFolder(source).load_model())
    name = "stage_16/dense/kernel"
    np.testing.assert_allclose(grown[name][0], trained[name][1], atol=4e-3)
    name = "stage_32/joint/convolution/kernel"
    assert np.abs(grown[name][0] - trained[name][1]).max() > 0.01


def test_another_generator_is_one_clear_error_and_leaves_nothing(source, tmp_path):
    with pytest.raises(ValueError, match=r"`begin_from` .* has the shape .* do not fit"):
        begin(tmp_path, source, generator_filters=8).fit()
    with pytest.raises(ValueError, match=r"has no 'stage_32/"):
        begin(tmp_path, source, image_sizes=[32, 64]).fit()
    assert not (tmp_path / "begun").exists()
    with pytest.raises(ValueError, match="`begin_from` must be the folder of a run"):
        begin(tmp_path, tmp_path / "nowhere")


def test_stackgan_v1_is_taken_with_its_stage2_or_refused(tmp_path):
    toy_run.make(tmp_path / "v1", "StackGANv1", steps=(1, 1)).fit()
    run = toy_run.make(tmp_path / "new", "StackGANv1", steps=(1, 1))
    settings = {**run.config, "begin_from": str(tmp_path / "v1" / "run")}
    settings["run"]["seed"] = 5
    for phase in settings["phases"]:
        phase["optimizer"]["learning_rate"] = 0.0
    model = StagedTraining(
        settings, tmp_path / "begun", run.records, run.embeddings, say=lambda line: None
    ).fit()
    trained = RunFolder(tmp_path / "v1" / "run").load_model()
    expected = weights(trained)
    assert isinstance(model, StackGANv1)
    for name, (live, _) in weights(model).items():
        if "moving_" not in name:
            np.testing.assert_allclose(live, expected[name][1], 1e-3, 2e-3, err_msg=name)
    config = tmp_path / "v1" / "run" / "config.json"
    entry = json.loads(config.read_text())
    entry["phases"].pop()
    config.write_text(json.dumps(entry))
    with pytest.raises(ValueError, match="still at Stage-I"):
        Beginning(tmp_path / "v1" / "run").check(model)
