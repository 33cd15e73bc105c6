"""Whether text and noise matter to a GAN, and whether its two sides are in balance."""

import json
import os
import pathlib
import time

from absl import logging

from keras_stackgan.callbacks import health_findings, health_measures
from keras_stackgan.callbacks.curves import Panel, draw_panels
from keras_stackgan.callbacks.periodic import Periodic
from keras_stackgan.callbacks.sample_grid import save_png
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models.multi_worker import is_chief


class TrainingHealth(Periodic):
    """Measures every so many steps what losses do not show, and warns when one thing collapses.

    On a fixed batch of real pictures and on a few pictures of `generate`:

    - `text_gap_<stage>`: matched minus mismatched logit; does the discriminator read the text? A
      finding where it is below two standard errors at all stages.
    - `text_distance`: gray levels between two captions at equal noise; does the generator obey the
      text? A finding below 2 of 255, or a tenth of `noise_distance`.
    - `noise_distance`: gray levels between two noises of one caption, the diversity. A finding
      below 2 of 255.
    - `real_score_<stage>`, `fake_score_<stage>`, and `chance_share_<stage>`, the discriminator's
      loss over that of one that guesses: the balance. A finding below 2 % of it (real .99,
      generated .01).
    - the gradient norms of the logs. A finding above 100 times their median.

    The reasons for these numbers stand in `health_findings.py`. A finding must hold for `patience`
    checks one after the other, none of them before step `warm_up`, since every GAN begins without
    text and diversity; each kind then warns once a run, in plain words and with the likely cure.

    `health.jsonl` gets a line a check, `health.png` the curves and the warnings so far. Where a run
    is resumed, the file's lines up to the step go on to count, also for what has been warned of.

    A check costs one forward pass of the generator and discriminators on the batch, and
    `num_captions * num_noises` generated pictures; `seconds` in the file says how long it took.

    Args:
        directory: path. Made if absent.
        batch: dict as the data set yields it, of about 16 to 32 pictures of the training set with
            their texts: `next(iter(dataset))`.
        every: int >= 1. Steps between two checks.
        num_captions: int >= 2. Texts of the batch that are drawn.
        num_noises: int >= 2. Pictures of each.
        warm_up: int >= 0. The step before which nothing is warned of.
        patience: int >= 1. Checks in a row for which a finding must hold.
        seed: int. Of the noise, the same at all checks.

    Attributes:
        history: list of dicts, one a check, as in `health.jsonl`.
        warned: dict from the kind of each warning so far to its text.

    Raises:
        ValueError: If an argument is out of its range; when training begins, if the batch is
            not what the model takes, or fewer than four of its pictures have another text than the
            next.

    Example:

    ```python
    health = TrainingHealth("runs/birds", batch=next(iter(dataset)), every=500)
    model.fit(dataset, steps_per_epoch=1000, epochs=60, callbacks=[health])
    ```
    """

    def __init__(
        self,
        directory,
        batch,
        every=500,
        num_captions=4,
        num_noises=4,
        warm_up=2000,
        patience=3,
        seed=0,
    ):
        super().__init__(every)
        self.directory = pathlib.Path(directory)
        self.batch = batch
        self.num_captions = check_count("num_captions", num_captions, minimum=2)
        self.num_noises = check_count("num_noises", num_noises, minimum=2)
        self.warm_up = check_count("warm_up", warm_up, minimum=0)
        self.patience = check_count("patience", patience)
        self.seed = seed
        self.history = []
        self._logs = None

    @property
    def warned(self):
        return {kind: text for line in self.history for kind, text in line["warnings"].items()}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._tensors = health_measures.to_tensors(self.model, self.batch)
        self.history = self._read()

    def on_train_batch_end(self, batch, logs=None):
        self._logs = logs
        super().on_train_batch_end(batch, logs)

    def write(self):
        """Measures now, warns if it must, and writes both files; returns the line."""
        step = self.model.step
        began = time.monotonic()
        # Lines of steps that a resumed run makes once more.
        self.history = [line for line in self.history if line["step"] < step]
        line = {"step": step, **health_measures.judge(self.model, self._tensors)}
        line.update(
            health_measures.compare_pictures(
                self.model, self._tensors, self.num_captions, self.num_noises, self.seed
            )
        )
        line.update(health_measures.gradient_norms(self._logs))
        details = health_findings.find(line, self.history)
        line["findings"] = sorted(details)
        line["warnings"] = {
            kind: f"Step {step}: {health_findings.advice(kind, details[kind])}"
            for kind in line["findings"]
            if kind not in self.warned and self._lasts(kind, step)
        }
        line["seconds"] = round(time.monotonic() - began, 3)
        self.history.append(line)
        if is_chief(self.model):
            for text in line["warnings"].values():
                logging.warning("%s", text)
            self._write_files()
        return line

    def _lasts(self, kind, step):
        before = self.history[len(self.history) - self.patience + 1 :]
        if len(before) < self.patience - 1:
            return False
        first = before[0]["step"] if before else step
        return first >= self.warm_up and all(kind in line["findings"] for line in before)

    # === Files ===

    def _read(self):
        path = self.directory / "health.jsonl"
        if not path.exists():
            return []
        try:
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            return [line for line in lines if {"step", "findings", "warnings"} <= set(line)]
        except ValueError as error:
            raise ValueError(
                f"'{path}' must be what `TrainingHealth` wrote. Received: {error}; remove it or "
                "give another `directory`."
            ) from error

    def _write_files(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / "health.jsonl"
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            text = "".join(json.dumps(line) + "\n" for line in self.history)
            temporary.write_text(text, encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        panels = health_panels(self.history)
        save_png(draw_panels(panels, list(self.warned.values())), self.directory / "health.png")


def health_panels(history):
    """The diagrams of `health.png`.

    Args:
        history: list of the lines of `health.jsonl`.

    Returns:
        List of `Panel`.
    """

    def curves(prefix, label):
        names = dict.fromkeys(name for line in history for name in line if name.startswith(prefix))
        return {
            label + name[len(prefix) :]: [
                (line["step"], line[name]) for line in history if name in line
            ]
            for name in names
        }

    gaps = curves("text_gap_", "stage ")
    return [
        Panel(
            "Text in the discriminator: matched minus mismatched logit",
            {name: points for name, points in gaps.items() if "error" not in name},
            level=0.0,
        ),
        Panel(
            "Pictures: mean difference in gray levels",
            {
                **curves("text_distance", "two captions, equal noise"),
                **curves("noise_distance", "one caption, two noises"),
            },
            level=health_findings.SAME_PICTURE,
        ),
        Panel(
            "Discriminators: mean scores",
            {**curves("real_score_", "real "), **curves("fake_score_", "generated ")},
        ),
        Panel(
            "Gradient norms",
            {
                **curves("d_gradient_norm_", "discriminator "),
                **curves("g_gradient_norm", "generator"),
            },
            logarithmic=True,
        ),
    ]
