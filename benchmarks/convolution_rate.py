"""How fast the machine convolves: the most that a training step of convolutions can reach.

    python benchmarks/convolution_rate.py

Convolutions alone, of the shapes that generator and discriminators have at a width, in float32 and
bfloat16: forward, the gradient of the input and that of the kernel, by TensorFlow (oneDNN on the
CPU) and by PyTorch, each framework in a process of its own. The frameworks take turns, `--turns`
of each, and a figure is the median turn; so what the machine does slowly changes hits both alike.
`report.py` compares our training step with the rate of a width: the operations of all its shapes
and passes over the seconds that the faster framework takes for each.
"""

import json
import statistics
import subprocess
import sys

import device_option
import options
from absl import app, flags
from child_process import last_words
from convolution_passes import PASSES, SHAPES
from machine import describe
from reporting.lines import convolution_rates
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32", "64"], "Widths of the networks.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 8, "Pictures a call.", lower_bound=1)
TURNS = flags.DEFINE_integer("turns", 3, "Processes of each framework.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 0.05, "How long each is called, five times.")


def measured(framework, width, device):
    """One line a shape, pass and precision; none, and why, if the framework fails."""
    spec = {
        "framework": framework,
        "width": width,
        "batch_size": options.value(BATCH_SIZE, 2),
        "seconds": options.value(SECONDS, 0.005),
        "device": device,
    }
    program = __file__.replace("convolution_rate", "convolution_passes")
    command = [sys.executable, program, json.dumps(spec)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"{framework}: left out: {last_words(done.returncode, done.stderr)}")
        return []
    return json.loads(done.stdout.splitlines()[-1])


def by_turns(width, device):
    """The lines of both frameworks, each with the median of its turns and their spread."""
    found, left = {}, ["tensorflow", "torch"]
    for turn in range(options.value(TURNS, 1)):
        # Each goes first at times.
        for framework in left[:: -1 if turn % 2 else 1]:
            lines = measured(framework, width, device)
            if not lines:
                left = [name for name in left if name != framework]
            for line in lines:
                key = line["framework"], line["shape"], line["dtype"], line["pass"]
                found.setdefault(key, []).append(line)
    return [median_turn(turns) for _, turns in sorted(found.items(), key=lambda item: item[0][0])]


def median_turn(turns):
    """One line of several that tell the same; with the fastest and the slowest turn."""
    seconds = [line["seconds"] for line in turns]
    spread = {"fastest": min(seconds), "slowest": max(seconds), "turns": len(seconds)}
    return {**turns[0], "seconds": statistics.median(seconds), **spread}


def main(argv):
    del argv
    print(describe("torch"))
    out = ResultsFile(options.RESULTS.value, "convolution_rate")
    lines = []
    print("GFLOP/s: " + ", ".join(PASSES))
    for width in options.counts(WIDTHS, ["4"]):
        found = by_turns(width, device_option.chosen())
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
    flags.adopt_module_key_flags(device_option)
    app.run(main)
