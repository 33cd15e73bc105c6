"""The profile of a training step: it finds the work, and adds up to the step."""

import json
import subprocess
import sys
from pathlib import Path

import machine
import profiled_step
import pytest
import results_file
from reporting import lines


def test_kinds_and_parts_follow_type_and_scope():
    kind, part = profiled_step.kind_of, profiled_step.part_of
    forward = "generate/generator/stage_64/upsample_64/convolution/conv_transpose"
    backward = f"gradient_tape/{forward}/Conv2D"
    assert kind("Conv2DBackpropInput", forward) == "convolutions, forward"
    assert kind("Conv2D", backward) == "convolutions, input gradients"
    assert kind("Conv2DBackpropFilter", backward) == "convolutions, kernel gradients"
    assert kind("Mul", "average/mul_3") == "optimizers and average"
    assert kind("LeakyReluGrad", "gradient_tape/judge/LeakyReluGrad") == "activations"
    assert part("", forward) == "generator, forward"
    assert part("", backward) == "generator, backward"
    assert part("", "discriminate_128/head/add") == "discriminator 128 in its own step"
    assert part("", "update_3/Adam") == "optimizers"
    assert part("", "AddN_7") == "the rest"


def test_a_toy_step_is_timed_whole_and_its_work_is_found():
    run, gigaflop = profiled_step.traced_step({"sizes": [16, 32], "width": 4, "batch_size": 2})
    run()
    seconds = profiled_step.timed_operations(run, 1)
    kinds = {profiled_step.kind_of(*key) for key in seconds}
    assert {"convolutions, forward", "products", "batch norm", "activations"} <= kinds
    assert "convolutions, kernel gradients" in kinds and "optimizers and average" in kinds
    parts = {profiled_step.part_of(*key) for key in seconds}
    assert {"generator, forward", "generator, backward", "moving average", "optimizers"} <= parts
    assert {f"discriminator {size} in its own step" for size in (16, 32)} <= parts
    convolutions = {name for kind, name in seconds if kind == "Conv2DBackpropFilter"}
    assert convolutions and all(gigaflop[name] > 0 for name in convolutions)


def test_groups_add_up_and_divide_work_by_its_own_time():
    seconds = {("Conv2D", "generate/a"): 0.003, ("LeakyRelu", "generate/b"): 0.001}
    (part,) = profiled_step.grouped(seconds, {"generate/a": 0.6}, profiled_step.part_of)
    assert part == {
        "name": "generator, forward", "ms": pytest.approx(4), "gigaflop": 0.6,
        "computing": pytest.approx(3),
    }  # fmt: skip
    kinds = profiled_step.grouped(seconds, {"generate/a": 0.6}, profiled_step.kind_of)
    assert [(kind["name"], kind["gigaflop"]) for kind in kinds] == [
        ("convolutions, forward", 0.6), ("activations", 0),
    ]  # fmt: skip


def test_drawing_is_profiled():
    """Convolutions with a bias or an activation in them count as such."""
    spec = {"sizes": [16, 32], "width": 4, "batch_size": 2, "steps": 1, "top": 3}
    told = profiled_step.profile({**spec, "kind": "generating"})
    kinds = {group["name"]: group["ms"] for group in told["kinds"]}
    assert kinds["convolutions, forward"] > 0 and kinds["products"] > 0
    assert sum(kinds.values()) == pytest.approx(told["milliseconds"])
    assert not told["parts"] and len(told["single"]) == 3
    assert "optimizers and average" not in kinds
    assert profiled_step.kind_of("FusedConv2D", "a/BiasAdd") == "convolutions, forward"
    assert profiled_step.kind_of("FusedMatMul", "a/BiasAdd") == "products"
    assert "drawing, width 4" in lines.profile(
        {**spec, "name": "ours", "kind": "generating", **told}
    )


PROGRAM = """
import json, os, sys
spec = json.loads(sys.argv[1])
kind = {"name": os.environ["MALLOC_TRIM_THRESHOLD_"], "ms": 5, "gigaflop": 1, "computing": 4}
print(json.dumps({"milliseconds": 5, "operations": 1, "kinds": [kind], "parts": [], "single": []}))
"""
RUN = """
import pathlib, sys, profile_step
profile_step.PROGRAM = pathlib.Path(sys.argv.pop())
profile_step.app.run(profile_step.main)
"""


def test_a_process_of_its_own_has_the_settings_that_were_found(tmp_path):
    """And says in its line which they are."""
    here = {**machine.identity(), "name": "x", "pictures_per_second": 1.0, "width": 4}
    found = {**here, "contender": "ours", "allocator": "glibc, 64 MB", "threads": 1}
    (tmp_path / "allocators.jsonl").write_text(json.dumps(found) + "\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-c", RUN, "--quick", "--dtypes=float32", f"--results={tmp_path}"]
    done = subprocess.run(
        [*command, tmp_path / "program.py"],
        cwd=Path(profiled_step.__file__).parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    line, drawing = results_file.read_lines(tmp_path, "profile_step")
    assert drawing["kind"] == "generating" and drawing["threads"] == 1 and "kind" not in line
    assert (line["allocator"], line["threads"], line["device"]) == ("glibc, 64 MB", 1, "cpu")
    assert line["kinds"][0]["name"] == str(512 << 20)
    assert "glibc, 64 MB, threads: 1" in done.stdout and "--results=" in line["command"]
