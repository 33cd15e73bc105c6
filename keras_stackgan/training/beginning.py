"""What a run begins with in place of random weights: a generator that was trained before."""

import functools
from pathlib import Path

import keras

from keras_stackgan.training.run_folder import TEXT_ENCODER, RunFolder

# Of a model's settings: what is no matter of the generator.
NOT_OF_GENERATORS = ("dtype", "name", "trainable", "unconditional_head")


def of_generator(name):
    """Whether the generator follows from this argument of a model."""
    return name not in NOT_OF_GENERATORS and not name.startswith("discriminator_")


class Beginning:
    """The averaged generator of a preset or of another run, as the beginning of a run.

    Discriminators begin anew: those that are handed on know the pictures they were trained with,
    and a preset mostly has none. So let them learn alone for some hundred steps first, in a phase
    whose `optimizer` has the learning rate 0.

    Args:
        source: str or path. The folder of a run, a built-in preset's name, or its directory.

    Raises:
        ValueError: There is neither a run nor a preset.

    Example:

    ```python
    beginning = Beginning("stackgan_v2_painted_birds_256")
    beginning.settings["class_name"]  # "StackGANv2"
    ```
    """

    def __init__(self, source):
        from keras_stackgan.presets import registry
        from keras_stackgan.presets.preset_directory import PresetDirectory, is_preset

        self.source = source
        self._run = RunFolder(source)
        # Both have a config.json.
        if self._run.exists and not is_preset(self._run.path):
            self._folder, self.settings = self._run.path, self._run.read_config()["model"]
        else:
            self._run = None
            known = registry.builtin()
            if str(source) not in known and not Path(source).expanduser().is_dir():
                raise ValueError(
                    "`begin_from` must be the folder of a run, the directory of a preset, or the "
                    f"name of one that is built in ({', '.join(known)}). Received: '{source}'."
                )
            found = PresetDirectory(registry.find(str(source)))
            self._folder = found.path
            self.settings = {
                "class_name": found.class_name.rpartition(">")[2],
                "config": found.config,
            }

    @property
    def image_sizes(self):
        """Sides of its stages' pictures; `None` where its settings do not say them."""
        config = self.settings["config"]
        if "image_sizes" in config:
            return list(config["image_sizes"])
        sizes = [config[name] for name in ("stage1_size", "image_size") if name in config]
        return sorted(set(sizes)) or None

    @property
    def text_encoder(self):
        """Where its text encoder lies, as `train --text_encoder` takes it, or `None`."""
        if (self._folder / TEXT_ENCODER).is_dir():
            return str(Path(self._folder / TEXT_ENCODER).absolute())
        return None if self._run is None else self._run.read_config()["text"].get("encoder")

    def keep(self, folder):
        """Writes it to a folder, as a preset, unless it is there; a run keeps its own.

        Args:
            folder: path.

        Returns:
            The `Beginning` in that folder, whose kernels have been rounded to float16.
        """
        if not Path(folder).exists():
            self.trained.save_to_preset(folder)
        return Beginning(folder)

    def check(self, model, text_encoder=None):
        """Checks that a model can begin with this generator.

        Args:
            model: `AdversarialModel`.
            text_encoder: `TextEncoder` or `None`. What made the embeddings that it will see.

        Raises:
            ValueError: The generators differ, or the text encoders do.
        """
        own = self.trained.text_encoder
        if None not in (own, text_encoder) and own.fingerprint() != text_encoder.fingerprint():
            raise ValueError(
                "A generator understands the text encoder that it was trained with alone. "
                f"Received: begin_from='{self.source}' and another encoder; give its own, or leave "
                "`begin_from` out."
            )
        wanted = twins(model)
        wrong = [
            _difference(name, live, self._values.get(name))
            for name, live, _ in wanted
            if name not in self._values or self._values[name].shape != tuple(live.shape)
        ]
        if wrong:
            raise ValueError(
                "`begin_from` must name a trained generator of which the model's is a part. "
                f"Received: '{self.source}', {wrong[0]} (of {len(wanted)} weights {len(wrong)} do "
                "not fit). Give the model the same arguments, or leave `begin_from` out."
            )

    def take(self, model):
        """Copies the generator, and how embeddings were scaled for it, into a model.

        Args:
            model: `AdversarialModel`, which `check` has found to fit.
        """
        self._copy(model, twins(model))
        if model.conditional and self.trained.embedding_mean is not None:
            model.embedding_mean.assign(self.trained.embedding_mean)
            model.embedding_scale.assign(self.trained.embedding_scale)

    def take_stage(self, model, before):
        """Copies what a model has and the one that grew into it had not, if this generator has it.

        Args:
            model: `AdversarialModel`.
            before: the model before it grew.
        """
        known = {name for name, _, _ in twins(before)}
        self._copy(model, [twin for twin in twins(model) if twin[0] not in known])

    def _copy(self, model, twins):
        for name, live, averaged in twins:
            value = self._values.get(name)
            if value is not None and value.shape == tuple(live.shape):
                live.assign(value)
                averaged.assign(value)

    @functools.cached_property
    def trained(self):
        """The model, not compiled.

        Raises:
            ValueError: It is a run of StackGAN-v1 that is still at Stage-I.
        """
        from keras_stackgan.presets import from_preset

        if self._run is None:
            return from_preset(self._folder)
        model = self._run.load_model()
        if len(model.output_sizes) > 1 and self._stage() == 1:
            raise ValueError(
                f"`begin_from` must name a StackGAN-v1 whose Stage-II was trained. Received: "
                f"'{self.source}', which is still at Stage-I; go on with that run itself."
            )
        return model

    def _stage(self):
        """What the run's newest phase compiled as `stage`: StackGAN-v1's, or `None`."""
        done = self._run.steps_done()
        phases = [phase for phase in self._run.read_config()["phases"] if phase["name"] in done]
        return phases[-1].get("compile", {}).get("stage")

    @functools.cached_property
    def _values(self):
        return {
            name: keras.ops.convert_to_numpy(average) for name, _, average in twins(self.trained)
        }


def twins(model):
    """Each weight of a model's generator: its name, itself, and its twin in the average."""
    pairs = zip(model.generator.weights, model.averaged_generator.weights, strict=True)
    return [(live.path.removeprefix("generator/"), live, average) for live, average in pairs]


def _difference(name, live, value):
    if value is None:
        return f"which has no '{name}'"
    return f"whose '{name}' has the shape {value.shape}, not {tuple(live.shape)}"
