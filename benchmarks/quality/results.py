"""What was found: the table of aims, JSON lines, figures and the entries of a card."""

import json
import os
from pathlib import Path

from keras_stackgan.callbacks.sample_grid import save_png
from keras_stackgan.evaluation import Report
from keras_stackgan.evaluation.report import title
from keras_stackgan.presets.metadata import check
from quality.aim import figure
from quality.collecting import REAL
from quality.sheets import aim_plot

AIMS, AIM_LINES, AIM_PLOT = "aims.md", "aims.jsonl", "aims.png"


class Results:
    """Aims and the scores behind them.

    Args:
        aims: list of `Aim`.
        scores: list of `Score`.
        about: dict from str to str: model, data, machine, versions, `command`, ...
        last_kind: str. What scores call the pictures of the last stage.

    Example:

    ```python
    results = Results(aims, scores, {"command": "python ..."}, "256")
    print(results.table())
    ```
    """

    def __init__(self, aims, scores, about, last_kind):
        self.aims, self.about, self.last_kind = list(aims), dict(about), last_kind
        self.report = Report(scores, about)

    def table(self):
        """Returns the Markdown table: aim, by, measured, wanted, met."""
        lines = ["| aim | by | measured | wanted | met |", "|" + "---|" * 5]
        return "\n".join(lines + [f"| {' | '.join(aim.cells())} |" for aim in self.aims])

    def write(self, folder):
        """Writes the aims and all scores to a folder, each file whole or not at all."""
        folder = Path(folder).expanduser()
        self.report.write(folder)
        lines = [json.dumps({**self.about, **aim.as_dict()}) for aim in self.aims]
        write_text(folder / AIM_LINES, "\n".join(lines) + "\n")
        said = [f"- {name}: {value}" for name, value in self.about.items()]
        write_text(folder / AIMS, "\n".join([*said, "", self.table(), ""]))
        save_png(aim_plot(self.aims), folder / AIM_PLOT)

    def figures(self):
        """Returns the entries of a card's `figures`: the last stage's scores, then the aims."""
        command, entries = self.about["command"], []
        for (metric, by, _), found in self.report.rows().items():
            score, real = found.get(self.last_kind), found.get(REAL)
            if score is not None:
                bound = "" if real is None else f" (real pictures {real.value:.3g})"
                name = f"{title(metric)}, by {by}{bound}"
                entries.append(figure(name, score.value, score.low, score.high, score.n, command))
        return entries + [aim.as_figure(command) for aim in self.aims if aim.measured is not None]

    def write_card(self, path):
        """Puts the figures into a file for `save_preset --metadata`; what else it says stays.

        Figures of an existing file stay, too, unless they were measured by this command.

        Args:
            path: path. Made if absent.

        Raises:
            ValueError: the file is no such card.
        """
        path = Path(path).expanduser()
        card = read_card(path)
        ours, command = self.figures(), self.about["command"]
        kept = [entry for entry in card.get("figures", []) if entry["command"] != command]
        card = check({**card, "figures": kept + ours})
        write_text(path, json.dumps(card, indent=1) + "\n")


def read_card(path):
    """Returns the card in a file, or an empty one where there is none."""
    path = Path(path).expanduser()
    if not path.exists():
        return {}
    try:
        return check(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"`--card` must be a JSON file as save_preset --metadata takes it, or a new one. "
            f"Received: '{path}' ({error})."
        ) from error


def write_text(path, text):
    """Writes a file under a temporary name, then renames it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
