"""All rows, one after the other, and the page that tells how far they are."""

import gc

import keras

from paper_tables import rows
from paper_tables.bound import bound_sizes, read_bound, write_bound
from paper_tables.files import write_text
from paper_tables.plan import MORE_SEEDS, doubtful_rows, first_runs
from paper_tables.report import write_report
from paper_tables.results import Results
from paper_tables.run import Run
from paper_tables.sheet import STRIP, save_strip, write_sheet


class Table:
    """Trains and measures what is not done, and writes the page after every run.

    Args:
        material: `Material`.
        names: list of str. Rows.
        seeds: int, or None: one, and three of the rows whose differences are in doubt.
        page: path. The Markdown to write.
        command: str. What the page says that makes it.

    Example:

    ```python
    Table(Material(Options(), "runs/paper_tables"), rows.names(), None, page, "...").train()
    ```
    """

    def __init__(self, material, names, seeds, page, command):
        self.material, self.names, self.seeds = material, names, seeds
        self.page, self.command, self.say = page, command, material.say
        self._scorer = None

    def train(self):
        """Trains what is left.

        Raises:
            ValueError: there is a result of something else; see `Run.done` and `read_bound`.
            Stopped: Ctrl-C or SIGTERM came; the state is written.
        """
        # What the page will refuse is refused now, and not after the first row.
        self.results()
        for row, seed in first_runs(self.names, self.seeds or 1):
            self._do(row, seed)
        if self.seeds is None:
            self._settle_doubts()
        self.write()

    def _settle_doubts(self):
        while True:
            results = self.results()
            left = [
                (rows.get(name), seed)
                for seed in range(1, MORE_SEEDS)
                for name in doubtful_rows(results, self.names)
                if not Run(rows.get(name), seed, self.material).done
            ]
            if not left:
                return
            for row, seed in left:
                self._do(row, seed)

    def _do(self, row, seed):
        run = Run(row, seed, self.material)
        if run.done:
            return
        if self._scorer is None:
            self._prepare()
        self.say(f"=== {row.name}, seed {seed}: {row.title}")
        run.measure(self._scorer, run.train())
        keras.utils.clear_session()
        gc.collect()
        self.write()

    def _prepare(self):
        from paper_tables.scoring import Scorer

        self.material.prepare()
        self._scorer = Scorer(self.material)
        for size in bound_sizes(self.material.options):
            if read_bound(self.material, size) is None:
                self.say(f"Measuring real pictures of {size} pixels.")
                if size == self.material.options.size:
                    save_strip(self.material.folder, self._scorer.real(size))
                write_bound(self.material, size, self._scorer.bound(size))

    # === What is there ===

    def results(self):
        """Returns the `Results` so far, the bounds among them."""
        return Results.read(self.material)

    def write(self):
        """Writes the page, and beside it the sheet of what rows draw."""
        options, sheet = self.material.options, self.page.with_suffix(".jpg")
        strips = [("real pictures", self.material.folder / STRIP)]
        strips += [(row.name, Run(row, 0, self.material).folder / STRIP) for row in rows.ROWS]
        shown = sheet.name if write_sheet(strips, options.size, sheet) else None
        write_text(self.page, write_report(self.results(), options, self.command, shown))
        self.say(f"Written: {self.page}.")

    def list(self):
        """Says which rows there are and what is done of each."""
        results = self.results()
        for name in self.names:
            done = [entry["seed"] for entry in results.of(name)]
            row = rows.get(name)
            self.say(f"{row.table}  {name:18} seeds done: {done or 'none'}  {row.title}")
