"""One row with one seed: a folder in which it is trained, goes on and is measured."""

import importlib.metadata
import json

from keras_stackgan.data import caption_dataset
from keras_stackgan.models import recalibrate_batch_statistics
from keras_stackgan.training import StagedTraining
from paper_tables import rows
from paper_tables.files import write_json
from paper_tables.origin import judges_digest, settings_digest
from paper_tables.settings import make_settings, pictures_seen
from paper_tables.sheet import save_strip

RESULT = "result.json"
# Batches of the averaged generator's statistics, as `save_preset` takes. Without it v1's Stage-II
# was measured 29 gray levels beside what it draws under a batch's statistics, 16 with it.
STATISTICS_STEPS = 100


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
            ValueError: a result of other options, of another recipe or by other judges is.
        """
        return self.result() is not None

    def result(self):
        """Returns what `measure` wrote, or None; raises as `done` does."""
        if not self.path.is_file():
            return None
        found = json.loads(self.path.read_text(encoding="utf-8"))
        if found["options"] != self.options.of_results():
            raise ValueError(
                f"'{self.path}' must be a result of these options. Received: "
                f"{self.options.of_results()}, and there is one of {found['options']}. Give "
                "another --runs_dir."
            )
        for name, ours in self.origin().items():
            if found.get(name) != ours:
                raise ValueError(
                    f"'{self.path}' must be of this program's {name}, {ours}. Received: "
                    f"{found.get(name, f'a file that does not name its {name}')}. Remove it, and "
                    "the same command measures the trained state again; it says so if that is of "
                    "another recipe, and then another --runs_dir is needed."
                )
        return found

    def origin(self):
        """Returns a dict of what a result follows from beside the options, in short."""
        settings = make_settings(self.trained.row, self.options, self.seed)
        return {
            "settings": settings_digest(settings),
            "judges": judges_digest(self.material.folder),
        }

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
        settings = make_settings(self.row, self.options, self.seed)
        return StagedTraining(
            settings, self.folder, *self._data(), callbacks, self.material.say
        ).fit()

    def _data(self):
        """Records, and for rows with text the captions' embeddings and their encoder."""
        records = self.material.train(boxes=self.row.class_name == "GAWWN")
        if not self.row.text:
            return records, None, None
        encoder = self.material.text_encoder()
        return records, self.material.embeddings(records, encoder), encoder

    def _recalibrate(self, model):
        settings = make_settings(self.trained.row, self.options, self.seed)
        records, embeddings, _ = self._data()
        dataset = caption_dataset(
            records,
            embeddings,
            # Only the conditions are read: the smallest pictures do.
            image_size=model.output_sizes[0],
            batch_size=settings["phases"][-1]["batch_size"],
            cache=False,
            **settings["data"].get("batches", {}),
        )
        recalibrate_batch_statistics(model, dataset, STATISTICS_STEPS)

    def measure(self, scorer, model):
        """Measures a model and writes the result, and some of its pictures for the sheet.

        Before that its averaged generator's batch statistics are estimated again, as `save_preset`
        does it.
        """
        self._recalibrate(model)
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
                **self.origin(),
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
