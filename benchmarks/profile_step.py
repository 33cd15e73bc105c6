"""Where the time of our training step goes: by kind of operation, and by part of the step.

    python benchmarks/profile_step.py
    python benchmarks/profile_step.py --widths 16 --dtypes float32 --top 20

StackGAN-v2 with text, as in `train_step.py`, without reading data. TensorFlow's profiler times the
operations of some warm steps; their shares are put to the median of steps without it, since the
profiler costs time and operations run side by side. GFLOP/s: two for a multiplication and an
addition of convolutions and products, over the time of those operations.
"""

import collections
import pathlib
import statistics
import tempfile
import time

from absl import app, flags
from machine import describe

WIDTHS = flags.DEFINE_list("widths", ["16", "32"], "Widths of both networks.")
DTYPES = flags.DEFINE_list("dtypes", ["float32", "mixed_bfloat16"], "Dtype policies.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 8, "Pictures a step.", lower_bound=2)
STEPS = flags.DEFINE_integer("steps", 5, "Steps timed, and steps profiled.", lower_bound=1)
TOP = flags.DEFINE_integer("top", 0, "How many single operations are listed.", lower_bound=0)

CALLS = ("StatefulPartitionedCall", "PartitionedCall", "If", "StatelessIf", "While")
CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter")
PRODUCTS = ("MatMul", "BatchMatMulV2")
ACTIVATIONS = ("LeakyRelu", "Relu", "Sigmoid", "Tanh", "Split", "SplitV", "ConcatV2", "Mul")
PARTS = {"judge": "discriminators in the generator's step", "average": "moving average"}
PARTS |= {"generate": "generator, forward", "update": "optimizers"}


def kind_of(operation, name):
    """The kind of work that an operation of this type and scoped name does."""
    if name.startswith(("average", "update")):
        return "optimizers and average"
    if operation in CONVOLUTIONS:
        # A transposed convolution runs the kernels of the other one's gradients.
        if operation == "Conv2DBackpropFilter":
            return "convolutions, kernel gradients"
        backward = name.startswith("gradient_tape/")
        return f"convolutions, {'input gradients' if backward else 'forward'}"
    if operation in PRODUCTS:
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
    import tensorflow as tf

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


def traced_step(width, dtype, sizes, rows):
    """A training step on one batch, and the GFLOP of its convolutions and products by name."""
    import numpy as np
    import tensorflow as tf

    from keras_stackgan import StackGANv2

    model = StackGANv2(tuple(sizes), width, width, embedding_dim=1024, dtype=dtype)
    model.compile(mismatched="text", jit_compile=False)
    put_in_scopes(model)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (rows, sizes[-1], sizes[-1], 3))
    embeddings = random.normal(size=(rows, 1024))
    batch = {"images": tf.cast(images, "uint8"), "embeddings": tf.cast(embeddings, "float32")}
    step = tf.function(model.train_step, autograph=False).get_concrete_function(batch)

    def run():
        began = time.perf_counter()
        for value in step(batch).values():
            value.numpy()
        return time.perf_counter() - began

    return run, gigaflop_by_name(step.graph)


def gigaflop_by_name(graph):
    """GFLOP of each convolution and product of a graph by the operation's name."""
    from tensorflow.python.framework import ops
    from tensorflow.python.profiler.internal import flops_registry  # noqa: F401  (registers counts)

    found = {}
    for operation in graph.get_operations():
        if operation.type == "BatchMatMulV2":
            *_, shared = operation.inputs[0].shape
            found[operation.name] = 2e-9 * shared * (operation.outputs[0].shape.num_elements() or 0)
        elif operation.type in (*CONVOLUTIONS, *PRODUCTS):
            stats = ops.get_stats_for_node_def(graph, operation.node_def, "flops")
            found[operation.name] = (stats.value or 0) / 1e9
    return found


def timed_operations(run, steps):
    """Seconds a step of each operation, by type and name, as TensorFlow's profiler tells them."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

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


def table(title, seconds, gigaflop, key, top=None):
    """Markdown: milliseconds, share and GFLOP/s of the operations, grouped by `key(type, name)`."""
    times, work, computing = (collections.Counter() for _ in range(3))
    for (operation, name), value in seconds.items():
        group = key(operation, name)
        times[group] += value
        if operation in (*CONVOLUTIONS, *PRODUCTS) and name in gigaflop:
            work[group] += gigaflop[name]
            computing[group] += value
    lines = [f"| {title} | ms | share | GFLOP | GFLOP/s |", "|---|---|---|---|---|"]
    for group, value in times.most_common(top):
        share = value / sum(times.values())
        rate = f"{work[group]:.2f} | {work[group] / computing[group]:.0f}" if work[group] else " | "
        lines.append(f"| {group} | {value * 1e3:.1f} | {share:.1%} | {rate} |")
    return "\n".join(lines)


def profile(width, dtype, sizes, rows, steps, top):
    """Markdown tables of one model's step."""
    run, gigaflop = traced_step(width, dtype, sizes, rows)
    wall = statistics.median([run() for _ in range(steps + 2)][2:])
    seconds = timed_operations(run, steps)
    scale = wall / sum(seconds.values())
    seconds = {key: value * scale for key, value in seconds.items()}
    parts = [
        f"width {width}, {dtype}: {wall * 1e3:.0f} ms a step, {len(seconds)} operations",
        table("kind", seconds, gigaflop, kind_of),
        table("part", seconds, gigaflop, part_of),
    ]
    parts += [table("operation", seconds, gigaflop, "{} `{}`".format, top)] if top else []
    return "\n\n".join(parts)


def main(argv):
    del argv
    print(describe())
    sizes = [int(size) for size in SIZES.value]
    for width in map(int, WIDTHS.value):
        for dtype in DTYPES.value:
            tables = profile(width, dtype, sizes, BATCH_SIZE.value, STEPS.value, TOP.value)
            print(f"\n{tables}", flush=True)


if __name__ == "__main__":
    app.run(main)
