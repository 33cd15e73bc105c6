"""Whether an ordering of the papers shows up, decided by numbers."""

import math
from typing import NamedTuple

import numpy as np

from keras_stackgan.metrics.confidence import student_quantile
from paper_tables.learned import learned
from paper_tables.results import HIGHER
from paper_tables.student import welch

REPRODUCED, REVERSED, DOUBT, MISSING = "reproduced", "not reproduced", "in doubt", "not measured"
NEITHER = "neither learned"
NORMAL = 1.96
# With one seed a gap says something where it is this many times what pictures alone explain.
ONE_SEED_FACTOR = 2.0
# A gap that the table's digits do not show decides nothing: two rows that draw one gray alike.
SMALLEST = {
    "inception_score": 0.005,
    "frechet_distance": 0.05,
    "attribute_accuracy": 0.0005,
    "r_precision": 0.0005,
    "color_distance": 0.00005,
}


class Verdict(NamedTuple):
    """What was found of an ordering.

    Args:
        word: str. `REPRODUCED`, `REVERSED`, `DOUBT`, `NEITHER` or `MISSING`.
        gap: float or None. How much better the row is that the papers found to be better.
        half: float or None. Half of the gap's interval of 95 %.
        seeds: tuple of two ints. Of the better and of the worse row.
        by: str. `"seeds"`, or `"pictures"` where no row has several seeds.

    Example:

    ```python
    compare([3.0, 3.1], [2.0, 2.1], (0.001, 2), ([0.1] * 2, [0.1] * 2), higher=True).word
    ```
    """

    word: str
    gap: float | None = None
    half: float | None = None
    seeds: tuple = (0, 0)
    by: str = "seeds"


def decide(ordering, results):
    """Returns a dict from measurer to `Verdict`.

    Args:
        ordering: `Ordering`.
        results: `Results`.
    """
    metric, found = ordering.metric, {}
    pair = (ordering.better, ordering.worse)
    nothing = not any(learned(results, row) for row in pair)
    for measurer in results.measurers(metric):
        values = [results.values(row, metric, measurer) for row in pair]
        errors = [results.errors(row, metric, measurer) for row in pair]
        spread = results.seed_spread(metric, measurer)
        verdict = compare(*values, spread, errors, HIGHER[metric], SMALLEST[metric])
        if nothing and verdict.word != MISSING:
            verdict = verdict._replace(word=NEITHER)
        found[measurer] = verdict
    return found


def compare(better, worse, spread, errors, higher, smallest=0.0):
    """Decides between two rows' values.

    Where both have several seeds, the gap's interval is Welch's, of their own: one of them may vary
    far more than others. Where one has a single seed, it is that of the seeds' spread over all rows
    together, in units of each row's mean, and no less than what pictures alone explain. Where no
    row has several, it is that of the pictures that each seed was measured on, doubled: seeds
    differ by more than that.

    Args:
        better: list of float, one a seed. Of the row that the papers found to be better.
        worse: the same of the other.
        spread: as `Results.seed_spread` returns it.
        errors: two lists of float: standard errors of the values by their pictures.
        higher: bool. Whether more is better.
        smallest: float. Gaps up to this decide nothing.

    Returns:
        A `Verdict`.
    """
    if not better or not worse:
        return Verdict(MISSING, seeds=(len(better), len(worse)))
    gap = float(np.mean(better) - np.mean(worse)) * (1.0 if higher else -1.0)
    seeds, by = (len(better), len(worse)), "seeds"
    if min(seeds) > 1:
        half = welch(better, worse)
    elif spread[1]:
        half = student_quantile(spread[1]) * math.sqrt(
            sum(
                np.fmax(spread[0] * np.mean(values) ** 2, np.mean(np.square(error))) / len(values)
                for values, error in zip((better, worse), errors, strict=True)
            )
        )
    else:
        squares = sum(e[0] ** 2 for e in errors)
        half, by = ONE_SEED_FACTOR * NORMAL * math.sqrt(squares), "pictures"
    word = DOUBT
    if math.isfinite(half) and abs(gap) > max(half, smallest):
        word = REPRODUCED if gap > 0 else REVERSED
    return Verdict(word, gap, half, seeds, by)


def combined(verdicts):
    """Returns one word: judges of different kinds must agree.

    Args:
        verdicts: dict from measurer to `Verdict`.
    """
    words = {verdict.word for verdict in verdicts.values()}
    if not words or MISSING in words:
        return MISSING
    return words.pop() if len(words) == 1 else DOUBT


def seeds_are_wanted(verdicts):
    """Whether more seeds would help: measured, and in doubt; not where neither row learned.

    Args:
        verdicts: dict from measurer to `Verdict`.
    """
    return combined(verdicts) == DOUBT
