"""Lines of JSON that grow while a benchmark runs, so that a killed one keeps what it has."""

import json
import os
import pathlib

from machine import facts


class ResultsFile:
    """One benchmark's lines; begun anew, and whole on disk after each `add`.

    Args:
        folder: path, or `None`: nothing is written.
        name: str. The benchmark's.
        kept: function of a line as a dict, whether it stays of a run before; by default none does.
    """

    def __init__(self, folder, name, kept=lambda line: False):
        self.path = None if folder is None else pathlib.Path(folder) / f"{name}.jsonl"
        self._lines = [json.dumps(line) for line in read_lines(folder, name) if kept(line)]
        self._facts = facts()

    def add(self, *values):
        """Adds a line a dict, each with the facts of machine and command."""
        self._lines += [json.dumps({**self._facts, **value}) for value in values]
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_name(f".{self.path.name}.tmp")
        scratch.write_text("".join(line + "\n" for line in self._lines), encoding="utf-8")
        os.replace(scratch, self.path)


def read_lines(folder, name):
    """The lines that a benchmark left in a folder; none if it did not run."""
    path = None if folder is None else pathlib.Path(folder) / f"{name}.jsonl"
    if path is None or not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
