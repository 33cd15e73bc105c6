"""How long it takes to the first training step: imports, building, tracing, first step.

    python benchmarks/compile_time.py
    python benchmarks/compile_time.py --widths 32 --xla_widths 32

StackGAN-v2 of one, two and three stages, each in a fresh process, with and without XLA. `cached`
is a second process with the folder that TensorFlow keeps XLA's results in
(`TF_XLA_FLAGS=--tf_xla_persistent_cache_directory=...`), filled by a first one; the number of files
there says whether TensorFlow keeps any on this device.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

STARTED = time.perf_counter()

import options  # noqa: E402
from absl import app, flags  # noqa: E402
from machine import describe  # noqa: E402
from reporting import lines  # noqa: E402
from results_file import ResultsFile  # noqa: E402

SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
WIDTHS = flags.DEFINE_list("widths", ["16", "64"], "Widths without XLA.")
XLA_WIDTHS = flags.DEFINE_list("xla_widths", ["16"], "Widths with XLA.")
ONE = flags.DEFINE_string("one", None, "Used by the script itself: one configuration.")


def one(spec):
    """Seconds of each part, in this process."""
    from contenders import ours
    from contenders.material import random_batch

    seconds, last = {}, STARTED

    def mark(part):
        nonlocal last
        seconds[part], last = time.perf_counter() - last, time.perf_counter()

    ours.prepare(spec)
    mark("imports")
    import tensorflow as tf

    model = ours.compiled_model(spec)
    batch = random_batch(spec["batch_size"], spec["sizes"][-1])
    batch = {key: tf.constant(value) for key, value in batch.items()}
    mark("building")
    # With XLA the model compiles the heavy parts of the step itself.
    step = tf.function(model.train_step, autograph=False).get_concrete_function(batch)
    mark("tracing")
    for part in lines.COMPILE_TIME_PARTS[3:]:
        logs = step(batch)
        tf.nest.map_structure(lambda value: value.numpy(), logs)
        mark(part)
    print(json.dumps(seconds))


def measured(spec, cache=None):
    """The seconds of a fresh process; a line that says why if it failed."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if cache is not None:
        directory = f"--tf_xla_persistent_cache_directory={cache}"
        environment["TF_XLA_FLAGS"] = f"{environment.get('TF_XLA_FLAGS', '')} {directory}".strip()
    command = [sys.executable, __file__, f"--one={json.dumps(spec)}"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        return {"failure": done.stderr.strip().splitlines()[-1][:200]}
    return {"seconds": json.loads(done.stdout.splitlines()[-1])}


def main(argv):
    del argv
    if ONE.value:
        return one(json.loads(ONE.value))
    print(describe())
    out = ResultsFile(options.RESULTS.value, "compile_time")
    sizes = [int(size) for size in options.value(SIZES, ["16"])]
    print("\n" + lines.head(lines.COMPILE_TIME_HEAD))
    plans = [
        {"sizes": sizes[: k + 1], "width": int(width), "jit_compile": jit}
        for jit, widths in ((False, WIDTHS), (True, XLA_WIDTHS))
        for width in options.value(widths, ["4"])
        for k in range(len(sizes))
    ]
    for plan in plans:
        spec = {**plan, "batch_size": 2, "device": options.DEVICE.value}
        line = {**spec, "cache_files": None, **measured(spec)}
        out.add(line)
        print(lines.row(lines.compile_time(line)), flush=True)
    if plans[-1]["jit_compile"]:
        # The smallest with XLA: what matters is whether anything is kept.
        spec = next(plan for plan in plans if plan["jit_compile"])
        spec = {**spec, "batch_size": 2, "device": options.DEVICE.value}
        with tempfile.TemporaryDirectory() as cache:
            measured(spec, cache)
            files = sum(path.is_file() for path in pathlib.Path(cache).rglob("*"))
            line = {**spec, "cache_files": files, **measured(spec, cache)}
        out.add(line)
        print(lines.row(lines.compile_time(line)), flush=True)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
