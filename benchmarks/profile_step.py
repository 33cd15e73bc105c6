"""Where the time of our training step goes, by kind of operation and by part, and of drawing.

    python benchmarks/profile_step.py
    python benchmarks/profile_step.py --widths 16 --dtypes float32 --top 20
    python benchmarks/profile_step.py --widths 16 --dtypes float32 --drawing 8 --steps 20

StackGAN-v2 with text, as in `train_step.py` and with the same settings, without reading data: each
width and precision in a process of its own. TensorFlow's profiler times the operations of some warm
steps; their shares are put to the median of steps without it, since the profiler costs time and
operations run side by side. GFLOP/s: two for a multiplication and an addition of convolutions and
products, over the time of those operations. Drawing is `model.generate`, in float32. Of the CPU
alone: on a GPU the profiler tells other things.
"""

import json
import os
import pathlib
import subprocess
import sys

import allocator_settings
import options
import result_places
from absl import app, flags
from best_settings import applied
from child_process import last_words
from contenders.training_forms import ALL, PRECISIONS
from machine import describe
from reporting import lines
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32"], "Widths of both networks.")
DTYPES = flags.DEFINE_list("dtypes", list(PRECISIONS), "Precisions.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 8, "Pictures a step.", lower_bound=2)
STEPS = flags.DEFINE_integer("steps", 5, "Steps timed, and steps profiled.", lower_bound=1)
DRAWING = flags.DEFINE_list("drawing", ["1", "8", "64"], "Pictures of the calls that draw.")
TOP = flags.DEFINE_integer("top", 0, "How many single operations are listed.", lower_bound=0)
FORMS = {"float32": "ours", "bfloat16": "ours, bfloat16"}
PROGRAM = pathlib.Path(__file__).with_name("profiled_step.py")


def profile(spec):
    """The line of one model, from a process that starts with its allocator."""
    memory = allocator_settings.environment(spec.get("allocator", "glibc"))
    done = subprocess.run(
        [sys.executable, str(PROGRAM), json.dumps(spec)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **memory},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {**spec, "failure": last_words(done.returncode, done.stderr)}
    return {**spec, **json.loads(done.stdout.splitlines()[-1])}


def specs_of(width, sizes, folder):
    """What runs of a width: the step in each precision, then the calls that draw."""
    common = {"sizes": sizes, "width": width, "batch_size": options.value(BATCH_SIZE, 2)}
    common |= {"steps": options.value(STEPS, 1), "top": TOP.value, "device": "cpu"}
    forms = {FORMS[dtype]: ALL[FORMS[dtype]] for dtype in DTYPES.value}
    steps = applied(forms, folder, "cpu", width)
    (draws,) = applied({"ours": ALL["ours"]}, folder, "cpu", width).values()
    calls = options.counts(DRAWING, ["2"])
    return [
        *({"name": name, **spec, **common} for name, spec in steps.items()),
        *(
            {"name": "ours", **draws, **common, "kind": "generating", "batch_size": pictures}
            for pictures in calls
        ),
    ]


def main(argv):
    del argv
    unknown = set(DTYPES.value) - set(FORMS)
    if unknown:
        raise app.UsageError(
            f"--dtypes takes {', '.join(FORMS)}. Received: {', '.join(sorted(unknown))}."
        )
    sizes, widths = options.counts(SIZES, ["16", "32"]), options.counts(WIDTHS, ["4"])
    print(describe())
    out = ResultsFile(options.RESULTS.value, "profile_step")
    folder = options.RESULTS.value or result_places.folder("cpu")
    for width in widths:
        for spec in specs_of(width, sizes, folder):
            line = profile(spec)
            out.add(line)
            print(f"\n{lines.profile(line)}", flush=True)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
