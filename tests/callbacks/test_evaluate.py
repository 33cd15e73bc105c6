"""Scores while a model trains: when, and for how much of the time."""

import json
import time

import pytest

from keras_stackgan.callbacks import Evaluate
from keras_stackgan.metrics import Score


class Model:
    """Stands for a model: all that `Periodic` looks at."""

    step = 0


def train(callback, steps, seconds=0.0):
    callback.set_model(Model())
    callback.on_train_begin()
    for step in range(1, steps + 1):
        callback.model.step = step
        time.sleep(seconds)
        callback.on_train_batch_end(step)
    callback.on_train_end()


def measured(steps, seconds=0.0):
    def evaluate(model):
        steps.append(model.step)
        time.sleep(seconds)
        return [Score("a", "generated", 0.5, None, None, 20, 0, "b")]

    return evaluate


def test_measures_at_its_steps_and_at_the_end(tmp_path):
    steps, path = [], tmp_path / "deep" / "scores.jsonl"
    train(Evaluate(measured(steps), path, every=3, budget=1.0), 8)
    assert steps == [3, 6, 8]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["step"] for line in lines] == steps and lines[0]["value"] == 0.5


def test_leaves_turns_out_where_they_would_take_too_long(tmp_path):
    steps, path = [], tmp_path / "scores.jsonl"
    train(Evaluate(measured(steps, 0.2), path, every=1, budget=0.01), 10, seconds=0.001)
    # The first is measured, whatever it takes; the last is too.
    assert steps == [1, 10]
    generous = []
    train(Evaluate(measured(generous), path, every=1, budget=1.0), 10, seconds=0.001)
    assert generous == list(range(1, 11))


def test_says_what_is_wrong(tmp_path):
    with pytest.raises(ValueError, match="`budget` must lie"):
        Evaluate(print, tmp_path / "x", budget=0.0)
    with pytest.raises(ValueError, match="`evaluate` must be a function"):
        Evaluate("scores", tmp_path / "x")
