"""How long it takes to the first training step: imports, building, tracing, first step.

    python benchmarks/compile_time.py
    python benchmarks/compile_time.py --widths 32 --xla_widths 32

StackGAN-v2 of one, two and three stages with batches of 2, with and without XLA, each `--samples`
times in a fresh process: the two forms of a model by turns. A figure is the median of its part.
`cached` are processes with the folder that TensorFlow keeps XLA's results in
(`TF_XLA_FLAGS=--tf_xla_persistent_cache_directory=...`), filled by a first one; the number of files
there says whether TensorFlow keeps any on this device.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

STARTED = time.perf_counter()

import device_option  # noqa: E402
import options  # noqa: E402
from absl import app, flags  # noqa: E402
from child_process import last_words  # noqa: E402
from machine import describe  # noqa: E402
from reporting import lines  # noqa: E402
from results_file import ResultsFile  # noqa: E402

SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
WIDTHS = flags.DEFINE_list("widths", ["16", "64"], "Widths without XLA.")
XLA_WIDTHS = flags.DEFINE_list("xla_widths", ["16"], "Widths with XLA.")
SAMPLES = flags.DEFINE_integer("samples", 3, "Processes of each form.", lower_bound=1)
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
        return {"failure": last_words(done.returncode, done.stderr)}
    return {"seconds": json.loads(done.stdout.splitlines()[-1])}


def sampled(specs, cache=None):
    """A line for each of several descriptions: medians of processes that take turns."""
    found = [[] for _ in specs]
    for _ in range(options.value(SAMPLES, 1)):
        for spec, samples in zip(specs, found, strict=True):
            # Who failed fails again.
            if not any("failure" in sample for sample in samples):
                samples.append(measured(spec, cache))
    return [
        {**spec, "cache_files": None, **summary(samples)}
        for spec, samples in zip(specs, found, strict=True)
    ]


def summary(samples):
    """The median of each part, and how far the sums to the first step lie apart."""
    if "failure" in samples[-1]:
        return samples[-1]
    parts = lines.COMPILE_TIME_PARTS
    seconds = {
        part: statistics.median(sample["seconds"][part] for sample in samples) for part in parts
    }
    sums = [sum(sample["seconds"][part] for part in parts[:4]) for sample in samples]
    spread = {"fastest": min(sums), "slowest": max(sums), "samples": len(sums)}
    return {"seconds": seconds, **spread}


def plans(sizes, device):
    """Groups of descriptions that are compared: of one model, without XLA and with it."""
    widths = options.counts(WIDTHS, ["4"]), options.counts(XLA_WIDTHS, ["4"])
    for width in sorted({*widths[0], *widths[1]}):
        for k in range(len(sizes)):
            common = {"sizes": sizes[: k + 1], "width": width, "batch_size": 2, "device": device}
            yield [
                {**common, "jit_compile": jit}
                for jit, chosen in zip((False, True), widths, strict=True)
                if width in chosen
            ]


def main(argv):
    del argv
    if ONE.value:
        return one(json.loads(ONE.value))
    groups = list(plans(options.counts(SIZES, ["16"]), device_option.chosen()))
    print(describe())
    out = ResultsFile(options.RESULTS.value, "compile_time")
    print("\n" + lines.head(lines.COMPILE_TIME_HEAD))

    def keep(found):
        out.add(*found)
        for line in found:
            print(lines.row(lines.compile_time(line)), flush=True)

    for group in groups:
        keep(sampled(group))
    with_xla = [spec for group in groups for spec in group if spec["jit_compile"]]
    if with_xla:
        # The smallest with XLA: what matters is whether anything is kept.
        with tempfile.TemporaryDirectory() as cache:
            measured(with_xla[0], cache)
            files = sum(path.is_file() for path in pathlib.Path(cache).rglob("*"))
            (line,) = sampled(with_xla[:1], cache)
        keep([{**line, "cache_files": files}])


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
