"""Which allocator and how many threads each contender of training is fastest with."""

import allocator_settings
import machine
import results_file
from contenders.training_forms import KIN


def best_settings(folder, device, width):
    """What `allocators.py` found on this machine: from contender to its `allocator` and `threads`.

    Args:
        folder: path of the results. Without a result there nothing is set.
        device: str. Nothing was tried for another one than `"cpu"`.
        width: int. Of the tried widths the nearest one counts.

    Returns:
        A dict. What is left out for a reason is printed.
    """
    lines = [
        line
        for line in results_file.read_lines(folder, "allocators")
        if "failure" not in line and device == "cpu"
    ]
    here = machine.identity()
    found = [line for line in lines if {key: line.get(key) for key in here} == here]
    if lines and not found:
        print("allocators: tried on another machine only, so all run with what they start with")
    best = {}
    for line in found:
        name = line["contender"]
        if name not in best or _rank(line, width) > _rank(best[name], width):
            best[name] = line
    settings = {}
    for name, line in best.items():
        missing = allocator_settings.lacking(line["allocator"])
        if missing:
            print(f"{name}: {missing} is not installed any more, so it runs without")
        else:
            settings[name] = {"allocator": line["allocator"], "threads": line["threads"]}
    return settings


def _rank(line, width):
    """The nearer width first, then the faster form."""
    return -abs(line["width"] - width), line["pictures_per_second"]


def applied(specs, folder, device, width):
    """The contenders with the settings found for them, or for their kin; see `best_settings`."""
    best = best_settings(folder, device, width)
    return {
        name: {**best.get(name, best.get(KIN.get(name), {})), **spec}
        for name, spec in specs.items()
    }
