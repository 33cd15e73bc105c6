"""The page of results from lines that benchmarks wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import results_file
from PIL import Image
from reporting import plot

COMMON = {
    "machine": "a processor",
    "cores": 2,
    "versions": "keras 3.15.1",
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


def write(folder, lines, name="train_step"):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))


def make(tmp_path):
    program = Path(results_file.__file__).with_name("report.py")
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
    assert "'generate.jsonl' is not in" in done.stdout
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
        assert picture.width == 1000


def test_training_is_compared_with_the_machine_and_the_pipeline(tmp_path):
    write(tmp_path / "results", [line("ours", 20.0), line("torch", 10.0)])
    convolution = {"width": 16, "dtype": "float32", "pass": "forward", "gigaflop": 3.0}
    rates = [
        {**COMMON, **convolution, "shape": "a", "framework": "tensorflow", "seconds": 0.01},
        {**COMMON, **convolution, "shape": "a", "framework": "torch", "seconds": 0.03},
        {**COMMON, **convolution, "shape": "b", "framework": "torch", "seconds": 0.02},
    ]
    write(tmp_path / "results", rates, "convolution_rate")
    pipeline = {"files": 1000, "size": 64, "threads": "auto", "first": 0.1, "memory": 9.0}
    before = {**COMMON, **pipeline, "rate": 80.0}
    rounds = {**COMMON, **pipeline, "rate": 90.0, "slowest": 85.0, "fastest": 95.0, "rounds": 3}
    write(tmp_path / "results", [before, rounds], "input_pipeline")
    make(tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    # 6 GFLOP in 0.03 s; the step does 5.9 * 20.
    assert "| 16 | float32 | 200 | 300 |" in page
    assert "| 16 | ours | 8 | 5.9 | 118 | 59% |" in page
    assert "| 16 | ours | 8 | 20.0 | 4.5 |" in page
    assert "| 80 | - | 0.1 | 9 |" in page and "| 90 | 85 to 95 | 0.1 | 9 |" in page


def test_every_kind_of_line_has_its_table(tmp_path):
    seconds = {"imports": 1, "building": 2, "tracing": 3, "first step": 4, "second step": 0.5}
    compiled = {**COMMON, "jit_compile": True, "cache_files": 0}
    write(
        tmp_path / "results",
        [
            {**compiled, "seconds": seconds},
            {**compiled, "seconds": seconds, "samples": 3, "fastest": 9.0, "slowest": 11.0},
            {**compiled, "failure": "no XLA"},
        ],
        "compile_time",
    )
    scaling = {"files": 10000, "steps": 2000, "rate": 9.0, "rates": [8.0, 9.0]}
    write(tmp_path / "results", [{**COMMON, **scaling, "memory_mb": [80.0, None]}], "scaling")
    memory = {"weights": 70.0, "total": 301.0}
    failed = {**COMMON, "batch_size": 64, "failure": "signal 9"}
    write(tmp_path / "results", [{**COMMON, **memory}, failed], "memory")
    times = {"milliseconds": 5.0, "low": 4.0, "high": 6.0, "difference": 1}
    write(tmp_path / "results", [{**COMMON, **times, "name": "ONNX"}], "export_latency")
    far = {"steps": 9, "d_loss": 1.0, "g_loss": 2.0, "weights": 0.1, "levels": 3.0}
    write(tmp_path / "results", [{**COMMON, **far, "name": "float32"}], "precision")
    parts = {"resizing": 1.0, "network": 3.0, "covariances": 0.5, "measures": 0.25, "rest": 0.25}
    evaluated = {"pictures": 40, "resize": "tf1_bilinear", "total": 5.0, "spent": parts}
    write(tmp_path / "results", [{**COMMON, **evaluated, "size": 64}], "evaluation")
    groups = [
        {"name": "convolutions", "ms": 60.0, "gigaflop": 6.0, "computing": 50.0},
        {"name": "casts", "ms": 40.0, "gigaflop": 0.0, "computing": 0.0},
    ]
    profiled = {"milliseconds": 100.0, "operations": 9, "kinds": groups, "parts": [], "single": []}
    profiled |= {**COMMON, "name": "ours"}
    failed = {**COMMON, "name": "ours", "width": 32, "failure": "signal 9"}
    write(
        tmp_path / "results",
        [{**profiled, "allocator": "tcmalloc", "threads": None}, failed],
        "profile_step",
    )
    tried = {**line("glibc, 1", 9.0), "contender": "ours", "allocator": "glibc", "threads": 1}
    write(tmp_path / "results", [tried], "allocators")
    make(tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    assert (
        "| 1 | 16 | XLA, cached (0 files kept) | 1.0 | 2.0 | 3.0 | 4.0 | 500 | 10.0 | 1 |" in page
    )
    assert "| 4.0 | 500 | 10.0 | 3, 9.0 to 11.0 s |" in page
    assert "failed: no XLA" in page and "first training step, batches of 8" in page
    assert "| 10,000 | 2,000 | 9 | 8 | 9 | 80 | - |" in page
    assert "| 64 | 16 | 8 | 70 | 301 |" in page and "| 64 | 16 | 64 | failed: signal 9 |" in page
    assert "embeddings of 128 numbers" in page and "toy model of 64 px, width 16" in page
    assert "| 8 | ONNX | 5.0 | 4.0 | 6.0 | 1 |" in page
    assert "| float32 | 1.000 | 2.000 | 0.1000 | 3.00 |" in page
    assert "5.0 s, 8.0 pictures/s; features alone 10.0 pictures/s" in page
    assert "| network | 3.00 | 60.0% |" in page and "| measures | 0.25" in page
    # It was appending rows; now covariances are timed under another name.
    assert "| covariances |" not in page
    assert "| convolutions | 60.0 | 60.0% | 6.00 | 120 |\n| casts | 40.0 | 40.0% |  |  |" in page
    assert "tcmalloc, threads: all: 100 ms a step, 9 operations" in page
    assert "profile_step" in page and "width 32, 64 px, batches of 8, ours, glibc, thr" in page
    assert "**ours, width 16, 64 px, 8 pictures a step" in page
    assert "glibc, 1 |" in page
    # Two start at a time there.
    assert "start + first" not in page


def test_a_named_model_is_told_by_what_it_is(tmp_path):
    about = "phase 'last', stage 3 of 3 trains, generator 32, discriminators 32/32/16"
    named = {**line("ours", 12.0), "recipe": "some_birds", "about": about}
    write(tmp_path / "results", [named])
    make(tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    assert f"**some_birds, {about}, 64 px, 8 pictures a step" in page


def test_pages_name_their_own_plot(tmp_path):
    write(tmp_path / "results", [line("ours", 12.0)])
    program = Path(results_file.__file__).with_name("report.py")
    command = [sys.executable, program, f"--results={tmp_path / 'results'}"]
    subprocess.run([*command, f"--page={tmp_path / 'RESULTS_GPU.md'}"], check=True)
    assert "The plot: RESULTS_GPU.png." in (tmp_path / "RESULTS_GPU.md").read_text()
    assert (tmp_path / "RESULTS_GPU.png").is_file()


def test_plots_leave_out_who_races_nobody_and_shorten_long_titles(tmp_path):
    many = [{**line(name, 9.0)} for name in ("ours", "torch")]
    races = [("Drawing, " + "long " * 60 + "8 pictures", many), ("a preset", many[:1])]
    plot.plot(races, tmp_path / "with.png")
    plot.plot(races[:1], tmp_path / "without.png")
    assert (tmp_path / "with.png").read_bytes() == (tmp_path / "without.png").read_bytes()
    with Image.open(tmp_path / "with.png") as drawn:
        right = np.asarray(drawn.convert("L"))[:40, -14:]
    assert right.min() == 255
    plot.plot(races[1:], tmp_path / "alone.png")
    assert (tmp_path / "alone.png").is_file()
