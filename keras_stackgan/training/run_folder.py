"""The folder of a run: its configuration, states, statistics and pictures."""

import itertools
import json
import os
import pathlib

from keras_stackgan.callbacks import load_newest_weights, state_file
from keras_stackgan.callbacks.run_description import differences
from keras_stackgan.layers.utils import check_count

FORMAT = 1
CONFIG = "config.json"
TEXT_ENCODER = "text_encoder"
GUIDE = "guide"
BEGINNING = "beginning"


class RunFolder:
    """Knows where everything of a run lies, and how far the run has come.

    `config.json` is written once. `states/<phase>/` holds `TrainingState`'s files,
    `samples/<phase>/` the sample grids, `tensorboard/<phase>/` TensorBoard's logs, `stats.jsonl`
    the means of all terms, `text_encoder/` the encoder, where it is not found by its name,
    `guide/` what guides the generator, if anything does, `beginning/` what it began with, and
    `discriminator_features.keras` what its discriminators look through, if that was a file.

    Args:
        path: path. Need not exist.

    Example:

    ```python
    run = RunFolder("runs/birds")
    run.steps_done()  # {"stage_1": 12000, "stage_2": 500}
    model = run.load_model()
    ```
    """

    def __init__(self, path):
        self.path = pathlib.Path(path).expanduser()

    # === Configuration ===

    @property
    def exists(self):
        """Whether a run was begun here."""
        return (self.path / CONFIG).is_file()

    def read_config(self):
        """Returns the configuration that was written when the run began.

        Raises:
            FileNotFoundError: There is none.
            ValueError: It is damaged or of another format.
        """
        path = self.path / CONFIG
        if not path.is_file():
            raise FileNotFoundError(
                f"'{self.path}' must be the folder of a run. It holds no {CONFIG}."
            )
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
            version = config["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"'{path}' must be a run's configuration ({error}).") from error
        if version != FORMAT:
            raise ValueError(f"'{path}' must have the format {FORMAT}. Received: {version!r}.")
        return config

    def begin(self, config):
        """Writes the configuration, or checks that the run that is here has the same.

        Args:
            config: dict that JSON can hold.

        Raises:
            OSError: The folder cannot be written.
            ValueError: The run that is here has another configuration; the message names where.
        """
        config = json.loads(json.dumps({"format": FORMAT, **config}))
        if self.exists:
            found = list(differences(self.read_config(), config))
            if found:
                more = f" and {len(found) - 5} more" if len(found) > 5 else ""
                said = "; ".join(found[:5]).replace("in the state", "in the run")
                raise ValueError(
                    f"'{self.path}' holds a run with other settings: {said}{more}. Go on with the "
                    "same, or give another `run_dir`."
                )
            return
        self._write(config)

    def extended(self, steps):
        """Returns the configuration of a run that has ended, with one more phase like its last one.

        Nothing is written: give the configuration to `extend`. The phase's optimizers are fresh,
        and its learning rate is the one that the last phase began with.

        Args:
            steps: int >= 1. Of the new phase.

        Raises:
            FileNotFoundError: There is no run here.
            ValueError: The run has not ended.

        Example:

        ```python
        run = RunFolder("runs/birds")
        run.extend(run.extended(2000))
        ```
        """
        config, done = self.read_config(), self.steps_done()
        for phase in config["phases"]:
            left = phase["steps"] - done.get(phase["name"], 0)
            if left > 0:
                raise ValueError(
                    f"Only a run that has ended gets more steps. Received: '{self.path}', whose "
                    f"phase '{phase['name']}' has {left:,} left. Go on with it first."
                )
        steps = check_count("steps", steps)
        taken = {phase["name"] for phase in config["phases"]}
        name = next(name for k in itertools.count(1) if (name := f"more_{k}") not in taken)
        phase = {**config["phases"][-1], "name": name, "steps": steps, "steps_per_epoch": steps}
        # It counts epochs, of which the phase has one.
        phase.pop("learning_rate_decay", None)
        return {**config, "phases": [*config["phases"], phase]}

    def extend(self, config):
        """Writes what `extended` returned; the run then goes on like one that was stopped.

        Args:
            config: dict. The run's configuration with one more phase.

        Raises:
            OSError: The folder cannot be written; the run is as it was.

        Example: see `extended`.
        """
        self._write(config)

    def _write(self, config):
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            temporary = self.path / f".{CONFIG}.{os.getpid()}.tmp"
            try:
                temporary.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
                os.replace(temporary, self.path / CONFIG)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise type(error)(
                error.errno,
                f"The run's folder '{self.path}' cannot be written ({error.strerror or error}). "
                "Give another `run_dir`, or make room",
            ) from error

    # === Places ===

    @property
    def stats(self):
        return self.path / "stats.jsonl"

    def states(self, phase):
        """The folder of a phase's states."""
        return self.path / "states" / phase

    def samples(self, phase):
        """The folder of a phase's sample grids."""
        return self.path / "samples" / phase

    def tensorboard(self, phase):
        """The folder of a phase's logs for TensorBoard."""
        return self.path / "tensorboard" / phase

    # === Progress ===

    def steps_done(self):
        """Returns how many steps of each phase are done, as far as states tell."""
        done = {}
        for phase in self.read_config()["phases"]:
            path = state_file.newest(self.states(phase["name"]))
            if path is not None:
                done[phase["name"]] = state_file.read_header(path)["position"]["batches"]
        return done

    # === What was trained ===

    def load_model(self):
        """Returns the model as the newest state has it, ready for `generate`.

        Raises:
            FileNotFoundError: There is no run here, or it has no state yet.
        """
        from keras_stackgan.training import building

        config = self.read_config()
        done = self.steps_done()
        if not done:
            raise FileNotFoundError(f"The run in '{self.path}' has no state yet. Train first.")
        phase = [phase for phase in config["phases"] if phase["name"] in done][-1]
        guide = self.path / GUIDE if config.get("guide") is not None else None
        model = building.make_model(config["model"], phase, guide, self.path)
        load_newest_weights(model, self.states(phase["name"]))
        model.text_encoder = self.load_text_encoder()
        return model

    def load_text_encoder(self):
        """Returns the run's text encoder, or `None` where it has none."""
        from keras_stackgan.text import SentenceEncoder

        encoder = self.own_text_encoder()
        if encoder is not None:
            return encoder
        if self.read_config()["text"].get("encoder") == "minilm":
            return SentenceEncoder.minilm()
        return None

    def own_text_encoder(self):
        """Returns the encoder that the run has written to its folder, or `None`."""
        from keras_stackgan.text import TextEncoder

        path = self.path / TEXT_ENCODER
        return TextEncoder.load(path) if self.exists and path.is_dir() else None
