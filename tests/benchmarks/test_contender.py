"""Our own contender of the benchmarks, at a toy size, in its process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import contender
import pytest
from contenders import ours


@pytest.mark.parametrize("kind", ["training", "generating"])
def test_ours_runs_when_it_is_told_to(kind):
    spec = {"framework": "ours", "kind": kind, "sizes": [16], "width": 4, "batch_size": 2}
    program = Path(contender.__file__)
    root = program.parent.parent
    done = subprocess.run(
        [sys.executable, program, json.dumps(spec)],
        input="run 2\n",
        env={**os.environ, "PYTHONPATH": str(root), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    start, turn = (json.loads(line) for line in done.stdout.splitlines())
    assert set(start) == {"built", "first", "step", "resident_mb"}
    assert 0 < turn["seconds"] < start["first"] + 60
    if sys.platform == "linux":
        # Without TensorFlow itself, and without what the process that started it holds.
        assert 1 < turn["peak_mb"] < start["resident_mb"]


def test_a_recipe_of_fewer_stages_is_compiled_as_its_phase_says():
    spec = {"recipe": "stackgan_v2_painted_birds_256", "sizes": [16, 32], "width": 4}
    model = ours.compiled_model(spec)
    assert model.image_sizes == (16, 32) and model.generator.normalization == "bias"
    assert model.frozen_stages == 1
