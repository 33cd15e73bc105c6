"""The profile of a training step: it finds the work, and adds up to the step."""

import benchmark_path  # noqa: F401
import profile_step


def test_kinds_and_parts_follow_type_and_scope():
    kind, part = profile_step.kind_of, profile_step.part_of
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
    run, gigaflop = profile_step.traced_step(4, "float32", [16, 32], 2)
    run()
    seconds = profile_step.timed_operations(run, 1)
    kinds = {profile_step.kind_of(*key) for key in seconds}
    assert {"convolutions, forward", "products", "batch norm", "activations"} <= kinds
    assert "convolutions, kernel gradients" in kinds and "optimizers and average" in kinds
    parts = {profile_step.part_of(*key) for key in seconds}
    assert {"generator, forward", "generator, backward", "moving average", "optimizers"} <= parts
    assert {f"discriminator {size} in its own step" for size in (16, 32)} <= parts
    convolutions = {name for kind, name in seconds if kind == "Conv2DBackpropFilter"}
    assert convolutions and all(gigaflop[name] > 0 for name in convolutions)


def test_the_table_adds_up_and_divides_work_by_its_own_time():
    seconds = {("Conv2D", "generate/a"): 0.003, ("LeakyRelu", "generate/b"): 0.001}
    lines = profile_step.table("part", seconds, {"generate/a": 0.6}, profile_step.part_of)
    assert lines.splitlines()[2] == "| generator, forward | 4.0 | 100.0% | 0.60 | 200 |"
    lines = profile_step.table("kind", seconds, {"generate/a": 0.6}, profile_step.kind_of)
    assert "| activations | 1.0 | 25.0% |  |  |" in lines
