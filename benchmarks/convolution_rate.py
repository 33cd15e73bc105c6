"""How fast the machine convolves: the most that a training step of convolutions can reach.

    python benchmarks/convolution_rate.py

Convolutions alone, of the shapes that generator and discriminators have at a width, in float32 and
bfloat16: forward, the gradient of the input and that of the kernel, by TensorFlow (oneDNN on the
CPU) and by PyTorch, each framework in a process of its own. `report.py` compares our training step
with the rate of a width: the operations of all its shapes and passes over the seconds that the
faster framework takes for each.
"""

import json
import subprocess
import sys

import options
from absl import app, flags
from convolution_passes import PASSES, SHAPES
from machine import describe
from reporting.lines import convolution_rates
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32", "64"], "Widths of the networks.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 8, "Pictures a call.")
SECONDS = flags.DEFINE_float("seconds", 0.05, "How long each is called, five times.")


def measured(framework, width):
    """One line a shape, pass and precision; none, and why, if the framework fails."""
    spec = {
        "framework": framework,
        "width": width,
        "batch_size": options.value(BATCH_SIZE, 2),
        "seconds": options.value(SECONDS, 0.005),
        "device": options.DEVICE.value,
    }
    program = __file__.replace("convolution_rate", "convolution_passes")
    command = [sys.executable, program, json.dumps(spec)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"{framework}: left out: {done.stderr.strip().splitlines()[-1][:200]}")
        return []
    return json.loads(done.stdout.splitlines()[-1])


def main(argv):
    del argv
    print(describe("torch"))
    out = ResultsFile(options.RESULTS.value, "convolution_rate")
    lines = []
    print("GFLOP/s: " + ", ".join(PASSES))
    for width in map(int, options.value(WIDTHS, ["4"])):
        found = measured("tensorflow", width) + measured("torch", width)
        out.add(*found)
        lines += found
        for dtype in ("float32", "bfloat16"):
            print(f"\nwidth {width}, {dtype}\n\n| | TensorFlow | PyTorch |\n|---|---|---|")
            for shape in SHAPES:
                cells = [
                    ", ".join(
                        f"{line['gigaflop'] / line['seconds']:.0f}"
                        for line in found
                        if (line["framework"], line["dtype"], line["shape"])
                        == (framework, dtype, shape)
                    )
                    for framework in ("tensorflow", "torch")
                ]
                print(f"| {shape} | {cells[0]} | {cells[1]} |", flush=True)
    for (width, dtype), rate in convolution_rates(lines).items():
        print(f"width {width}, {dtype}: {rate:.0f} GFLOP/s over all shapes and passes")


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
