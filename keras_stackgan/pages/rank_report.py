"""What the votes of a study say: mean ranks, and how far the raters agree."""

import json
from pathlib import Path

import numpy as np

from keras_stackgan.pages.kendall import kendall_w
from keras_stackgan.pages.vote_log import VoteLog

TABLE, LINES = "ranks.md", "ranks.jsonl"


class RankReport:
    """Mean ranks with intervals, and Kendall's W.

    Intervals are from captions drawn with replacement, with all their votes: they speak of other
    captions under the same raters. Kendall's W is the mean over the captions that two raters or
    more ranked; raters who rank at random reach `chance`.

    Args:
        study: `RankStudy`.
        level: float in (0, 1). Of the intervals.
        seed: int. Of the draws.

    Attributes:
        models: list of dicts, the best first: `model`, `mean_rank`, `low`, `high`, `first` (share
            of the votes that put it first), `votes`.
        agreement: dict with `kendall_w`, `low`, `high`, `chance` and `captions`, or `None` where no
            caption has two raters.
        raters: dict from name to number of votes.

    Raises:
        ValueError: There are no votes yet.

    Example:

    ```python
    report = RankReport(RankStudy("studies/birds"))
    print(report.table())
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), table 1 ("Human rank").
    """

    def __init__(self, study, level=0.95, seed=0):
        votes = VoteLog(study.votes, len(study.captions), study.models).all()
        if not votes:
            raise ValueError(
                f"'{study.directory}' has no votes yet. Let people rank: keras-stackgan rank serve."
            )
        self.study, self.level, self.seed = study, level, seed
        self.raters = {}
        for rater, _ in votes:
            self.raters[rater] = self.raters.get(rater, 0) + 1
        by_caption = {}
        for (_, number), ranking in votes.items():
            ranks = [ranking.index(name) + 1 for name in study.models]
            by_caption.setdefault(number, []).append(ranks)
        self.models = self._mean_ranks(list(by_caption.values()))
        self.agreement = self._agreement([r for r in by_caption.values() if len(r) > 1])

    def table(self):
        """Returns the report as Markdown text."""
        level = f"{100 * self.level:g} %"
        lines = [f"| model | human rank (1 is best) | {level} interval | first | votes |"]
        lines.append("|---|---|---|---|---|")
        for row in self.models:
            name = row["model"].replace("|", "\\|")
            lines.append(
                f"| {name} | {row['mean_rank']:.2f} | {row['low']:.2f} to {row['high']:.2f} "
                f"| {100 * row['first']:.0f} % | {row['votes']:,} |"
            )
        asked = len(self.raters) * len(self.study.captions)
        votes = sum(self.raters.values())
        lines += ["", f"Raters: {len(self.raters)}, votes: {votes:,} of {asked:,}."]
        found = self.agreement
        if found is None:
            lines.append("Agreement: not known, no caption was ranked by two raters.")
        else:
            lines.append(
                f"Agreement: Kendall's W {found['kendall_w']:.2f}, {level} interval "
                f"{found['low']:.2f} to {found['high']:.2f}, over {found['captions']:,} captions "
                f"of two raters or more (by chance {found['chance']:.2f})."
            )
        return "\n".join(lines)

    def lines(self):
        """Returns the report as a list of dicts that JSON can hold."""
        common = {"raters": len(self.raters), "level": self.level}
        rows = [{"metric": "human_rank", **row, **common} for row in self.models]
        if self.agreement is not None:
            rows.append({"metric": "agreement", **self.agreement, **common})
        return rows

    def write(self, folder):
        """Writes `ranks.md` and `ranks.jsonl`, each whole or not at all; returns their paths."""
        from keras_stackgan.export.whole_file import write_whole

        folder = Path(folder).expanduser()
        lines = "".join(json.dumps(row) + "\n" for row in self.lines())
        write_whole(folder / TABLE, f"{self.table()}\n".encode())
        write_whole(folder / LINES, lines.encode())
        return [folder / TABLE, folder / LINES]

    def _mean_ranks(self, by_caption):
        from keras_stackgan.metrics import bootstrap_interval

        counts = np.array([len(ranks) for ranks in by_caption])
        rows = []
        for k, name in enumerate(self.study.models):
            ranks = [[row[k] for row in caption] for caption in by_caption]
            sums = np.array([sum(row) for row in ranks])
            mean, low, high = bootstrap_interval(
                lambda s, n: s.sum() / n.sum(), sums, counts, level=self.level, seed=self.seed
            )
            first = sum(row.count(1) for row in ranks) / counts.sum()
            row = {"model": name, "mean_rank": mean, "low": low, "high": high}
            rows.append({**row, "first": float(first), "votes": int(counts.sum())})
        return sorted(rows, key=lambda row: row["mean_rank"])

    def _agreement(self, by_caption):
        from keras_stackgan.metrics import bootstrap_interval

        if not by_caption:
            return None
        values = np.array([kendall_w(ranks) for ranks in by_caption])
        value, low, high = bootstrap_interval(np.mean, values, level=self.level, seed=self.seed)
        chance = float(np.mean([1 / len(ranks) for ranks in by_caption]))
        found = {"kendall_w": value, "low": low, "high": high, "chance": chance}
        return {**found, "captions": len(by_caption)}
