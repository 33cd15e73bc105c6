"""Parts of benchmarks that are races."""

from machine import identity
from race import table

from reporting.page import heading

REFERENCES = {
    "train_step": ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours"),
    "generate": ("torch", "torch, folded", "torch, folded, channels_last", "torch, compiled"),
    "allocators": ("glibc, all",),
}
PEAK = (
    "Peak MB: the process's largest resident memory less what it held when the framework was "
    "loaded and the model was not made; on a GPU what lay there, without what is in main memory."
)
WHAT = {"train_step": "a step", "generate": "a call", "allocators": "a step"}
TITLES = {
    "train_step": "Training",
    "generate": "Drawing",
    "allocators": "Allocators and threads in training",
}


def groups(lines):
    """Lines of one race together by its title: by width and pictures, then named models as run."""

    def place(line):
        named = "recipe" in line or "preset" in line
        return (named, *(() if named else (line["width"], line["batch_size"])))

    found = {}
    for line in sorted(lines, key=place):
        found.setdefault(title(line), []).append(line)
    return found


def title(line):
    """What one race was about."""
    parts = [line[key] for key in ("contender", "recipe", "preset") if key in line]
    parts += ["toy"] if "toy" in line else []
    # What is said of a named model has its widths.
    parts += [line.get("about") or f"width {line['width']}"]
    parts += [f"{'/'.join(map(str, line['sizes']))} px"]
    count = line["batch_size"]
    return ", ".join([*parts, f"{count:,} picture{'' if count == 1 else 's'}"])


def of_others(titles):
    """What a run keeps of `ResultsFile`: this machine's races but those that it runs itself.

    Args:
        titles: container of str, as `title` returns them.

    Returns:
        A function of a line as a dict.
    """
    here = identity()

    def kept(line):
        return {key: line.get(key) for key in here} == here and title(line) not in titles

    return kept


def part(name, lines):
    """One benchmark's Markdown: a table a race."""
    blocks = [heading(TITLES[name], lines), PEAK]
    for text, results in groups(lines).items():
        text = f"{text} {WHAT[name]}"
        if results[0].get("gflop_a_picture"):
            text += f"; ours does {results[0]['gflop_a_picture']:.1f} GFLOP a picture"
        present = {r["name"] for r in results if "failure" not in r}
        references = [reference for reference in REFERENCES[name] if reference in present]
        # Several start at a time there: how long that takes says nothing.
        blocks += [f"**{text}**", table(results, references, starts=name != "allocators")]
    return "\n\n".join(blocks)
