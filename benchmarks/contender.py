"""One contender of a race, in a process of its own that runs when it is told to.

Started by `race.py` with a JSON description as its only argument. Prints one line of JSON when it
is warm, then one for each line `run N` that it reads: the seconds that N rounds took. Two
frameworks in one process would fight for threads and memory; here all but one stand still.
Memory is the process's largest so far, less what it was when the framework was loaded and the
model was not made yet; on a GPU, what lies there.
"""

import ctypes
import importlib
import json
import signal
import sys
import time

import allocator_settings
import process_memory

STARTED = time.perf_counter()
MODULES = {"ours": "contenders.ours", "torch": "contenders.pytorch"}
WARM_UP_SECONDS = 5.0


def end_with_parent():
    """On Linux, a race that is killed leaves no contender behind, standing still or not."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def timed(run, count):
    """Seconds that a call takes."""
    began = time.perf_counter()
    run(count)
    return time.perf_counter() - began


def main():
    end_with_parent()
    spec = json.loads(sys.argv[1])
    allocator_settings.check(spec.get("allocator", "glibc"))
    module = importlib.import_module(MODULES[spec["framework"]])
    module.prepare(spec)
    before = process_memory.own("VmHWM")
    run = getattr(module, spec["kind"])(spec)
    built = time.perf_counter() - STARTED
    first = timed(run, 1)
    step = timed(run, 1)
    # What takes long is warm sooner.
    if step < WARM_UP_SECONDS:
        step = timed(run, 1)
    resident = process_memory.own("VmRSS")
    start = {"built": built, "first": first, "step": step, "resident_mb": resident}
    start["device_mb"] = module.device_held_mb()
    print(json.dumps(start), flush=True)
    for line in sys.stdin:
        seconds = timed(run, int(line.split()[1]))
        peak = module.device_peak_mb()
        if peak is None and before is not None:
            peak = process_memory.own("VmHWM") - before
        print(json.dumps({"seconds": seconds, "peak_mb": peak}), flush=True)


if __name__ == "__main__":
    main()
