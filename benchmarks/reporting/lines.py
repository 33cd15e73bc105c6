"""Heads and rows of the tables that a benchmark prints and that the page shows."""

COMPILE_TIME_PARTS = ("imports", "building", "tracing", "first step", "second step")
COMPILE_TIME_HEAD = ("stages", "width", "form", *(f"{p}, s" for p in COMPILE_TIME_PARTS[:4]))
COMPILE_TIME_HEAD = (*COMPILE_TIME_HEAD, "second step, ms", "to the first step, s", "of processes")
SCALING_HEAD = ("pictures", "steps", "pictures/s", "first tenth", "last tenth")
SCALING_HEAD = (*SCALING_HEAD, "MB at first", "MB at last")
INPUT_PIPELINE_HEAD = ("files", "pixels", "threads", "pictures/s")
INPUT_PIPELINE_HEAD = (*INPUT_PIPELINE_HEAD, "slowest to fastest round", "first, s", "memory, MB")
PROFILE_HEAD = ("ms", "share", "GFLOP", "GFLOP/s")


def head(names):
    """The first two lines of a Markdown table."""
    return "| " + " | ".join(names) + " |\n|" + "---|" * len(names)


def row(cells):
    """One more line of it."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table(names, values):
    """All of it."""
    return "\n".join([head(names), *map(row, values)])


def compile_time(line):
    """Cells of one line of `compile_time.py`."""
    form = "XLA" if line["jit_compile"] else "graph"
    if line["cache_files"] is not None:
        form += f", cached ({line['cache_files']} files kept)"
    cells = [len(line["sizes"]), line["width"], form]
    if "failure" in line:
        return [*cells, f"failed: {line['failure']}", *[""] * (len(COMPILE_TIME_PARTS) + 1)]
    seconds = line["seconds"]
    cells += [f"{seconds[part]:.1f}" for part in COMPILE_TIME_PARTS[:4]]
    cells.append(f"{1000 * seconds['second step']:.0f}")
    # Of parts each is a median; where there was one process their sum is its own.
    cells.append(f"{sum(seconds[part] for part in COMPILE_TIME_PARTS[:4]):.1f}")
    spread = f", {line['fastest']:.1f} to {line['slowest']:.1f} s" if "samples" in line else ""
    return [*cells, f"{line.get('samples', 1)}{spread}"]


def scaling(line):
    """Cells of one line of `scaling.py`."""
    rates = [f"{rate:.0f}" for rate in (line["rate"], *line["rates"])]
    memory = ["-" if value is None else f"{value:.0f}" for value in line["memory_mb"]]
    return [f"{line['files']:,}", f"{line['steps']:,}", *rates, *memory]


def input_pipeline(line):
    """Cells of one line of `input_pipeline.py`."""
    spread = f"{line['slowest']:,.0f} to {line['fastest']:,.0f}" if "rounds" in line else "-"
    measured = [f"{line['rate']:,.0f}", spread, f"{line['first']:.1f}", f"{line['memory']:.0f}"]
    return [f"{line['files']:,}", line["size"], line["threads"], *measured]


def profile(line):
    """What a step or a call was, and tables of its operations by kind, by part and singly."""
    what, unit = ("drawing, ", "call") if line.get("kind") == "generating" else ("", "step")
    said = f"{what}width {line['width']}, {'/'.join(map(str, line['sizes']))} px, "
    said += f"batches of {line['batch_size']}, {line['name']}, "
    said += f"{line.get('allocator', 'glibc')}, threads: {line.get('threads') or 'all'}"
    if "failure" in line:
        return f"{said}: failed: {line['failure']}"
    blocks = [f"{said}: {line['milliseconds']:.0f} ms a {unit}, {line['operations']} operations"]
    for title, key in (("kind", "kinds"), ("part", "parts"), ("operation", "single")):
        values = [_profiled(group, line["milliseconds"]) for group in line[key]]
        blocks += [table((title, *PROFILE_HEAD), values)] if values else []
    return "\n\n".join(blocks)


def _profiled(group, whole):
    rate = ("", "")
    if group["gigaflop"]:
        rate = f"{group['gigaflop']:.2f}", f"{1e3 * group['gigaflop'] / group['computing']:.0f}"
    return (group["name"], f"{group['ms']:.1f}", f"{group['ms'] / whole:.1%}", *rate)


def evaluation(line):
    """What was evaluated how fast, and a table of the parts."""
    count, total, spent = line["pictures"], line["total"], line["spent"]
    features = spent["resizing"] + spent["network"]
    said = (
        f"{count} pictures of {line['size']} pixels, {line['batch_size']} at a time, brought to "
        f"299 by {line['resize']}: {total:.1f} s, {count / total:.1f} pictures/s; features alone "
        f"{count / features:.1f} pictures/s."
    )
    values = [
        (name, f"{each:.2f}", f"{each / total:.1%}")
        for name, each in spent.items()
        # Lines of before: what had that name was appending rows, not summing them.
        if name != "covariances"
    ]
    return f"{said}\n\n{table(('part', 'seconds', 'share'), values)}"


def convolution_rates(lines):
    """GFLOP/s by width and precision: all operations over the seconds of the faster framework."""
    best = {}
    for line in lines:
        group = best.setdefault((line["width"], line["dtype"]), {})
        key = line["shape"], line["pass"]
        group[key] = min(group.get(key, line), line, key=lambda each: each["seconds"])
    return {
        key: sum(line["gigaflop"] for line in group.values())
        / sum(line["seconds"] for line in group.values())
        for key, group in best.items()
    }
