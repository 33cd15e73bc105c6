"""One model's training step, or its drawing, under TensorFlow's profiler, in its own process.

Started by profile_step.py with a JSON description. What it prints last is JSON: milliseconds a
step or call, and the operations by kind, by part and singly.
"""

import collections
import json
import pathlib
import statistics
import sys
import tempfile
import time

import allocator_settings
import operations
import tensorflow as tf
from contenders import ours
from contenders.material import random_batch
from tensorflow.tsl.profiler.protobuf import xplane_pb2

WARM_UP_SECONDS = 2.0
CALLS = ("StatefulPartitionedCall", "PartitionedCall", "If", "StatelessIf", "While")
ACTIVATIONS = ("LeakyRelu", "Relu", "Sigmoid", "Tanh", "Split", "SplitV", "ConcatV2", "Mul")
PARTS = {"judge": "discriminators in the generator's step", "average": "moving average"}
PARTS |= {"generate": "generator, forward", "update": "optimizers"}


def kind_of(operation, name):
    """The kind of work that an operation of this type and scoped name does."""
    # Not the averaged generator, which draws.
    if name.split("/")[0].rstrip("0123456789").rstrip("_") in ("average", "update"):
        return "optimizers and average"
    if operation.removeprefix("Fused") in (*operations.CONVOLUTIONS, *operations.PRODUCTS):
        # With its bias or activation in it, as in drawing.
        operation = operation.removeprefix("Fused")
    if operation in operations.CONVOLUTIONS:
        # A transposed convolution runs the kernels of the other one's gradients.
        if operation == "Conv2DBackpropFilter":
            return "convolutions, kernel gradients"
        backward = name.startswith("gradient_tape/")
        return f"convolutions, {'input gradients' if backward else 'forward'}"
    if operation in operations.PRODUCTS:
        return "products"
    if operation.startswith("FusedBatchNorm") or "/norm" in name:
        return "batch norm"
    if operation == "Cast":
        return "casts"
    if operation.removesuffix("Grad") in ACTIVATIONS:
        return "activations"
    if operation in ("AddN", "AddV2", "Sum", "Mean"):
        return "additions and sums"
    return "other: layout, losses, noise"


def part_of(_, name):
    """The part of the step whose scope an operation's name has."""
    scope = name.removeprefix("gradient_tape/").split("/")[0]
    if scope.startswith("discriminate_"):
        return f"discriminator {scope.split('_')[1]} in its own step"
    if name.startswith("gradient_tape/generate/"):
        return "generator, backward"
    return PARTS.get(scope.rstrip("0123456789").rstrip("_"), "the rest")


def put_in_scopes(model):
    """Has the parts of a compiled model's step name their operations."""

    def scoped(scope, function):
        def call(*args, **kwargs):
            with tf.name_scope(scope):
                return function(*args, **kwargs)

        return call

    model._generate_fakes = scoped("generate", model._generate_fakes)
    model._discriminator_gradients = [
        scoped(f"discriminate_{label}", function)
        for label, function in zip(model.stage_labels, model._discriminator_gradients, strict=True)
    ]
    model._generator_gradients = scoped("judge", model._generator_gradients)
    model._advance = scoped("average", model._advance)
    model._apply = scoped("update", model._apply)


def traced_step(spec):
    """A training step on one batch, and the GFLOP of its convolutions and products by name.

    Args:
        spec: dict. As a contender of `train_step.py` takes it.
    """
    model = ours.compiled_model(spec)
    put_in_scopes(model)
    batch = random_batch(spec["batch_size"], spec["sizes"][-1])
    batch = {key: tf.constant(value) for key, value in batch.items()}
    step = tf.function(model.train_step, autograph=False).get_concrete_function(batch)

    def run():
        began = time.perf_counter()
        for value in step(batch).values():
            value.numpy()
        return time.perf_counter() - began

    return run, gigaflop_by_name(step.graph)


def drawing(spec):
    """A call that draws, as a contender of `generate.py` takes it; its GFLOP are not counted."""
    draw = ours.generating(spec)

    def run():
        began = time.perf_counter()
        draw(1)
        return time.perf_counter() - began

    return run, {}


def gigaflop_by_name(graph):
    """GFLOP of each convolution and product of a graph by the operation's name."""
    counted = {each.name: operations.of_operation(each) for each in graph.get_operations()}
    return {name: value / 1e9 for name, value in counted.items() if value is not None}


def timed_operations(run, steps):
    """Seconds a step of each operation, by type and name, as TensorFlow's profiler tells them."""
    space = xplane_pb2.XSpace()
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, tf.profiler.experimental.ProfilerOptions(2, 0, 0))
        for _ in range(steps):
            run()
        tf.profiler.experimental.stop()
        for path in pathlib.Path(folder).rglob("*.xplane.pb"):
            space.MergeFromString(path.read_bytes())
    seconds = collections.Counter()
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            # Kernels are "name:Type"; the executor's own events are "Class::Method".
            name, _, operation = plane.event_metadata[event.metadata_id].name.rpartition(":")
            operation = operation.removeprefix("_Mkl").removeprefix("Native").replace("_Fused", "")
            if name[-1:] not in ("", ":") and operation.isidentifier() and operation not in CALLS:
                seconds[operation, name.rpartition("PartitionedCall/")[2]] += event.duration_ps
    return {key: value / 1e12 / steps for key, value in seconds.items()}


def grouped(seconds, gigaflop, key):
    """Milliseconds and GFLOP of operations that `key(type, name)` puts together, dearest first.

    Args:
        seconds: dict from type and name to seconds a step.
        gigaflop: dict from the name of a convolution or a product to its GFLOP.
        key: function.

    Returns:
        A list of dicts; `computing` are the milliseconds of convolutions and products alone.
    """
    times, work, computing = (collections.Counter() for _ in range(3))
    for (operation, name), value in seconds.items():
        group = key(operation, name)
        times[group] += 1e3 * value
        if name in gigaflop and operation in (*operations.CONVOLUTIONS, *operations.PRODUCTS):
            work[group] += gigaflop[name]
            computing[group] += 1e3 * value
    return [
        {"name": name, "ms": value, "gigaflop": work[name], "computing": computing[name]}
        for name, value in times.most_common()
    ]


def profile(spec):
    """What is told of one model's step, or of its drawing."""
    draws = spec.get("kind") == "generating"
    run, gigaflop = (drawing if draws else traced_step)(spec)
    began = time.perf_counter()
    # Calls of milliseconds are slow at first.
    while run() and time.perf_counter() - began < WARM_UP_SECONDS:
        pass
    wall = statistics.median([run() for _ in range(spec["steps"])])
    seconds = timed_operations(run, spec["steps"])
    scale = wall / sum(seconds.values())
    seconds = {key: value * scale for key, value in seconds.items()}
    return {
        "milliseconds": 1e3 * wall,
        "operations": len(seconds),
        "kinds": grouped(seconds, gigaflop, kind_of),
        "parts": [] if draws else grouped(seconds, gigaflop, part_of),
        "single": grouped(seconds, gigaflop, "{} `{}`".format)[: spec["top"]],
    }


def main():
    spec = json.loads(sys.argv[1])
    allocator_settings.check(spec.get("allocator", "glibc"))
    ours.prepare(spec)
    print(json.dumps(profile(spec)))


if __name__ == "__main__":
    main()
