"""Parts of benchmarks that are races."""

from race import table

from reporting.page import heading

REFERENCES = {
    "train_step": ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours"),
    "generate": ("torch", "torch, folded", "torch, compiled"),
    "allocators": ("glibc, all",),
}
WHAT = {"train_step": "a step", "generate": "a call", "allocators": "a step"}
TITLES = {
    "train_step": "Training",
    "generate": "Drawing",
    "allocators": "Allocators and threads in training",
}


def groups(lines):
    """Lines of one race together by its title, in the order in which they were run."""
    found = {}
    for line in lines:
        found.setdefault(title(line), []).append(line)
    return found


def title(line):
    """What one race was about."""
    parts = [line[key] for key in ("contender", "recipe", "preset") if key in line]
    parts += [f"width {line['width']}", f"{'/'.join(map(str, line['sizes']))} px"]
    count = line["batch_size"]
    return ", ".join([*parts, f"{count:,} picture{'' if count == 1 else 's'}"])


def part(name, lines):
    """One benchmark's Markdown: a table a race."""
    blocks = [heading(TITLES[name], lines)]
    for text, results in groups(lines).items():
        text = f"{text} {WHAT[name]}"
        if results[0].get("gflop_a_picture"):
            text += f"; ours does {results[0]['gflop_a_picture']:.1f} GFLOP a picture"
        present = {r["name"] for r in results if "failure" not in r}
        references = [reference for reference in REFERENCES[name] if reference in present]
        blocks += [f"**{text}**", table(results, references)]
    return "\n\n".join(blocks)
