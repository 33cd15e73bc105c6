"""Training StackGAN-v2 with text, side by side with plain PyTorch models of the same function.

    python benchmarks/train_step.py
    python benchmarks/train_step.py --widths 16 --batch_sizes 8 --rounds 3 --contenders 1,4
    python benchmarks/train_step.py --device gpu --batch_sizes 8,16,32,64 --dtypes bfloat16

Three stages (64, 128, 256), batch norm, the papers' losses with `mismatched="text"`, Adam, moving
average; embeddings of 1,024 numbers; 8-bit pictures in. Each contender is a process of its own;
they run by turns, one at a time, warm, and the figure is the median round. The PyTorch model
(benchmarks/pytorch_peer) shares the trunk's features between matched and mismatched pairs, makes no
gradients of discriminators' weights in the generator's step, and has fused Adam, flushed denormals
and all cores: a test holds it equal to ours. If the folder of results has those of `allocators.py`,
each contender has the allocator and the threads that it was fastest with. The wider, the
fewer forms run by default; from a width of 64 on batches are of 4, for memory's sake.

`--recipe` adds a race of our own forms in a named recipe's last phase, which has no peer; its guide
is left out.
"""

import json
import pathlib
import subprocess
import sys

import options
from absl import app, flags
from best_settings import applied
from contenders.training_forms import ALL
from machine import describe
from race import race, table
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32", "64"], "Widths of both networks.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
BATCH_SIZES = flags.DEFINE_list("batch_sizes", None, "Pictures a step; by default 8, wide 4.")
DTYPES = flags.DEFINE_list("dtypes", ["float32", "bfloat16"], "Precisions that take part.")
RECIPE = flags.DEFINE_string("recipe", "stackgan_v2_painted_birds_256", "A recipe, or empty.")
RECIPE_WIDTH = flags.DEFINE_integer("recipe_width", 32, "Width of both networks of the recipe.")
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 1.5, "About how long a turn takes; at least one step.")
TIMEOUT = flags.DEFINE_float("timeout", 900.0, "Seconds that a start or a turn may take.")
OPERATIONS = flags.DEFINE_bool("operations", True, "Whether our step's operations are counted.")
# Which forms run by default from a width on; of the widest few fit into memory.
FORMS = {
    0: tuple(ALL)[:-1],
    32: tuple(name for name in tuple(ALL)[:-1] if name not in ("ours, XLA", "torch")),
    64: ("ours", "ours, bfloat16", "torch, compiled", "torch, compiled, bfloat16"),
}
WIDE = max(FORMS)
CONTENDERS = flags.DEFINE_list(
    "contenders", None, "Numbers from 1 of those that take part; by default at width 16 all but 9, "
    "at 32 without 2 and 4, at 64 those of 1, 3, 6 and 8: " + "; ".join(ALL)
)  # fmt: skip
REFERENCES = ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours")


def chosen(width):
    """Contenders of a race by their names."""
    names = list(ALL)
    if options.value(CONTENDERS, ["1", "3", "5"]) is not None:
        names = [names[int(number) - 1] for number in options.value(CONTENDERS, ["1", "3", "5"])]
    else:
        names = FORMS[max(least for least in FORMS if least <= width)]
    precisions = {"mixed_bfloat16" if each == "bfloat16" else each for each in DTYPES.value}
    specs = {name: ALL[name] for name in names}
    return {n: s for n, s in specs.items() if s.get("dtype", "float32") in precisions}


def operations(width, sizes):
    """GFLOP a picture of our step, counted in the graph by a process of its own."""
    program = pathlib.Path(__file__).with_name("operations.py")
    spec = json.dumps({"sizes": sizes, "width": width, "batch_size": 2, "device": "cpu"})
    done = subprocess.run([sys.executable, program, spec], capture_output=True, text=True)
    if done.returncode:
        print(f"operations: {done.stderr.strip()[-300:]}")
        return None
    return float(done.stdout.splitlines()[-1])


def run(specs, common, gigaflop, out):
    """One race: its table is printed, its lines are kept."""
    device = {"device": options.DEVICE.value}
    specs = {name: {**spec, **common, **device} for name, spec in specs.items()}
    rounds = options.value(ROUNDS, 2)
    seconds, count = options.value(SECONDS, 0.1), common["batch_size"]
    results = race(specs, rounds, seconds, count, TIMEOUT.value)
    sizes = "/".join(map(str, common["sizes"]))
    title = f"{common['recipe']}, " if "recipe" in common else ""
    print(f"\n{title}width {common['width']}, {sizes} px, batches of {count}")
    if gigaflop is not None:
        print(f"our step: {gigaflop:.1f} GFLOP a picture")
    print(table(results, [name for name in REFERENCES if name in specs]), flush=True)
    out.add(*[{**common, "gflop_a_picture": gigaflop, **r} for r in results])


def main(argv):
    del argv
    print(describe("torch"))
    out = ResultsFile(options.RESULTS.value, "train_step")
    sizes = [int(size) for size in options.value(SIZES, ["64"])]
    for width in map(int, options.value(WIDTHS, ["4"])):
        gigaflop = operations(width, sizes) if OPERATIONS.value else None
        default = ["4" if width >= WIDE else "8"]
        for batch_size in map(int, options.value(BATCH_SIZES, ["2"]) or default):
            common = {"kind": "training", "sizes": sizes, "width": width, "batch_size": batch_size}
            run(applied(chosen(width), options.RESULTS.value), common, gigaflop, out)
    if RECIPE.value:
        width = options.value(RECIPE_WIDTH, 4)
        common = {"kind": "training", "sizes": sizes, "width": width, "recipe": RECIPE.value}
        common["batch_size"] = 4 if options.QUICK.value else 16
        forms = applied(chosen(width), options.RESULTS.value)
        ours = {name: spec for name, spec in forms.items() if spec["framework"] == "ours"}
        run(ours, common, None, out)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
