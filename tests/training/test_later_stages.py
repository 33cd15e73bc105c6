"""Stages that were trained apart, in one model."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import toy_run

from keras_stackgan.text import HashedNgramEncoder
from keras_stackgan.training import RunFolder, later_stages, with_later_stages


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("later_stages")
    toy_run.make(folder / "whole", steps=(2, 2)).fit()
    first = toy_run.make(folder / "first", steps=(1, 1))
    first.config["model"]["config"]["image_sizes"] = [16]
    first.config["run"]["seed"] = 5
    first.phases.pop()
    first.fit()
    return folder / "first" / "run", folder / "whole" / "run"


def averages(model):
    pairs = zip(model.generator.weights, model.averaged_generator.weights, strict=True)
    return {
        live.path.removeprefix("generator/"): keras.ops.convert_to_numpy(average)
        for live, average in pairs
    }


def test_the_first_stage_is_ones_own_and_the_later_ones_are_the_others(runs):
    first, whole = (RunFolder(run).load_model() for run in runs)
    joined = with_later_stages(first, runs[1])
    assert joined.output_sizes == (16, 32)
    of_first, of_whole, found = averages(first), averages(whole), averages(joined)
    assert set(found) == set(of_whole)
    for name, value in found.items():
        np.testing.assert_array_equal(value, of_first.get(name, of_whole[name]), err_msg=name)
    name = "stage_16/dense/kernel"
    assert np.abs(of_first[name] - of_whole[name]).max() > 0.01
    for name in ("embedding_mean", "embedding_scale"):
        taken, own = (keras.ops.convert_to_numpy(getattr(m, name)) for m in (joined, first))
        np.testing.assert_array_equal(taken, own)


def test_a_model_without_later_stages_is_one_clear_error(runs):
    whole = RunFolder(runs[1]).load_model()
    with pytest.raises(ValueError, match=r"of 16, 32 pixels. Received: .* of 16, 32 pixels"):
        with_later_stages(whole, runs[1])
    with pytest.raises(ValueError, match=r"as this StackGANv2's, of 16 pixels"):
        with_later_stages(RunFolder(runs[0]).load_model(), "stackgan_v1_painted_birds_256")


def test_another_width_is_one_clear_error(runs, tmp_path):
    wide = toy_run.make(tmp_path, steps=(1, 1))
    wide.config["model"]["config"].update(image_sizes=[16], generator_filters=8)
    wide.phases.pop()
    wide.fit()
    with pytest.raises(ValueError, match="generator has no '.*' of shape"):
        with_later_stages(RunFolder(tmp_path / "run").load_model(), runs[1])


def test_another_text_encoder_is_one_clear_error(runs, monkeypatch):
    first, whole = (RunFolder(run).load_model() for run in runs)
    sizes = {"num_buckets": 16, "hidden_dim": 8, "dim": 6}
    first.text_encoder, whole.text_encoder = (HashedNgramEncoder(seed=n, **sizes) for n in (0, 1))
    monkeypatch.setattr(later_stages, "Beginning", lambda source: SimpleNamespace(trained=whole))
    with pytest.raises(ValueError, match="whose encoder is another one"):
        with_later_stages(first, "another")
    whole.text_encoder = HashedNgramEncoder(seed=0, **sizes)
    assert with_later_stages(first, "the same") is whole
