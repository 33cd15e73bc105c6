"""The command line as a process: light, stopped by signals, on a full disk."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keras_stackgan.callbacks import state_file
from keras_stackgan.data import write_toy_flowers

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "keras_stackgan"]
TRAIN = ["train", "--data", "flowers", "--run_dir", "run", "--image_sizes", "16"]
TRAIN += ["--batch_size", "4", "--generator_filters", "4", "--discriminator_filters", "4"]
TRAIN += ["--text_encoder", "hashed_ngrams", "--save_every", "20", "--sample_every", "1000"]


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run(folder, *arguments, **keywords):
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=500,
        **keywords,
    )


def states(folder):
    return [path.name for path in state_file.states(folder / "run" / "states" / "stage_1")]


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["train", "--colour", "1"]])
def test_help_needs_neither_keras_nor_tensorflow(tmp_path, arguments):
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['keras-stackgan', *{arguments!r}]\n"
        "try:\n"
        "    runpy.run_module('keras_stackgan', run_name='__main__')\n"
        "finally:\n"
        "    print('heavy:', sorted({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == (2 if "--colour" in arguments else 0), done.stderr
    assert "heavy: []" in done.stdout and "Traceback" not in done.stderr


def test_the_version_is_the_package_s(tmp_path):
    from keras_stackgan.version import __version__

    assert run(tmp_path, "--version").stdout.strip() == __version__


def test_a_reader_that_has_had_enough_is_no_error(tmp_path):
    command = f"{sys.executable} -m keras_stackgan train --help | true"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_and_says_how_to_go_on(tmp_path, number):
    write_toy_flowers(tmp_path / "flowers", count=8, size=16)
    started = subprocess.Popen(
        [*COMMAND, *TRAIN, "--steps", "100000"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 300
    while "state-000000020.npz" not in states(tmp_path):
        assert started.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    started.send_signal(number)
    _, said = started.communicate(timeout=100)
    assert started.returncode == 128 + number and "Traceback" not in said
    assert "Go on with: keras-stackgan train --run_dir run --resume" in said
    assert "oneDNN" not in said
    assert not list((tmp_path / "run").rglob(".*tmp*"))
    assert "of 100,000 steps" in run(tmp_path, "info", "run").stdout


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_harms_nothing(tmp_path):
    import resource

    def full():
        # A file may not grow further: the system's error differs from a full disk's in its number.
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    write_toy_flowers(tmp_path / "flowers", count=8, size=16)
    done = run(tmp_path, *TRAIN, "--steps", "40", preexec_fn=full)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert last.startswith("keras-stackgan: The text encoder could not be written")
    assert states(tmp_path) == [] and not list((tmp_path / "run").rglob(".*tmp*"))
    again = run(tmp_path, "train", "--run_dir", "run", "--resume")
    assert again.returncode == 0, again.stderr[-2000:]
    assert states(tmp_path)[-1] == "state-000000040.npz"
