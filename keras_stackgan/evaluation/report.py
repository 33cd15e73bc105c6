"""Scores as a table, as JSON lines and as a plot."""

import json
import os
from pathlib import Path

from keras_stackgan.callbacks.sample_grid import save_png
from keras_stackgan.evaluation.score_plot import draw_scores

HIGHER, LOWER = "higher is better", "lower is better"
# What a metric is called, and which way is better.
TITLES = {
    "frechet_distance": ("Frechet distance", LOWER),
    "frechet_distance_extrapolated": ("Frechet distance, n to infinity", LOWER),
    "kernel_distance": ("Kernel distance", LOWER),
    "precision": ("Precision", HIGHER),
    "recall": ("Recall", HIGHER),
    "density": ("Density", HIGHER),
    "coverage": ("Coverage", HIGHER),
    "inception_score": ("Inception Score", HIGHER),
    "attribute_accuracy": ("Attribute accuracy", HIGHER),
    "attribute_accuracy_other_captions": ("Attribute accuracy, other captions", "chance"),
    "clip_score": ("CLIP score", HIGHER),
    "ms_ssim": ("MS-SSIM within a caption", "lower is more varied"),
    "lpips": ("LPIPS within a caption", "higher is more varied"),
}
TABLE, LINES, PLOT = "scores.md", "scores.jsonl", "scores.png"


class Report:
    """What an evaluation found.

    Args:
        scores: list of `Score`, of generated pictures and of the bound, real pictures.
        about: dict that JSON can hold: which model, data and seed. It goes into every line.

    Example:

    ```python
    report = Report(scores, {"model": "my_preset"})
    print(report.table())
    report.write("runs/evaluation")
    ```
    """

    def __init__(self, scores, about=None):
        self.scores = list(scores)
        self.about = dict(about or {})

    def table(self, attributes=False):
        """Returns a Markdown table: a row a measure and extractor, a column a kind of pictures.

        Args:
            attributes: bool. Whether each attribute has a row, too.
        """
        rows = self.rows(attributes)
        kinds = list(dict.fromkeys(score.pictures for score in self.scores))
        lines = [f"| measure | by | {' | '.join(kinds)} |"]
        lines.append("|" + "---|" * (2 + len(kinds)))
        for (metric, extractor, resize), by_kind in rows.items():
            by = extractor if resize in ("none", "classifier") else f"{extractor}, {resize}"
            cells = [_cell(by_kind.get(kind)) for kind in kinds]
            lines.append(f"| {title(metric)} | {by} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def rows(self, attributes=False):
        """Returns a dict from (metric, extractor, resize) to a dict from pictures to `Score`."""
        rows = {}
        for score in self.scores:
            if "/" in score.metric and not attributes:
                continue
            key = (score.metric, score.extractor, score.resize)
            rows.setdefault(key, {})[score.pictures] = score
        return rows

    def write(self, folder):
        """Writes `scores.md`, `scores.jsonl` and `scores.png`, each whole or not at all.

        Args:
            folder: path. Made if absent; files of these names are replaced.

        Returns:
            A list of paths.
        """
        folder = Path(folder).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps({**self.about, **score.as_dict()}) for score in self.scores]
        _write_text(folder / LINES, "\n".join(lines) + "\n")
        said = [f"- {name}: {value}" for name, value in self.about.items()]
        note = (
            "Value [95 % interval] (number). `real` is the other half of the real pictures, "
            "measured in the same way: the bound."
        )
        _write_text(
            folder / TABLE, "\n".join([*said, "", note, "", self.table(attributes=True), ""])
        )
        save_png(draw_scores(self.rows(), title), folder / PLOT)
        return [folder / name for name in (TABLE, LINES, PLOT)]


def title(metric):
    """Returns how a metric is called in tables, with which way is better."""
    if metric.startswith("r_precision_"):
        return f"R-precision, 1 of {metric.rsplit('_', 1)[1]} ({HIGHER})"
    if "/" in metric:
        return metric.replace("attribute_accuracy/", "Attribute accuracy: ")
    name, way = TITLES.get(metric, (metric, ""))
    return f"{name} ({way})" if way else name


def _cell(score):
    if score is None:
        return ""
    text = f"{score.value:.4g}"
    if score.low is not None:
        text += f" [{score.low:.4g}, {score.high:.4g}]"
    return f"{text} ({score.n:,})"


def _write_text(path, text):
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
