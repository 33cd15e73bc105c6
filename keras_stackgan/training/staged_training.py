"""A run in phases: one stage after the other, or all at once, stopped and gone on with exactly."""

import importlib.util
import math
import sys

import keras
import numpy as np

from keras_stackgan.callbacks import (
    ProgressLine,
    SampleGrid,
    StatsLog,
    TrainingState,
    load_newest_weights,
    state_file,
)
from keras_stackgan.data import CaptionEmbeddings, caption_dataset
from keras_stackgan.training import building, feature_network, guides, samples
from keras_stackgan.training.beginning import Beginning
from keras_stackgan.training.last_step import LastStep
from keras_stackgan.training.phase_checks import check_compile
from keras_stackgan.training.resolving import resolve
from keras_stackgan.training.run_folder import BEGINNING, GUIDE, TEXT_ENCODER, RunFolder
from keras_stackgan.training.stop_request import NAMES, Stopped, StopRequest
from keras_stackgan.training.time_estimate import TimeEstimate


class StagedTraining:
    """Trains a model in the phases of a recipe, in a folder from which it can always go on.

    Each phase has its own compile settings, steps and optimizers. Where a phase has more stages
    than the one before it, the model grows. A run that was stopped or killed at any moment goes on
    when it is made and fitted again, and on the CPU it ends with the same bits.

    Args:
        settings: dict, as a recipe's: `model` (`class_name`, `config`), `phases`, `run`, and `text`
            and `data`, of which `text["standardize"]`, `data["batches"]` (arguments of
            `caption_dataset`) and `data["sizes"]` (`"all_stages"` for pictures of each stage's
            size) are used here; if the generator has a guide (see `load_guide`), its folder as
            `guide`; and, if it is to begin as one that was trained (see `Beginning`), the run or
            preset as `begin_from`. The run takes copies of both.
        run_dir: path. See `RunFolder`.
        records: list of `Record`.
        embeddings: `CaptionEmbeddings`, array or `None`. Of the records' captions.
        text_encoder: `TextEncoder` or `None`. What made the embeddings; it comes to the model.
        callbacks: list of Keras callbacks for each `fit`, beside those of the run itself.
        say: function of a str, for what is to be told in between.

    Raises:
        ValueError: The settings are not as described, or not those of the run in the folder.
        OSError: The folder cannot be written.

    Example:

    ```python
    from keras_stackgan import recipes
    from keras_stackgan.data import embed_captions, read_records
    from keras_stackgan.text import SentenceEncoder
    from keras_stackgan.training import StagedTraining

    records = read_records("my_birds")
    encoder = SentenceEncoder.minilm()
    settings = recipes.get("captions_cpu").settings
    settings["text"]["encoder"] = "minilm"
    run = StagedTraining(
        settings, "runs/birds", records, embed_captions(records, encoder), encoder
    )
    model = run.fit()
    model.generate("a red bird")
    ```
    """

    def __init__(
        self,
        settings,
        run_dir,
        records,
        embeddings=None,
        text_encoder=None,
        callbacks=(),
        say=print,
    ):
        if embeddings is not None and not isinstance(embeddings, CaptionEmbeddings):
            embeddings = CaptionEmbeddings(embeddings)
        self.records = records
        self.embeddings = embeddings
        self.text_encoder = text_encoder
        self.folder = RunFolder(run_dir)
        self.callbacks = list(callbacks)
        self.say = say
        self.config = resolve(settings, records, embeddings, text_encoder)
        self.phases = self.config["phases"]
        self.beginning = self._find_beginning()
        self.run = self.config["run"]

    def fit(self):
        """Trains what is left of all phases.

        Returns:
            The model.

        Raises:
            Stopped: Ctrl-C or SIGTERM came; the state is written.
            FloatingPointError: A loss or gradient is not finite.
            ValueError: A phase, be it the last, has settings that its model does not take; nothing
                is written then.
        """
        fresh = not self.folder.exists
        if fresh:
            # Before anything is written: no other settings may use the folder then.
            check_compile(self.config)
        else:
            self.folder.begin(self.config)
        first = self._first_phase()
        model = self._model_of(first)
        if fresh:
            if self.beginning is not None:
                self.beginning.check(model, self.text_encoder)
            self.folder.begin(self.config)
        if self.beginning is not None:
            self.beginning = self.beginning.keep(self.folder.path / BEGINNING)
            if not self._has_state(first):
                self.beginning.take(model)
        if self.text_encoder is not None and self.config["text"].get("encoder") != "minilm":
            self._save_text_encoder()
        if self.config.get("guide") is not None:
            guides.copy_guide(self.config["guide"], self.folder.path / GUIDE)
        feature_network.keep(self.config["model"]["config"], self.folder.path)
        for number in range(first, len(self.phases)):
            if number > first:
                model = self._next(model, number)
            self._fit_phase(model, number)
        return model

    # === Models ===

    def _find_beginning(self):
        if self.config.get("begin_from") is None:
            return None
        own = self.folder.path / BEGINNING
        return Beginning(own if own.is_dir() else self.config["begin_from"])

    def _first_phase(self):
        """The phase to go on with: the last one that has a state."""
        begun = [number for number in range(len(self.phases)) if self._has_state(number)]
        return begun[-1] if begun else 0

    def _model_of(self, number):
        keras.utils.set_random_seed(self._seed(number))
        model = building.make_model(
            self.config["model"], self.phases[number], self._guide_folder(), self.folder.path
        )
        if self.embeddings is not None and self.config["text"].get("standardize"):
            model.adapt_embeddings(np.asarray(self.embeddings.array))
        if self._has_state(number):
            load_newest_weights(model, self.folder.states(self.phases[number]["name"]))
        elif self.beginning is None:
            building.scale_fresh_stage(model, self.phases[number])
        return model

    def _has_state(self, number):
        return state_file.newest(self.folder.states(self.phases[number]["name"])) is not None

    def _next(self, model, number):
        # The same whether the phase before has just ended or was ended by another process.
        keras.utils.set_random_seed(self._seed(number))
        begun = self.beginning is not None
        grown = building.next_model(model, self.config["model"], self.phases[number], begun)
        if begun and grown is not model:
            self.beginning.take_stage(grown, model)
        return grown

    def _seed(self, number):
        return self.run["seed"] + number

    def _first_step(self, number):
        """The model's step at a phase's begin: it counts on where the model does not grow."""
        step = 0
        for before, phase in zip(self.phases[:number], self.phases[1:], strict=False):
            step = step + before["steps"] if before.get("stages") == phase.get("stages") else 0
        return step

    # === Fitting ===

    def _fit_phase(self, model, number):
        phase = self.phases[number]
        building.compile_model(model, phase, self._seed(number), self._guide(model))
        model.text_encoder = self.text_encoder
        state = TrainingState(
            self.folder.states(phase["name"]), min(self.run["save_every"], phase["steps"])
        )
        done = state.start_step
        left = phase["steps"] - done
        if left <= 0:
            return
        size = model.training_sizes[-1]
        self.say(
            f"Phase {number + 1} of {len(self.phases)}, {phase['name']}: {left:,} "
            f"{'more ' * bool(done)}steps of {phase['batch_size']} pictures of {size} pixels."
        )
        with StopRequest() as stop:
            model.fit(
                self._dataset(model, number, done),
                steps_per_epoch=phase["steps_per_epoch"],
                epochs=math.ceil(phase["steps"] / phase["steps_per_epoch"]),
                verbose=0,
                callbacks=[*self._callbacks(model, number, done), stop, state],
            )
        done = state.start_step
        if stop.received is not None and done < phase["steps"]:
            raise Stopped(
                f"{NAMES[stop.received]}: stopped at step {done:,} of {phase['steps']:,} of phase "
                f"'{phase['name']}'; its state is written.",
                stop.received,
            )

    def _dataset(self, model, number, start_step):
        data = self.config["data"]
        sizes = model.training_sizes
        return caption_dataset(
            self.records,
            self.embeddings,
            image_size=sizes if data.get("sizes") == "all_stages" else sizes[-1],
            batch_size=self.phases[number]["batch_size"],
            seed=self._seed(number),
            start_step=start_step,
            **data.get("batches", {}),
        )

    def _callbacks(self, model, number, done):
        phase, name = self.phases[number], self.phases[number]["name"]
        first_step = self._first_step(number)
        left = phase["steps"] - done
        tensorboard = None
        if importlib.util.find_spec("tensorboard") is not None:
            tensorboard = self.folder.tensorboard(name)
        # The last epoch may be shorter than the others.
        ends_early = phase["steps"] % phase["steps_per_epoch"] != 0
        return [
            *([LastStep(left)] if ends_early else []),
            *building.schedules(model, phase, first_step),
            TimeEstimate(left, self.say),
            # A line that is drawn over may come often; lines of a log file may not.
            ProgressLine(left, phase["batch_size"], 1.0 if sys.stderr.isatty() else 30.0),
            SampleGrid(
                self.folder.samples(name),
                **samples.conditions(
                    model, self.config, self.records, self.embeddings, self.text_encoder
                ),
                columns=self.run["sample_columns"],
                every=self.run["sample_every"],
                seed=self.run["seed"],
                log_dir=tensorboard,
            ),
            StatsLog(
                self.folder.stats,
                self.run["stats_every"],
                label={"phase": name},
                last_step=first_step + done,
                tensorboard=tensorboard,
            ),
            *self.callbacks,
        ]

    def _guide_folder(self):
        """The run's own copy of the guide as soon as there is one: the other may be changed."""
        own = self.folder.path / GUIDE
        return own if own.is_dir() else self.config.get("guide")

    def _guide(self, model):
        if self.config.get("guide") is None:
            return None
        return guides.load_guide(self.folder.path / GUIDE, model)

    def _save_text_encoder(self):
        path = self.folder.path / TEXT_ENCODER
        if path.exists():
            return
        try:
            self.text_encoder.save(path)
        except (OSError, RuntimeError) as error:
            # HDF5 says of a full disk that it is an error at run time.
            raise OSError(
                f"The text encoder could not be written to '{path}' ({error}). Nothing of it is "
                "left there; make room, and go on."
            ) from error
