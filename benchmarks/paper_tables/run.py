"""One row with one seed: a folder in which it is trained, goes on and is measured."""

import importlib.metadata
import json

from keras_stackgan.training import StagedTraining
from paper_tables import rows
from paper_tables.files import write_json
from paper_tables.settings import make_settings, pictures_seen
from paper_tables.sheet import save_strip

RESULT = "result.json"


class Run:
    """Trains and measures a row, and writes `result.json` when both are done.

    Args:
        row: `Row`.
        seed: int. The run's number.
        material: `Material`.

    Example:

    ```python
    run = Run(rows.get("v2"), 0, material)
    if not run.done:
        run.measure(scorer, run.train())
    ```
    """

    def __init__(self, row, seed, material):
        self.row, self.seed, self.material = row, seed, material
        self.options = material.options
        self.folder = material.folder / self.options.recipe / row.name / f"seed_{seed}"
        self.path = self.folder / RESULT

    @property
    def done(self):
        """Whether its result is there.

        Raises:
            ValueError: a result of other options is.
        """
        return self.result() is not None

    def result(self):
        """Returns what `measure` wrote, or None."""
        if not self.path.is_file():
            return None
        found = json.loads(self.path.read_text(encoding="utf-8"))
        if found["options"] != self.options.of_results():
            raise ValueError(
                f"'{self.path}' must be a result of these options. Received: "
                f"{self.options.of_results()}, and there is one of {found['options']}. Give "
                "another --runs_dir."
            )
        return found

    @property
    def trained(self):
        """The run whose model this one measures: itself, or the one with its first stage."""
        if self.row.first_stage_of is None:
            return self
        return Run(rows.get(self.row.first_stage_of), self.seed, self.material)

    def train(self, callbacks=()):
        """Trains what is left, and returns the model.

        Raises:
            Stopped: Ctrl-C or SIGTERM came; the state is written.
        """
        if self.trained is not self:
            return self.trained.train(callbacks)
        row, material = self.row, self.material
        records = material.train(boxes=row.class_name == "GAWWN")
        encoder = embeddings = None
        if row.text:
            encoder = material.text_encoder()
            embeddings = material.embeddings(records, encoder)
        return StagedTraining(
            make_settings(row, self.options, self.seed), self.folder, records, embeddings, encoder,
            callbacks, material.say,
        ).fit()  # fmt: skip

    def measure(self, scorer, model):
        """Measures a model and writes the result, and some of its pictures for the sheet."""
        scores = scorer.scores(model, self.row)
        self.folder.mkdir(parents=True, exist_ok=True)
        save_strip(self.folder, scorer.drawn(model, self.row))
        settings = make_settings(self.trained.row, self.options, self.seed)
        write_json(
            self.path,
            {
                "row": self.row.name,
                "seed": self.seed,
                "options": self.options.of_results(),
                "pictures": pictures_seen(settings),
                "steps": sum(phase["steps"] for phase in settings["phases"]),
                "generator_weights": int(model.generator.count_params()),
                "discriminator_weights": sum(int(d.count_params()) for d in model.discriminators),
                "seconds": self.trained.seconds(settings),
                "versions": {
                    name: importlib.metadata.version(name)
                    for name in ("keras_stackgan", "keras", "tensorflow")
                },
                "scores": [score.as_dict() for score in scores],
            },
        )

    def seconds(self, settings):
        """Returns what the training took by its log, as far as that has whole intervals."""
        batch = {phase["name"]: phase["batch_size"] for phase in settings["phases"]}
        every = settings["run"]["stats_every"]
        lines = (self.folder / "stats.jsonl").read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        pictures = sum(every * batch[entry["phase"]] for entry in entries)
        if not pictures:
            return None
        return sum(x["seconds"] for x in entries) * pictures_seen(settings) / pictures
