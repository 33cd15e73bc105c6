"""The table, the published figures beside it, and a verdict for every ordering, as Markdown."""

import dataclasses

import numpy as np

from keras_stackgan.training.time_estimate import words
from paper_tables import rows
from paper_tables.learned import NO_PICTURES, accuracy_chance
from paper_tables.notes import notes
from paper_tables.ordering import ORDERINGS
from paper_tables.origin import program
from paper_tables.verdict import (
    DOUBT,
    MISSING,
    NEITHER,
    REPRODUCED,
    REVERSED,
    combined,
    decide,
)

TABLES = {
    "a": "Systems",
    "b": "Parts of StackGAN-v1",
    "c": "Parts of StackGAN-v2",
}
# What a column shows: the metric, and how many digits.
COLUMNS = (
    ("IS", "inception_score", 2),
    ("Frechet distance", "frechet_distance", 1),
    ("attribute accuracy", "attribute_accuracy", 3),
    ("R-precision", "r_precision", 3),
    ("MS-SSIM", "ms_ssim", 3),
    ("color distance", "color_distance", 4),
)
# For verdicts, and for the column of one judge.
TITLES = {metric: title for title, metric, _ in COLUMNS}
NOTHING = "–"
# What the papers could not measure: whether the pictures are what their captions say.
OWN = ("attribute_accuracy", "r_precision")


def write_report(results, options, command, sheet=None):
    """Returns the whole page.

    Args:
        results: `Results`.
        options: `Options`.
        command: str. What trains the rows.
        sheet: str or None. The file beside the page that shows what rows draw.
    """
    measured = [row.name for row in rows.ROWS if results.of(row.name)]
    lines = [
        "# The papers' tables, made again",
        "",
        f"Made by `benchmarks/paper_tables.py`, {program()}; no figure is typed in but the "
        "published ones.",
        "",
        *_state(results, measured),
        "",
        "```sh",
        command,
        "```",
        "",
        *notes(options, results),
    ]
    if sheet is not None:
        lines += [
            "",
            f"![What the rows draw]({sheet})",
            "",
            "The same ten captions of held-out species in every row with text, seed 0.",
        ]
    for table, title in TABLES.items():
        lines += ["", f"## {title}", "", *_table(results, table)]
    lines += ["", "## Orderings", "", *_orderings(results), ""]
    return "\n".join(lines)


def _state(results, measured):
    if not measured:
        return [f"**Nothing is measured yet**: none of {len(rows.ROWS)} rows has been trained."]
    missing = [name for name in rows.names() if name not in measured]
    said = f"**Measured: {len(measured)} of {len(rows.ROWS)} rows**"
    if missing:
        said += f"; not yet: {', '.join(missing)}"
    seconds = [
        entry["seconds"]
        for name in measured
        for entry in results.of(name)
        if rows.get(name).first_stage_of is None and entry["seconds"]
    ]
    return [f"{said}. Training took {words(sum(seconds))} for {len(seconds)} runs."]


def _table(results, table):
    heads = ["row", "published", "n seeds", *TITLES.values(), "weights of G, D", "s per 1,000"]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    own = [row for row in rows.ROWS if row.table == table]
    bounds = [name for name in results.entries if name.startswith("real_")]
    for name in sorted(bounds, key=lambda name: -int(name.split("_")[1])):
        if name == bounds[0] or table == "b":
            size = name.split("_")[1]
            lines.append(_line(f"real pictures, {size} pixels: the bound", "", results, name))
    lines += [_line(f"`{row.name}`: {row.title}", row.published, results, row.name) for row in own]
    return lines


def _line(title, published, results, name):
    entries = results.of(name)
    bound = name.startswith("real_")
    cells = [title, published or NOTHING]
    cells.append(NOTHING if bound else str(len(entries)) if entries else "0: not measured")
    cells += [_cell(results, name, metric, digits) for _, metric, digits in COLUMNS]
    if entries and not bound:
        first = entries[0]
        cells.append(f"{first['generator_weights']:,}, {first['discriminator_weights']:,}")
        times = [1000 * e["seconds"] / e["pictures"] for e in entries if e["seconds"]]
        cells.append(f"{np.mean(times):.1f}" if times else NOTHING)
    else:
        cells += [NOTHING, NOTHING]
    return f"| {' | '.join(cells)} |"


def _cell(results, row, metric, digits):
    """The first measurer's mean and spread over seeds; of one seed its pictures' interval."""
    for measurer in results.measurers(metric):
        values = results.values(row, metric, measurer)
        if not values:
            continue
        mean = f"{np.mean(values):.{digits}f}"
        if len(values) > 1:
            return f"{mean} ± {np.std(values, ddof=1):.{digits}f}"
        half = 1.96 * results.errors(row, metric, measurer)[0]
        return f"{mean} ({half:.{digits}f})" if np.isfinite(half) else mean
    return NOTHING


def _orderings(results):
    heads = ["better > worse", "by", "published", "source", "gap", "n seeds", "verdict"]
    heads += [f"by {TITLES[metric]}" for metric in OWN]
    lines = [
        "Better > worse. The gap is how much better the row is that the papers found to be better, "
        "by each judge, with its interval of 95 %. Where both rows have several seeds, the "
        "interval is Welch's, of their own seeds; where one has a single seed, that of the seeds' "
        "spread over all rows with several, in units of each row's mean; where none has several, "
        "that of the pictures that each row's seed drew, doubled: '(one seed)'.",
        "",
        *_legend(results),
        "",
        f"| {' | '.join(heads)} |",
        "|" + "---|" * len(heads),
    ]
    for ordering in ORDERINGS:
        verdicts = decide(ordering, results)
        source = ordering.source
        if ordering.published and not ordering.verified:
            source += " (unverified)"
        gaps = [
            f"{measurer} {v.gap:+.3g} ± {v.half:.2g}"
            for measurer, v in verdicts.items()
            if v.gap is not None
        ]
        seeds = {v.seeds for v in verdicts.values()}
        shown = ", ".join(f"{a} and {b}" for a, b in seeds) or "0 and 0"
        cells = [
            f"{ordering.better} > {ordering.worse}", TITLES[ordering.metric],
            ordering.published or NOTHING, source, "; ".join(gaps) or NOTHING, shown,
            _word(verdicts),
        ]  # fmt: skip
        for metric in OWN:
            texts = all(rows.get(name).text for name in (ordering.better, ordering.worse))
            other = dataclasses.replace(ordering, metric=metric)
            cells.append(_word(decide(other, results)) if texts else NOTHING)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _legend(results):
    lines = [
        f"- {REPRODUCED}: the gap's interval lies above zero, by all judges.",
        f"- {REVERSED}: it lies below zero, by all judges: the other row is better here.",
        f"- {DOUBT}: it holds zero, the judges disagree, or the gap is below the digits of the "
        "table.",
        f"- {NEITHER}: whatever the gap, R-precision's interval reaches down to chance, one in 100 "
        f"captions, in both rows and every seed; without text, their IS is below {NO_PICTURES}.",
    ]
    chance = accuracy_chance(results)
    return [*lines, *([f"- {chance}"] if chance else [])]


def _word(verdicts):
    word = combined(verdicts)
    by_pictures = any(verdict.by == "pictures" for verdict in verdicts.values())
    return f"{word} (one seed)" if word != MISSING and by_pictures else word
