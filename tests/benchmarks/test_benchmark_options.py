"""What flags of the benchmarks take, and what they refuse before anything runs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import options
import pytest

BENCHMARKS = Path(options.__file__).parent


def refused(name, *arguments):
    """What a program says of arguments that it does not take."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / f"{name}.py", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "name, argument, said",
    [
        ("train_step", "--contenders=0", "whole numbers from 1. Received: '0'"),
        ("train_step", "--contenders=10", "from 1 to 9. Received: 10"),
        ("train_step", "--contenders=", "from 1 to 9. Received: none"),
        ("train_step", "--dtypes=bf16", "float32, bfloat16. Received: bf16"),
        ("train_step", "--dtypes=", "float32, bfloat16. Received: none"),
        ("train_step", "--widths=16,wide", "whole numbers from 1. Received: 'wide'"),
        ("generate", "--pictures=0", "whole numbers from 1. Received: '0'"),
        ("allocators", "--tried=6", "from 1 to 5. Received: 6"),
        ("allocators", "--tried=0", "whole numbers from 1. Received: '0'"),
        ("allocators", "--device=cpu", "Unknown command line flag 'device'"),
        ("profile_step", "--dtypes=mixed_bfloat16", "Received: mixed_bfloat16"),
        ("run_all", "--only=train", "not train"),
        ("report", "--quick", "Unknown command line flag 'quick'"),
        ("report", "--device=gpu", "Unknown command line flag 'device'"),
    ],
)
def test_what_cannot_be_is_refused(name, argument, said):
    assert said in refused(name, argument)


def test_somebody_must_be_left():
    said = refused("train_step", "--contenders=1,4", "--dtypes=bfloat16")
    assert "must leave somebody who races. Received: ours; torch in bfloat16 alone." in said


def test_what_is_of_the_cpu_is_refused_on_a_gpu():
    said = refused("run_all", "--device=gpu", "--only=memory,train_step")
    assert "--only: memory is of the CPU" in said


PLAN = """
import sys
import run_all
from absl import app
commands = []

def run(command, env):
    commands.append(command)
    return run_all.subprocess.CompletedProcess(command, 0)

run_all.subprocess = type(run_all.subprocess)("subprocess")
run_all.subprocess.run = run
run_all.subprocess.CompletedProcess = __import__("subprocess").CompletedProcess
try:
    app.run(run_all.main)
finally:
    for command in commands:
        print("RUN", " ".join(command[1:]))
"""


def planned(*arguments):
    """From program to the arguments that `run_all.py` would start it with."""
    done = subprocess.run(
        [sys.executable, "-c", PLAN, *arguments], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RUN")]
    return {Path(words[0]).stem: words[1:] for words in lines}


def test_a_gpu_leaves_the_figures_of_the_cpu_alone():
    on_cpu, on_gpu = planned("--device=cpu"), planned("--device=gpu")
    assert f"--results={BENCHMARKS / 'results'}" in on_cpu["train_step"]
    assert f"--results={BENCHMARKS / 'results_gpu'}" in on_gpu["train_step"]
    assert f"--page={BENCHMARKS / 'RESULTS_GPU.md'}" in on_gpu["report"]
    assert f"--page={BENCHMARKS / 'RESULTS.md'}" in on_cpu["report"]
    assert {"memory", "profile_step", "allocators"} <= set(on_cpu) - set(on_gpu)
    assert {"evaluation", "precision", "generate"} <= set(on_gpu)
    assert "--device=gpu" in on_gpu["generate"]
    assert not [words for words in on_cpu["memory"] if words.startswith("--device")]


FORMS = """
import train_step
train_step.flags.FLAGS(["x"])
print([list(train_step.chosen(w, device)) for device in ("cpu", "gpu") for w in (16, 32)])
"""


def test_forms_by_device_and_width():
    done = subprocess.run(
        [sys.executable, "-c", FORMS], cwd=BENCHMARKS, capture_output=True, text=True, check=True
    )
    narrow, wide, *on_gpu = ast.literal_eval(done.stdout)
    assert "torch" in wide and "torch, channels_last" in wide and "ours, XLA" not in wide
    assert "ours, XLA" in narrow and "ours, XLA, bfloat16" not in narrow
    assert all("ours, XLA, bfloat16" in forms and len(forms) == 9 for forms in on_gpu)


@pytest.mark.parametrize(
    "name, given, call, races",
    [
        (
            "train_step",
            ["--widths=16,64", "--recipe="],
            "train_step.races('cpu')",
            [[16, 8, 8], [64, 4, 5]],
        ),
        # Many are drawn at one width, and without the slowest.
        (
            "generate",
            ["--widths=16,64", "--pictures=8,1000", "--presets=", "--device=cpu"],
            "generate.races()",
            [[16, 8, 5], [16, 1000, 4], [64, 8, 5], [64, 1000, 4]],
        ),
        (
            "generate",
            ["--pictures=8,1000", "--presets=", "--device=cpu"],
            "generate.races()",
            [[16, 8, 5], [16, 1000, 4], [32, 8, 5], [64, 8, 5]],
        ),
    ],
)
def test_races_follow_flags(name, given, call, races):
    program = f"""
import json, {name}
from absl import flags
flags.FLAGS({["program", *given]})
print(json.dumps([(c["width"], c["batch_size"], len(specs)) for specs, c in {call}]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == races
