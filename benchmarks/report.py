"""Turns what the benchmarks wrote into tables and a plot: benchmarks/RESULTS.md.

    python benchmarks/report.py
    python benchmarks/report.py --results benchmarks/results_gpu --page benchmarks/RESULTS_GPU.md

Reads the JSON lines in `--results`. What stands between `<!-- NAME -->` and `<!-- end of NAME -->`
is written anew; the rest of the page is kept. A benchmark without lines keeps what it has.
"""

import os
import pathlib

import result_places
from absl import app, flags
from reporting import races, tables
from reporting.page import with_part
from reporting.plot import plot
from results_file import read_lines

RESULTS = flags.DEFINE_string(
    "results", str(result_places.folder("cpu")), "Folder of JSON lines, one file a program."
)
PAGE = flags.DEFINE_string("page", str(result_places.page("cpu")), "Page to write.")
INTRODUCTION = """# Measured

Written by benchmarks/run_all.py. Figures are medians of rounds in which all contenders run by turns
on one machine, with the slowest and the fastest round beside them. `x NAME` is the ratio to that
row; the PyTorch model computes the same function (benchmarks/pytorch_peer). The plot: {plot}.
"""
# In the order of the page; those of races come from `races`.
ORDER = ("train_step", "generate", "convolution_rate", "compile_time", "input_pipeline", "scaling")
ORDER = (*ORDER, "memory", "export_latency", "precision", "evaluation", "profile_step")
ORDER = (*ORDER, "allocators")


def main(argv):
    del argv
    folder, page_path = RESULTS.value, pathlib.Path(PAGE.value)
    plot_path = page_path.with_suffix(".png")
    page = INTRODUCTION.replace("{plot}", plot_path.name)
    if page_path.exists():
        page = page_path.read_text(encoding="utf-8")
    everything = {name: read_lines(folder, name) for name in ORDER}
    for name, lines in everything.items():
        if not lines:
            print(
                f"'{name}.jsonl' is not in {folder}: run benchmarks/{name}.py --results={folder}."
            )
        elif name in tables.PARTS:
            page = with_part(page, name, tables.PARTS[name](lines, everything))
        else:
            page = with_part(page, name, races.part(name, lines))
    drawn = [
        (f"{races.TITLES[name]}, {title}", results)
        for name in ("train_step", "generate")
        for title, results in races.groups(everything[name]).items()
    ]
    if drawn:
        plot(drawn, plot_path)
    scratch = page_path.with_name(f".{page_path.name}.tmp")
    scratch.write_text(page, encoding="utf-8")
    os.replace(scratch, page_path)
    print(f"Written: {page_path}")


if __name__ == "__main__":
    app.run(main)
