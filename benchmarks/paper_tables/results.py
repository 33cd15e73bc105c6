"""The results of all runs, as the table and the verdicts ask for them."""

import math

import numpy as np

from paper_tables import rows
from paper_tables.bound import bound_sizes, read_bound
from paper_tables.run import Run

HIGHER = {
    "inception_score": True,
    "frechet_distance": False,
    "attribute_accuracy": True,
    "r_precision": True,
    "ms_ssim": False,
    "color_distance": False,
}
# Scores' intervals are of 95 %. Student's are wider, of 9 degrees of freedom by 15 %: their errors
# come out that much too large, on the side of doubt.
_Z = 1.96


class Results:
    """What is measured so far.

    Args:
        entries: list of dicts, as `Run.measure` writes them.

    Example:

    ```python
    results = Results.read(material)
    results.values("v2", "inception_score", "plain")  # one float a seed
    ```
    """

    def __init__(self, entries):
        self.entries = {}
        for entry in entries:
            self.entries.setdefault(entry["row"], {})[entry["seed"]] = entry

    @classmethod
    def read(cls, material, seeds=64):
        """Reads the results in a table's folder.

        Args:
            material: `Material`.
            seeds: int. Numbers of runs that are looked for.
        """
        runs = [Run(row, seed, material) for row in rows.ROWS for seed in range(seeds)]
        bounds = [read_bound(material, size) for size in bound_sizes(material.options)]
        found = [*bounds, *(run.result() for run in runs)]
        return cls([entry for entry in found if entry is not None])

    def of(self, row):
        """Returns the entries of a row, by seed."""
        entries = self.entries.get(row, {})
        return [entries[seed] for seed in sorted(entries)]

    def measurers(self, metric):
        """Returns who measured a metric: the judges' architectures, in their order, or others."""
        names = {}
        for entries in self.entries.values():
            for entry in entries.values():
                names.update({by(score): None for score in entry["scores"] if of(score, metric)})
        return list(names)

    def scores(self, row, metric, measurer):
        """Returns a dict as of `Score` a seed; none where it is not measured."""
        return [
            score
            for entry in self.of(row)
            for score in entry["scores"]
            if of(score, metric) and by(score) == measurer and score["value"] is not None
        ]

    def values(self, row, metric, measurer):
        """Returns a float a seed; none where it is not measured."""
        return [score["value"] for score in self.scores(row, metric, measurer)]

    def errors(self, row, metric, measurer):
        """Returns the standard error that each seed's own pictures leave, by its interval."""
        return [
            (score["high"] - score["low"]) / (2 * _Z) if score["low"] is not None else math.nan
            for score in self.scores(row, metric, measurer)
        ]

    def seed_spread(self, metric, measurer):
        """Returns `(squared coefficient of variation, degrees of freedom)` of seeds.

        Over all rows with several: every row's own of three seeds is hardly known, together they
        are. In units of each row's mean, as a Frechet distance of 250 varies more than one of 50.
        """
        total, freedom = 0.0, 0
        for row in self.entries:
            values = self.values(row, metric, measurer)
            if len(values) > 1 and np.mean(values):
                total += float(np.sum((np.array(values) / np.mean(values) - 1.0) ** 2))
                freedom += len(values) - 1
        return (total / freedom if freedom else math.nan), freedom


def of(score, metric):
    """Whether a score is of a metric; R-precision's name ends with the number of captions."""
    if metric == "r_precision":
        return score["metric"].startswith("r_precision_")
    return score["metric"] == metric


def by(score):
    """Returns a measurer's name: of a judge its architecture."""
    return score["extractor"].split("-")[0] if score["metric"] != "ms_ssim" else "ms-ssim"
