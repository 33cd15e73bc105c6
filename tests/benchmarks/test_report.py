"""The page of results from lines that benchmarks wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import report
from PIL import Image

COMMON = {
    "machine": "a processor",
    "cores": 2,
    "command": "python benchmarks/train_step.py",
    "date": "2026-01-01",
    "sizes": [64],
    "width": 16,
    "batch_size": 8,
    "gflop_a_picture": 5.9,
}


def line(name, rate):
    return {
        **COMMON,
        "name": name,
        "pictures_per_second": rate,
        "slowest": rate,
        "fastest": rate,
        "milliseconds": 8000 / rate,
        "rounds": 5,
        "peak_mb": 900,
        "start_s": 3.0,
        "first_s": 9.0,
    }


def write(folder, lines):
    folder.mkdir(exist_ok=True)
    (folder / "train_step.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))


def make(tmp_path):
    program = Path(report.__file__)
    command = [sys.executable, program, f"--results={tmp_path / 'results'}"]
    return subprocess.run(
        [*command, f"--page={tmp_path / 'RESULTS.md'}"],
        env={**os.environ, "PYTHONPATH": str(program.parent)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_sections_are_replaced_and_the_rest_is_kept(tmp_path):
    failed = {**COMMON, "name": "torch, compiled", "failure": "no compiler"}
    write(tmp_path / "results", [line("ours", 20.0), line("torch", 10.0), failed])
    done = make(tmp_path)
    assert "generate.jsonl' is not there" in done.stdout
    page = (tmp_path / "RESULTS.md").read_text()
    assert "| ours | 20.0 |" in page and "| 2.00 |" in page
    assert "failed: no compiler" in page and "5.9 GFLOP a picture" in page
    (tmp_path / "RESULTS.md").write_text(page + "\nWritten by hand.\n")
    write(tmp_path / "results", [line("ours", 40.0), line("torch", 10.0)])
    make(tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    assert "| ours | 40.0 |" in page and "20.0" not in page and "failed" not in page
    assert page.endswith("\nWritten by hand.\n")
    with Image.open(tmp_path / "RESULTS.png") as picture:
        assert picture.width == 900
