"""Training StackGAN-v2 with text, side by side with plain PyTorch models of the same function.

    python benchmarks/train_step.py
    python benchmarks/train_step.py --widths 16 --batch_sizes 8 --rounds 3 --contenders 1,4
    python benchmarks/train_step.py --device gpu --batch_sizes 8,16,32,64 --dtypes bfloat16

Three stages (64, 128, 256), batch norm, the papers' losses with `mismatched="text"`, Adam, moving
average; embeddings of 1,024 numbers; 8-bit pictures in. Each contender is a process of its own;
they run by turns, one at a time, warm, and the figure is the median round. The PyTorch model
(benchmarks/pytorch_peer) shares the trunk's features between matched and mismatched pairs, makes no
gradients of discriminators' weights in the generator's step, and has fused Adam, flushed denormals
and all cores: a test holds it equal to ours. If the folder of results (`--results`, else
benchmarks/results) has those of `allocators.py` of this machine, each contender has the allocator
and the threads that it was fastest with. On the CPU fewer forms run by default the wider they are,
and from a width of 64 on batches are of 4, for memory's sake; on a GPU all run. Of this machine's
results those of races that do not run stay.

`--recipe` adds a race of our own forms of a named recipe's model in its last phase, which has no
peer: the recipe's widths and batch, its stages that are frozen there stay so; its guide is left
out. `--widths`, `--sizes` and `--contenders` of PyTorch are no matter of it.
"""

import json
import pathlib
import subprocess
import sys

import device_option
import named_model
import options
import result_places
from absl import app, flags
from best_settings import applied
from child_process import last_words
from contenders.training_forms import ALL, PRECISIONS
from machine import describe
from race import race, table
from reporting.races import of_others, title
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32", "64"], "Widths of both networks.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
BATCH_SIZES = flags.DEFINE_list(
    "batch_sizes", None, "Pictures a step; by default 8, wide 4 on the CPU, of a recipe its own."
)
DTYPES = flags.DEFINE_list("dtypes", list(PRECISIONS), "Precisions that take part.")
RECIPE = flags.DEFINE_string("recipe", "stackgan_v2_painted_birds_256", "A recipe, or empty.")
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 1.5, "About how long a turn takes; at least one step.")
TIMEOUT = flags.DEFINE_float("timeout", 900.0, "Seconds that a start or a turn may take.")
OPERATIONS = flags.DEFINE_bool("operations", True, "Whether our step's operations are counted.")
# Which forms run on the CPU by default from a width on; of the widest few fit into memory.
_WITHOUT_XLA = tuple(name for name in ALL if "XLA" not in name)
FORMS = {
    0: tuple(ALL)[:-1],
    32: _WITHOUT_XLA,
    64: ("ours", "ours, bfloat16", "torch", "torch, compiled", "torch, compiled, bfloat16"),
}
WIDE = max(FORMS)
CONTENDERS = flags.DEFINE_list(
    "contenders", None, "Numbers from 1 of those that take part; by default all on a GPU, on the "
    "CPU at width 16 all but 9, at 32 without 2 and 9, at 64 those of 1, 3, 4, 6 and 8: "
    + "; ".join(ALL)
)  # fmt: skip
SHAPE = ("width", "sizes", "batch_size")
REFERENCES = ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours")
QUICKLY = ["1", "3", "5"]


def chosen(width, device):
    """Contenders of a race by their names.

    Args:
        width: int.
        device: str.

    Raises:
        UsageError: flags name what is not there, or leave nobody.
    """
    unknown = set(DTYPES.value) - set(PRECISIONS)
    if unknown or not DTYPES.value:
        raise app.UsageError(
            f"--dtypes takes {', '.join(PRECISIONS)}. Received: "
            f"{', '.join(sorted(unknown)) or 'none'}."
        )
    names = options.numbered(CONTENDERS, QUICKLY, list(ALL))
    if names is None:
        names = list(ALL)
        if device == "cpu":
            names = FORMS[max(least for least in FORMS if least <= width)]
    precisions = {PRECISIONS[each] for each in DTYPES.value}
    found = {name: ALL[name] for name in names if ALL[name].get("dtype", "float32") in precisions}
    if not found:
        raise app.UsageError(
            "--contenders and --dtypes must leave somebody who races. Received: "
            f"{'; '.join(names)} in {', '.join(DTYPES.value)} alone."
        )
    return found


def operations(width, sizes, batch_size):
    """GFLOP a picture of our step, counted in the graph by a process of its own."""
    program = pathlib.Path(__file__).with_name("operations.py")
    spec = json.dumps({"sizes": sizes, "width": width, "batch_size": batch_size})
    done = subprocess.run([sys.executable, program, spec], capture_output=True, text=True)
    if done.returncode:
        print(f"operations: {last_words(done.returncode, done.stderr)}")
        return None
    return float(done.stdout.splitlines()[-1])


def run(specs, common, gigaflop, out):
    """One race: its table is printed, its lines are kept."""
    folder = options.RESULTS.value or result_places.folder(common["device"])
    specs = applied(specs, folder, common["device"], common["width"])
    specs = {name: {**spec, **common} for name, spec in specs.items()}
    rounds = options.value(ROUNDS, 2)
    seconds, count = options.value(SECONDS, 0.1), common["batch_size"]
    results = race(specs, rounds, seconds, count, TIMEOUT.value)
    print(f"\n{title(common)} a step")
    if gigaflop is not None:
        print(f"our step: {gigaflop:.1f} GFLOP a picture")
    print(table(results, [name for name in REFERENCES if name in specs]), flush=True)
    out.add(*[{**common, "gflop_a_picture": gigaflop, **r} for r in results])


def of_recipe(device):
    """The races of our forms of the recipe's model."""
    told = named_model.told("recipe", RECIPE.value)
    # Four when quick: recipes pair a picture with two other rows' texts.
    batch_sizes = options.counts(BATCH_SIZES, ["4"]) or [told["batch_size"]]
    common = {"kind": "training", "recipe": RECIPE.value, "device": device, **told}
    if options.QUICK.value:
        # Of the same stages: some of them are frozen.
        toy = {"sizes": [16 * size // told["sizes"][0] for size in told["sizes"]], "width": 4}
        common |= {"toy": toy, **toy}
    forms = chosen(told["width"], device)
    ours = {name: spec for name, spec in forms.items() if spec["framework"] == "ours"}
    if not ours:
        print(f"\n{RECIPE.value}: left out, none of our forms takes part")
        return []
    return [(ours, {**common, "batch_size": batch_size}) for batch_size in batch_sizes]


def races(device):
    """Who takes part in each race, and what is common to them."""
    sizes, widths = options.counts(SIZES, ["64"]), options.counts(WIDTHS, ["4"])
    batch_sizes, found = options.counts(BATCH_SIZES, ["2"]), []
    for width in widths:
        forms = chosen(width, device)
        default = [4 if width >= WIDE and device == "cpu" else 8]
        for batch_size in batch_sizes or default:
            common = {"kind": "training", "sizes": sizes, "width": width, "batch_size": batch_size}
            found.append((forms, {**common, "device": device}))
    return found + (of_recipe(device) if RECIPE.value else [])


def main(argv):
    del argv
    # What flags say that is not so is said before anything runs.
    found = races(device_option.chosen())
    print(describe("torch"))
    kept = of_others({title(common) for _, common in found})
    out = ResultsFile(options.RESULTS.value, "train_step", kept)
    for specs, common in found:
        counted = OPERATIONS.value and "recipe" not in common
        gigaflop = operations(*(common[k] for k in SHAPE)) if counted else None
        run(specs, common, gigaflop, out)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
