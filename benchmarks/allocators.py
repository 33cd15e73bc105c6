"""The best allocator and number of threads for each contender of training, ours and PyTorch's.

    python benchmarks/allocators.py
    python benchmarks/allocators.py --tried 1,3 --width 32

A training step makes and drops picture-sized tensors; what an allocator does with them shows. Each
contender of `train_step.py` that is chosen runs as it is with each number of threads, and on all
cores with each allocator of `allocator_settings.py`. All forms of a contender are one race: they
run by turns. Libraries that are not installed are named and left out. `train_step.py`,
`generate.py` and `profile_step.py` take what is found from the same `--results`, else from
benchmarks/results, where it was found on the machine that they run on. Of the CPU alone.
"""

import os

import allocator_settings
import options
from absl import app, flags
from contenders.training_forms import ALL, TUNED
from machine import describe, identity
from race import race, table
from results_file import ResultsFile

TRIED = flags.DEFINE_list(
    "tried", None, "Numbers from 1 of those that take part; by default all: " + "; ".join(TUNED)
)
WIDTH = flags.DEFINE_integer("width", 16, "Width of both networks.", lower_bound=4)


def settings():
    """Threads with glibc's own allocator, then each other allocator that is here on all cores."""
    cores = len(os.sched_getaffinity(0))
    found = [("glibc", count) for count in sorted({1, 2, cores} - {cores})] + [("glibc", None)]
    for name in list(allocator_settings.SETTINGS)[1:]:
        library = allocator_settings.lacking(name)
        if library:
            print(f"{name}: left out, {library} is not installed")
        else:
            found.append((name, None))
    return found


def main(argv):
    del argv
    names = options.numbered(TRIED, ["1", "3"], TUNED) or TUNED
    print(describe("torch"))
    tried, quick = settings(), options.QUICK.value
    here = identity()

    def kept(line):
        # What others were found to be best with here stays.
        is_here = {key: line.get(key) for key in here} == here
        return is_here and line["contender"] not in names

    out = ResultsFile(options.RESULTS.value, "allocators", kept)
    sizes, batch_size = ([64], 2) if quick else ([64, 128, 256], 8)
    common = {"kind": "training", "sizes": sizes, "batch_size": batch_size, "device": "cpu"}
    common["width"] = options.value(WIDTH, 4)
    for name in names:
        specs = {
            f"{allocator}, {threads or 'all'}": {
                **ALL[name], **common, "allocator": allocator, "threads": threads,
            }
            for allocator, threads in (tried[:2] if quick else tried)
        }  # fmt: skip
        results = race(
            specs, 2 if quick else 3, 0.1 if quick else 1.0, batch_size, 900.0, starters=2
        )
        print(f"\n{name}, width {common['width']}, batches of {batch_size}")
        print(table(results, ["glibc, all"], starts=False), flush=True)
        out.add(*[{**common, "contender": name, **result} for result in results])


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
