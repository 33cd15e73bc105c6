"""The lines of stats.jsonl."""

import json

import keras
import numpy as np
import pytest
from resumable_run import make_data, make_model

from keras_stackgan.callbacks import StatsLog


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_line_holds_the_means_since_the_last_one(tmp_path):
    path, singles = tmp_path / "deep" / "stats.jsonl", tmp_path / "singles.jsonl"
    for file, every in ((path, 2), (singles, 1)):
        log = StatsLog(file, every=every, label={"phase": "64"})
        make_model().fit(make_data(), steps_per_epoch=5, verbose=0, callbacks=[log])
    assert [(line["phase"], line["step"]) for line in lines(path)] == [("64", 2), ("64", 4)]
    each = [line["g_loss"] for line in lines(singles)]
    assert len(each) == 5
    np.testing.assert_allclose(lines(path)[0]["g_loss"], np.mean(each[:2]), rtol=1e-4)
    np.testing.assert_allclose(lines(path)[1]["g_loss"], np.mean(each[2:4]), rtol=1e-4)


def steps_of(path, fitted, **keywords):
    log = StatsLog(path, every=2)
    make_model(**keywords).fit(make_data(), steps_per_epoch=fitted, verbose=0, callbacks=[log])
    return [line["step"] for line in lines(path)]


def test_steps_of_several_batches_and_several_steps_at_once(tmp_path):
    optimizer = keras.optimizers.Adam(1e-3, gradient_accumulation_steps=2)
    accumulated = steps_of(tmp_path / "a.jsonl", 10, generator_optimizer=optimizer)
    assert accumulated == [2, 4]
    assert steps_of(tmp_path / "b.jsonl", 12, steps_per_execution=3, run_eagerly=False) == [
        3,
        6,
        9,
        12,
    ]


def test_lines_that_will_be_made_again_are_removed(tmp_path):
    path = tmp_path / "stats.jsonl"
    kept = [{"phase": "64", "step": 2}, {"phase": "128", "step": 9}]
    later = {"phase": "64", "step": 4}
    path.write_text("".join(json.dumps(line) + "\n" for line in [*kept, later]) + '{"phase": "6')
    log = StatsLog(path, every=100, label={"phase": "64"}, last_step=2)
    make_model().fit(make_data(), steps_per_epoch=1, verbose=0, callbacks=[log])
    assert lines(path) == kept
    assert [file.name for file in tmp_path.iterdir()] == ["stats.jsonl"]


def test_tensorboard_gets_the_terms(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = StatsLog(tmp_path / "stats.jsonl", every=1, tensorboard=tmp_path / "board")
    make_model().fit(make_data(), steps_per_epoch=2, verbose=0, callbacks=[log])
    events = EventAccumulator(str(tmp_path / "board"))
    events.Reload()
    assert "g_loss" in events.Tags()["tensors"]
    assert [event.step for event in events.Tensors("g_loss")] == [1, 2]


@pytest.mark.parametrize("every", [0, 1.5, True])
def test_says_what_is_wrong(every, tmp_path):
    with pytest.raises(ValueError, match="`every` must be a whole number"):
        StatsLog(tmp_path / "stats.jsonl", every=every)
