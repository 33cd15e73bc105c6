"""Runs contenders by turns, so that all see the same machine, and compares them."""

import concurrent.futures

import gpu_memory
import process_memory
from contender_process import PROGRAM, ContenderProcess

# The next one may be that much larger than the largest before it.
MARGIN = 1.2
STARTS = ("start_s", "first_s")


def race(specs, rounds, seconds, pictures, timeout=300.0, program=PROGRAM, starters=1):
    """Runs each contender `rounds` times by turns.

    Args:
        specs: dict from name to what `contender.py` takes.
        rounds: int. Turns of each.
        seconds: float. About how long a turn takes: at least one step.
        pictures: int. Pictures a step.
        timeout: float. Seconds that a start or a turn may take; slower contenders drop out.
        program: path. The contender's program.
        starters: int. Contenders that start at the same time; above 1 nothing is said of how long
            they took to start.

    Returns:
        A list of dicts, see `ContenderProcess.result`; of one that failed its name and `failure`.
    """
    contenders, skipped = {}, {}

    def start(name):
        reason = _no_room(contenders.values())
        if reason:
            skipped[name] = reason
        else:
            contenders[name] = ContenderProcess(name, specs[name], timeout, program)

    # The pool lives as long as the race: Linux takes the end of the thread that began a process
    # for its parent's death, with which a contender ends.
    with concurrent.futures.ThreadPoolExecutor(starters) as pool:
        try:
            # The first alone: the others find compiled what it leaves behind.
            names = list(specs)
            list(pool.map(start, names[:1]))
            list(pool.map(start, names[1:]))
            running = [contenders[name] for name in specs if name in contenders]
            for number in range(rounds):
                # Each goes first at times: what the machine does slowly changes hits all alike.
                for k in range(len(running)):
                    running[(k + number) % len(running)].run(seconds)
        finally:
            for contender in contenders.values():
                contender.close()
    results = [
        {"name": name, "failure": skipped[name]}
        if name in skipped
        else contenders[name].result(pictures)
        for name in specs
    ]
    if starters > 1:
        for result in results:
            for key in STARTS:
                result.pop(key, None)
    return results


def _no_room(contenders):
    """Why no further contender is started: those that stand still keep their memory."""
    starts = [contender.start for contender in list(contenders) if contender.start]
    for key, where, left in (
        ("resident_mb", "", process_memory.left),
        ("device_mb", " on the GPU", gpu_memory.left),
    ):
        largest = max((start.get(key) or 0.0 for start in starts), default=0.0)
        room = left() if largest else None
        if room is not None and room < MARGIN * largest:
            return f"{room:.0f} MB are left{where}, the largest contender holds {largest:.0f}"
    return None


def table(results, references, starts=True):
    """Markdown rows with each contender's ratio to the references; a failed one says why.

    Args:
        results: list of dicts, as `race` returns it.
        references: list of str. Names of contenders.
        starts: bool. Whether it is told how long they took to start.
    """
    rates = {r["name"]: r["pictures_per_second"] for r in results if "failure" not in r}
    tuned = any(r.get("allocator", "glibc") != "glibc" or r.get("threads") for r in results)
    head = ["", "pictures/s", "slowest to fastest round", "ms a call", "peak MB"]
    head += ["start + first, s"] if starts else []
    head += ["allocator, threads"] if tuned else []
    head += [f"x {name}" for name in references]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for result in results:
        if "failure" in result:
            lines.append(
                f"| {result['name']} | failed: {result['failure']} |" + " |" * (len(head) - 2)
            )
            continue
        peak = result["peak_mb"]
        cells = [
            result["name"],
            f"{result['pictures_per_second']:.1f}",
            f"{result['slowest']:.1f} to {result['fastest']:.1f}",
            f"{result['milliseconds']:.1f}",
            "-" if peak is None else f"{peak:.0f}",
        ]
        if starts:
            cells.append(f"{result['start_s']:.0f} + {result['first_s']:.0f}")
        if tuned:
            cells.append(f"{result.get('allocator', 'glibc')}, {result.get('threads') or 'all'}")
        for name in references:
            ratio = result["pictures_per_second"] / rates[name] if name in rates else None
            cells.append("-" if ratio is None else f"{ratio:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
