"""Turns what the benchmarks wrote into tables and a plot: benchmarks/RESULTS.md.

    python benchmarks/report.py

Reads benchmarks/results/*.jsonl. What stands between `<!-- NAME -->` and `<!-- end of NAME -->` is
written anew; the rest of the page is kept.
"""

import json
import os
import pathlib
import re

from absl import app, flags
from PIL import Image, ImageDraw
from race import table

HERE = pathlib.Path(__file__).parent
RESULTS = flags.DEFINE_string("results", str(HERE / "results"), "Folder of JSON lines.")
PAGE = flags.DEFINE_string("page", str(HERE / "RESULTS.md"), "Page to write.")
KINDS = {"train_step": "a step", "generate": "a call"}
REFERENCES = {
    "train_step": ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours"),
    "generate": ("torch", "torch, folded", "torch, compiled"),
}
COLORS = {"ours": (24, 100, 171), "torch": (205, 120, 40)}


def groups(lines):
    """Lines of one race together, in the order in which they were run."""
    found = {}
    for line in lines:
        key = (tuple(line["sizes"]), line["width"], line["batch_size"])
        found.setdefault(key, []).append(line)
    return found


def section(name, lines):
    """One benchmark's Markdown."""
    first = lines[0]
    parts = [f"`{first['command']}`, {first['date']}: {first['machine']}, {first['cores']} cores."]
    for (sizes, width, batch_size), results in groups(lines).items():
        title = f"Width {width}, {'/'.join(map(str, sizes))} px, {batch_size} pictures"
        title += f" {KINDS[name]}"
        if results[0].get("gflop_a_picture"):
            title += f"; ours does {results[0]['gflop_a_picture']:.1f} GFLOP a picture"
        present = {r["name"] for r in results if "failure" not in r}
        references = [reference for reference in REFERENCES[name] if reference in present]
        parts += [f"**{title}**", table(results, references)]
    return "\n\n".join(parts)


def replaced(page, name, text):
    """The page with a section's text between its two marks, which are added if absent."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        return re.sub(
            f"{re.escape(begin)}.*?{re.escape(end)}", lambda match: block, page, flags=re.S
        )
    return f"{page.rstrip()}\n\n{block}\n"


def plot(races, path):
    """Bars of pictures a second, one block a race."""
    rows = sum(len(results) + 2 for _, results in races)
    picture = Image.new("RGB", (900, 22 * rows + 10), "white")
    draw = ImageDraw.Draw(picture)
    top = 8
    for title, results in races:
        draw.text((10, top), f"{title}: pictures a second", "black")
        top += 22
        largest = max(r.get("pictures_per_second", 0.0) for r in results) or 1.0
        for result in results:
            rate = result.get("pictures_per_second", 0.0)
            draw.text((20, top), result["name"], "black")
            color = COLORS[result["name"].split(",")[0]]
            draw.rectangle((230, top + 1, 230 + 560 * rate / largest, top + 14), fill=color)
            text = f"{rate:.1f}" if rate else "failed"
            draw.text((236 + 560 * rate / largest, top), text, "black")
            top += 22
        top += 22
    scratch = path.with_name(f".{path.name}.tmp")
    picture.save(scratch, "PNG", optimize=True)
    os.replace(scratch, path)


def main(argv):
    del argv
    page_path = pathlib.Path(PAGE.value)
    page = page_path.read_text(encoding="utf-8") if page_path.exists() else "# Measured\n"
    races = []
    for name in KINDS:
        path = pathlib.Path(RESULTS.value) / f"{name}.jsonl"
        if not path.is_file():
            print(f"'{path}' is not there: run benchmarks/{name}.py --out {path}.")
            continue
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        page = replaced(page, name, section(name, lines))
        races += [
            (f"{name}, width {width}, {count} pictures {KINDS[name]}", results)
            for (_, width, count), results in groups(lines).items()
        ]
    if races:
        plot(races, page_path.with_suffix(".png"))
    scratch = page_path.with_name(f".{page_path.name}.tmp")
    scratch.write_text(page, encoding="utf-8")
    os.replace(scratch, page_path)
    print(f"Written: {page_path}")


if __name__ == "__main__":
    app.run(main)
