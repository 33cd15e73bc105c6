"""What all rows share: pictures, judges, the text encoder and the pair of R-precision."""

import json
import os
import sys
from pathlib import Path

from paper_tables.files import write_json

SETTINGS = "settings.json"
JUDGE_SEED = 1
# Of the birds that judges learn from, which have the species of the held-out birds.
JUDGE_FACTOR = 2


class Material:
    """Makes what is missing in a folder, and knows the rest.

    Judges and the pair of R-precision learn from pictures that are not measured: of painted birds,
    from other birds of the held-out species, as the papers' scorer was tuned on the test classes.
    CUB has no others: there the judges see the test pictures themselves, as the papers' did, and
    the pair learns from the training pictures.

    Args:
        options: `Options`.
        folder: path. Of this table's runs.
        data_dir: path or None. The folder of CUB; painted birds are painted.
        say: function of a str.

    Raises:
        ValueError: the folder holds the material of other options, or `data_dir` is missing.

    Example:

    ```python
    material = Material(Options(), "runs/paper_tables")
    material.prepare()
    len(material.train())
    ```
    """

    def __init__(self, options, folder, data_dir=None, say=print):
        self.options, self.folder, self.say = options, Path(folder).expanduser(), say
        self.painted = options.data == "painted_birds"
        if not self.painted and data_dir is None:
            raise ValueError("`--data=cub` needs --data_dir, the folder of CUB-200-2011.")
        self.data_dir = self.folder / "birds" if self.painted else Path(data_dir).expanduser()
        self._check_folder()

    def _check_folder(self):
        path, ours = self.folder / SETTINGS, self.options.shared()
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else ours
        if found != ours:
            raise ValueError(
                f"'{self.folder}' must hold the material of one table. Received: {ours}, and there "
                f"is {found}. Give another --runs_dir."
            )

    # === Making ===

    def prepare(self):
        """Paints, and trains judges, text encoder and pair, as far as they are not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / SETTINGS).is_file():
            write_json(self.folder / SETTINGS, self.options.shared())
        if self.painted:
            self._paint()
        self._train_judges()
        self._train_text("text", self.train(), 0)
        self._train_text("pair", self._judged() if self.painted else self.train(), 1)

    def _paint(self):
        from keras_stackgan.data import write_painted_birds

        count, size = self.options.count, self.options.painted_size
        for folder, number, seed, split in (
            (self.data_dir, count, 0, "all"),
            (self.folder / "judge_birds", JUDGE_FACTOR * count, JUDGE_SEED, "test"),
        ):
            if not (folder / "captions.jsonl").is_file():
                self.say(f"Painting '{folder.name}'.")
                write_painted_birds(
                    folder, count=number, seed=seed, size=size, split=split,
                    progress=sys.stderr.isatty(),
                )  # fmt: skip

    def _train_judges(self):
        from keras_stackgan.evaluation import train_judges

        folder = self.folder / "judges"
        if folder.is_dir():
            return
        self.say("Training the judges.")
        records, numbers, values = self._judged(), None, None
        if self.painted:
            from keras_stackgan.data.painted_birds import ATTRIBUTES, read_bird_attributes

            numbers, _ = read_bird_attributes(self.folder / "judge_birds", records)
            values = ATTRIBUTES
        train_judges(
            records, folder, numbers, values, image_size=min(64, self.options.size),
            epochs=self.options.judge_epochs, bar=False, say=self.say,
        )  # fmt: skip

    def _train_text(self, name, records, seed):
        from keras_stackgan.cli.train_text import by_pictures
        from keras_stackgan.training.text_training import ENCODER

        out = self.folder / name
        if (out / ENCODER).is_dir():
            return
        self.say(f"Training '{name}': a text encoder and a picture network.")
        by_pictures(records, out, min(64, self.options.size), self.options.text_epochs, seed)

    # === What is there ===

    def train(self, boxes=False):
        """The records that rows are trained on; for GAWWN with boxes."""
        return self._read("train", boxes)

    def test(self, boxes=False):
        """The records of held-out species."""
        return self._read("test", boxes)

    def _read(self, split, boxes):
        from keras_stackgan.data import read_painted_birds, sources

        if self.painted:
            return read_painted_birds(self.data_dir, split, boxes=boxes)
        return sources.get("cub").read(self.data_dir, split)

    def _judged(self):
        from keras_stackgan.data import read_painted_birds

        if self.painted:
            return read_painted_birds(self.folder / "judge_birds", "test")
        return self.test()

    def attributes(self):
        """`(numbers, mentioned)` of the held-out records, or None where they are not known."""
        if not self.painted:
            return None
        from keras_stackgan.data.painted_birds import read_bird_attributes

        return read_bird_attributes(self.data_dir, self.test())

    def text_encoder(self):
        """The encoder whose embeddings all rows read."""
        from keras_stackgan.text import TextEncoder
        from keras_stackgan.training.text_training import ENCODER

        return TextEncoder.load(self.folder / "text" / ENCODER)

    def embeddings(self, records, encoder):
        """The training captions' embeddings, made once."""
        from keras_stackgan.data import embed_captions

        return embed_captions(records, encoder, self.folder / "embeddings", progress=False)

    def pair(self):
        """The matching model of R-precision."""
        import keras

        from keras_stackgan.training.guides import MATCHING_MODEL
        from keras_stackgan.training.text_training import GUIDE

        path = self.folder / "pair" / GUIDE / MATCHING_MODEL
        return keras.models.load_model(os.fspath(path), compile=False)

    def judges(self):
        """A dict from architecture to `AttributeClassifier`."""
        from keras_stackgan.evaluation import load_judges

        return load_judges(self.folder / "judges")[0]
