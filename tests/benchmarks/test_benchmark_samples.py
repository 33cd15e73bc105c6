"""Figures of several processes or of nested parts: medians, spread, and whose time it is."""

import subprocess
import sys
from pathlib import Path

import child_process
import pytest
from reporting import lines

BENCHMARKS = Path(child_process.__file__).parent


@pytest.mark.parametrize(
    "returncode, stderr, said",
    [
        (1, "Traceback\n  here\nValueError: no\n", "ValueError: no"),
        (-9, "", "signal 9; ended without a word"),
        (-11, "last\n", "signal 11; last"),
        (3, "\n", "ended without a word"),
    ],
)
def test_a_program_that_failed_is_told_of_also_where_it_says_nothing(returncode, stderr, said):
    assert child_process.last_words(returncode, stderr) == said


# In processes of their own: the programs' flags have the same names.
CONVOLUTIONS = """
import convolution_rate
convolution_rate.flags.FLAGS(["x", "--turns=4"])
asked = []

def measured(framework, width, device):
    asked.append(framework)
    # The machine becomes slower.
    line = {"framework": framework, "shape": "a", "dtype": "float32", "pass": "forward"}
    return [{**line, "seconds": float(len(asked))}]

convolution_rate.measured = measured
first, second = convolution_rate.by_turns(16, "cpu")
assert asked == ["tensorflow", "torch", "torch", "tensorflow"] * 2
assert first["framework"] == "tensorflow" and second["framework"] == "torch"
assert first["seconds"] == second["seconds"] == 4.5
assert (first["fastest"], first["slowest"], first["turns"]) == (1.0, 8.0, 4)
asked.clear()
# Who fails is asked once.
convolution_rate.measured = lambda name, *rest: asked.append(name) or []
assert convolution_rate.by_turns(16, "cpu") == []
assert asked == ["tensorflow", "torch"]
"""
COMPILE_TIME = """
import compile_time
compile_time.flags.FLAGS(["x", "--samples=3"])
asked = []

def measured(spec, cache):
    asked.append(spec["jit_compile"])
    if spec.get("fails"):
        return {"failure": "no"}
    return {"seconds": dict.fromkeys(compile_time.lines.COMPILE_TIME_PARTS, float(len(asked)))}

compile_time.measured = measured
specs = [{"jit_compile": False}, {"jit_compile": True}]
graph, xla = compile_time.sampled(specs)
assert asked == [False, True] * 3
assert graph["seconds"]["tracing"] == 3.0 and xla["seconds"]["tracing"] == 4.0
assert (graph["fastest"], graph["slowest"], graph["samples"]) == (4.0, 20.0, 3)
asked.clear()
assert compile_time.sampled([{"jit_compile": True, "fails": 1}])[0]["failure"] == "no"
assert len(asked) == 1
groups = list(compile_time.plans([64, 128], "cpu"))
assert [(g[0]["width"], g[0]["sizes"], len(g)) for g in groups] == [
    (16, [64], 2), (16, [64, 128], 2), (64, [64], 1), (64, [64, 128], 1)
]
assert [spec["jit_compile"] for spec in groups[0]] == [False, True]
"""


EVALUATION = """
import time
import evaluation
spent, running = {}, []
inner = evaluation.timed(lambda: time.sleep(0.2), spent, "inner", running)
outer = evaluation.timed(lambda: (inner(), time.sleep(0.05)), spent, "outer", running)
outer()
inner()
assert 0.4 <= spent["inner"] and 0.05 <= spent["outer"] < 0.2, spent
assert not running
"""


@pytest.mark.parametrize("code", [CONVOLUTIONS, COMPILE_TIME, EVALUATION])
def test_medians_by_turns_and_whose_time_it_is(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_step_is_told_in_milliseconds():
    seconds = dict.fromkeys(lines.COMPILE_TIME_PARTS, 0.04)
    line = {"sizes": [64], "width": 16, "jit_compile": False, "cache_files": None}
    cells = lines.compile_time({**line, "seconds": seconds})
    assert dict(zip(lines.COMPILE_TIME_HEAD, cells, strict=True))["second step, ms"] == "40"
    failed = lines.compile_time({**line, "failure": "signal 9"})
    assert len(failed) == len(lines.COMPILE_TIME_HEAD)
