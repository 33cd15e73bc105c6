"""Which allocator and how many threads each contender of training is fastest with."""

import results_file
from contenders.training_forms import KIN


def best_settings(folder):
    """What `allocators.py` found: a dict from contender to its `allocator` and `threads`.

    Args:
        folder: path of the results, or `None`. Without a result there, nothing is set.
    """
    best = {}
    for line in results_file.read_lines(folder, "allocators"):
        if "failure" in line:
            continue
        if line["pictures_per_second"] > best.get(line["contender"], line)["pictures_per_second"]:
            best[line["contender"]] = line
        best.setdefault(line["contender"], line)
    return {
        name: {"allocator": line["allocator"], "threads": line["threads"]}
        for name, line in best.items()
    }


def applied(specs, folder):
    """The contenders with the settings found for them, or for their kin."""
    best = best_settings(folder)
    return {
        name: {**best.get(name, best.get(KIN.get(name), {})), **spec}
        for name, spec in specs.items()
    }
