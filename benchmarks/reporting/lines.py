"""Heads and rows of the tables that a benchmark prints and that the page shows."""

COMPILE_TIME_PARTS = ("imports", "building", "tracing", "first step", "second step")
COMPILE_TIME_HEAD = ("stages", "width", "form", *(f"{part}, s" for part in COMPILE_TIME_PARTS))
COMPILE_TIME_HEAD = (*COMPILE_TIME_HEAD, "to the first step, s")
SCALING_HEAD = ("pictures", "steps", "pictures/s", "first tenth", "last tenth")
SCALING_HEAD = (*SCALING_HEAD, "MB at first", "MB at last")
INPUT_PIPELINE_HEAD = ("files", "pixels", "threads", "pictures/s", "first, s", "memory, MB")


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
        return [*cells, f"failed: {line['failure']}", *[""] * len(COMPILE_TIME_PARTS)]
    cells += [f"{line['seconds'][part]:.1f}" for part in COMPILE_TIME_PARTS]
    return [*cells, f"{sum(line['seconds'][part] for part in COMPILE_TIME_PARTS[:4]):.1f}"]


def scaling(line):
    """Cells of one line of `scaling.py`."""
    rates = [f"{rate:.0f}" for rate in (line["rate"], *line["rates"])]
    memory = ["-" if value is None else f"{value:.0f}" for value in line["memory_mb"]]
    return [f"{line['files']:,}", f"{line['steps']:,}", *rates, *memory]


def input_pipeline(line):
    """Cells of one line of `input_pipeline.py`."""
    measured = [f"{line['rate']:,.0f}", f"{line['first']:.1f}", f"{line['memory']:.0f}"]
    return [f"{line['files']:,}", line["size"], line["threads"], *measured]


def evaluation(line):
    """What was evaluated how fast, and a table of the parts."""
    count, total, spent = line["pictures"], line["total"], line["spent"]
    features = spent["resizing"] + spent["network"]
    said = (
        f"{count} pictures of {line['size']} pixels, {line['batch_size']} at a time, brought to "
        f"299 by {line['resize']}: {total:.1f} s, {count / total:.1f} pictures/s; features alone "
        f"{count / features:.1f} pictures/s."
    )
    values = [(name, f"{each:.2f}", f"{each / total:.1%}") for name, each in spent.items()]
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
