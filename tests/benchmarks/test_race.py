"""Races of contenders that do nothing, and what is said of those that fail."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import gpu_memory
import pytest
import race
from contender_process import ContenderProcess

PROGRAM = """
import json, os, sys, time
spec = json.loads(sys.argv[1])
if spec.get("killed"):
    os.kill(os.getpid(), 9)
if spec.get("broken"):
    raise ImportError("no such framework")
start = {"built": 1.0, "first": 2.0, "step": spec["seconds"], "resident_mb": 7}
held = {"resident_mb": spec.get("holds", 7), "device_mb": spec.get("holds_on_gpu")}
print(json.dumps({**start, **held}), flush=True)
for line in sys.stdin:
    if spec.get("dies"):
        raise RuntimeError("out of memory")
    if spec.get("hangs"):
        time.sleep(60)
    print(json.dumps({"seconds": spec["seconds"] * int(line.split()[1]), "peak_mb": 5}), flush=True)
"""


def state_of(pid):
    """The letter that Linux has for what a process does: T stands still, Z is dead."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "contender.py"
    path.write_text(PROGRAM)
    return path


def test_medians_and_ratios(program):
    specs = {"slow": {"seconds": 2.0}, "fast": {"seconds": 0.5}}
    results = race.race(specs, rounds=3, seconds=4.0, pictures=8, program=program)
    assert [r["name"] for r in results] == ["slow", "fast"]
    assert [r["pictures_per_second"] for r in results] == [4.0, 16.0]
    assert all(r["rounds"] == 3 for r in results)
    rows = race.table(results, ["slow"]).splitlines()
    assert rows[2].endswith("| 1.00 |") and rows[3].endswith("| 4.00 |")
    assert "| fast | 16.0 | 16.0 to 16.0 | 500.0 | 5 | 1 + 2 |" in rows[3]


@pytest.mark.parametrize(
    "spec, reason",
    [
        ({"broken": True}, "ImportError: no such framework"),
        ({"dies": True}, "RuntimeError: out of memory"),
        ({"killed": True}, "signal 9; ended without a word"),
        ({"hangs": True}, "took more than 2 s"),
    ],
)
def test_a_contender_that_fails_has_a_row_that_says_why(program, spec, reason):
    specs = {"good": {"seconds": 1.0}, "bad": {"seconds": 1.0, **spec}}
    results = race.race(specs, rounds=2, seconds=1.0, pictures=1, timeout=2.0, program=program)
    assert results[0]["rounds"] == 2
    assert reason in results[1]["failure"]
    assert f"| bad | failed: {reason}" in race.table(results, ["bad"])
    # What it would be compared with is not there.
    assert race.table(results, ["bad"]).splitlines()[2].endswith("| - |")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_others_stand_still(program):
    contenders = [ContenderProcess(str(k), {"seconds": 1.0}, 20.0, program) for k in range(2)]
    try:
        contenders[0].run(1)
        deadline = time.monotonic() + 20
        while any(state_of(c._process.pid) != "T" for c in contenders):
            assert time.monotonic() < deadline, "A contender does not stand still."
            time.sleep(0.02)
    finally:
        for contender in contenders:
            contender.close()
    assert all(contender._process.returncode is not None for contender in contenders)


def test_several_start_at_once_and_live_as_long_as_the_race(program):
    specs = {str(k): {"seconds": 1.0} for k in range(4)}
    results = race.race(specs, rounds=2, seconds=1.0, pictures=1, program=program, starters=2)
    assert [r["name"] for r in results] == list(specs)
    assert all(r.get("rounds") == 2 for r in results), results
    # How long that took says nothing.
    assert not {"start_s", "first_s"} & set(results[0])
    assert "start" not in race.table(results, ["0"], starts=False)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_further_one_starts_when_memory_is_short(program):
    specs = {"huge": {"seconds": 1.0, "holds": 1e9}, "next": {"seconds": 1.0}}
    results = race.race(specs, rounds=1, seconds=1.0, pictures=1, program=program)
    assert results[0]["rounds"] == 1 and "MB are left" in results[1]["failure"]


def test_no_further_one_starts_when_memory_of_the_gpu_is_short(program, monkeypatch):
    monkeypatch.setattr(gpu_memory, "left", lambda: 1000.0)
    specs = {name: {"seconds": 1.0, "holds_on_gpu": 900} for name in ("large", "next")}
    results = race.race(specs, rounds=1, seconds=1.0, pictures=1, program=program)
    assert results[0]["rounds"] == 1
    assert results[1]["failure"] == "1000 MB are left on the GPU, the largest contender holds 900"


def test_settings_are_the_process_environment(tmp_path):
    path = tmp_path / "contender.py"
    path.write_text(
        PROGRAM.replace(
            '"peak_mb": 5', '"peak_mb": int(os.environ["MALLOC_TRIM_THRESHOLD_"])'
        ).replace("import json", "import os, json")
    )
    specs = {"a": {"seconds": 1.0, "allocator": "glibc, 64 MB", "threads": 1}}
    result = race.race(specs, rounds=1, seconds=1.0, pictures=1, program=path)[0]
    assert result["peak_mb"] == 512 << 20
    assert "| glibc, 64 MB, 1 |" in race.table([result], ["a"])


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is told on Linux alone")
def test_a_killed_race_leaves_nobody_behind(tmp_path):
    sleeper = tmp_path / "child.py"
    sleeper.write_text(
        f"import sys, time; sys.path.insert(0, {str(Path(race.__file__).parent)!r})\n"
        "import contender; contender.end_with_parent(); print(1, flush=True); time.sleep(600)"
    )
    starter = tmp_path / "parent.py"
    starter.write_text(
        "import subprocess, sys, time\n"
        f"command = [sys.executable, {str(sleeper)!r}]\n"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, str(starter)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        os.kill(pid, signal.SIGSTOP)
        parent.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if state_of(pid) == "Z":
                return
        except FileNotFoundError:
            return
        time.sleep(0.05)
    raise AssertionError(f"Process {pid} still runs.")
