"""Every program of `make bench` at toy size, and the page that comes of it."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import options
import pytest
from results_file import read_lines

BENCHMARKS = Path(options.__file__).parent
HAS_TORCH = importlib.util.find_spec("torch") is not None


def run(name, folder, *arguments):
    command = [sys.executable, BENCHMARKS / f"{name}.py", f"--results={folder}", *arguments]
    done = subprocess.run(
        command,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, read_lines(folder, name)


def failures(folder, name):
    """Why contenders failed, by their names; PyTorch's may where it is not installed."""
    return {
        line["name"]: line["failure"]
        for line in read_lines(folder, name)
        if "failure" in line and (HAS_TORCH or not line["name"].startswith("torch"))
    }


def test_a_failure_is_found_wherever_it_stands(tmp_path):
    lines = [{"name": "ours", "failure": "everything"}, {"name": "ours, XLA", "rounds": 1}]
    (tmp_path / "generate.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert failures(tmp_path, "generate") == {"ours": "everything"}


def test_convolutions_in_tensorflow(tmp_path):
    spec = {"framework": "tensorflow", "width": 4, "batch_size": 1, "seconds": 1e-4}
    program = BENCHMARKS / "convolution_passes.py"
    done = subprocess.run(
        [sys.executable, program, json.dumps(spec)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = json.loads(done.stdout.splitlines()[-1])
    assert len(lines) == 6 * 2 * 3 and all(line["seconds"] > 0 for line in lines)
    first = lines[0]
    assert first["gigaflop"] == pytest.approx(2 * 64 * 64 * 9 * 4 * 8 / 1e9)


def test_convolutions_in_torch(tmp_path):
    pytest.importorskip("torch", exc_type=ImportError)
    spec = {"framework": "torch", "width": 4, "batch_size": 1, "seconds": 1e-4}
    program = BENCHMARKS / "convolution_passes.py"
    done = subprocess.run(
        [sys.executable, program, json.dumps(spec)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = json.loads(done.stdout.splitlines()[-1])
    assert {line["pass"] for line in lines} == {"forward", "input's gradient", "kernel's gradient"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_scaling(tmp_path):
    shown, lines = run("scaling", tmp_path, "--files=40", "--steps=10")
    assert "| 40 | 10 |" in shown
    assert lines[0]["rate"] > 0 and len(lines[0]["rates"]) == 2 and len(lines[0]["memory_mb"]) == 2


@pytest.mark.slow
def test_compile_time(tmp_path):
    _, lines = run("compile_time", tmp_path, "--quick")
    assert [line["jit_compile"] for line in lines] == [False, True, True]
    assert all(min(line["seconds"].values()) > 0 for line in lines)
    assert lines[-1]["cache_files"] is not None


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_input_pipeline(tmp_path):
    _, lines = run("input_pipeline", tmp_path, "--quick")
    assert lines[0]["rate"] > 0 and lines[0]["files"] == 100


@pytest.mark.slow
def test_everything_quickly(tmp_path):
    run("run_all", tmp_path, "--quick")
    page = (tmp_path / "RESULTS.md").read_text()
    for name in ("train_step", "generate", "convolution_rate", "compile_time", "scaling"):
        assert f"<!-- {name} -->" in page
    for name in ("train_step", "generate"):
        assert any(line["name"] == "ours" for line in read_lines(tmp_path, name))
        assert not failures(tmp_path, name)
    assert (tmp_path / "RESULTS.png").is_file()
