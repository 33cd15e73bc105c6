"""What is wrong with the settings of a run, found before anything is read, made or written."""

import inspect
import types
from pathlib import Path

from keras_stackgan.cli import quiet, text_encoders
from keras_stackgan.cli.close_names import did_you_mean
from keras_stackgan.recipes.named_recipe import SETTINGS

# Beside a recipe's: what `train` adds, and the guide, which few recipes have.
ENTRIES = (*SETTINGS, "guide", "begin_from", "recipe", "machine")
DATA = "source folder split options batches sizes skip_bad check_counts".split()
TEXT = ("encoder", "embeddings", "standardize")
MODEL = ("class_name", "config")
# Of `caption_dataset`: what the run gives it by itself.
OF_THE_RUN = ("records", "embeddings", "image_size", "batch_size", "seed", "start_step")
VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
# What Keras has more of, int8 among them, does not train these models.
DTYPES = "float32 mixed_bfloat16 mixed_float16 bfloat16 float16 float64".split()


def check(settings):
    """Checks the settings of a run that is to begin, as far as they can be without its data.

    Args:
        settings: dict, a recipe's as flags have changed it.

    Raises:
        ValueError: An entry is unknown (the message says what may have been meant), or cannot be.
    """
    quiet.load_tensorflow()
    from keras_stackgan.data import caption_dataset
    from keras_stackgan.training.resolving import RUN

    _check_names("The settings", settings, ENTRIES)
    for name, known in (("data", DATA), ("text", TEXT), ("model", MODEL), ("run", RUN)):
        _check_names(f"`{name}`", settings[name], known)
    batches = set(inspect.signature(caption_dataset).parameters).difference(OF_THE_RUN)
    _check_names("`data.batches`", settings["data"].get("batches", {}), batches)
    if settings["text"].get("encoder") is not None:
        text_encoders.check(settings["text"]["encoder"], (text_encoders.TAUGHT,))
    _check_model(settings["model"], settings["phases"])


def check_run(run_dir):
    """Checks, before anything is imported or picked, that there is a run to go on with.

    Args:
        run_dir: str.

    Raises:
        ValueError: There is none.
    """
    if not (Path(run_dir).expanduser() / "config.json").is_file():
        raise ValueError(f"'{run_dir}' holds no run to go on with. Give --data to begin one.")


def check_folder(folder, flags):
    """Checks that the data lie where a run says.

    Args:
        folder: str or `None`. Of the run's settings.
        flags: dict from name to value, of the flags on the command line.

    Raises:
        FileNotFoundError: They do not, and no flag says where else.
        ValueError: The run does not say it.
    """
    if "data" in flags:
        return
    if folder is None:
        # A run that was begun in Python.
        raise ValueError(f"The run '{flags['run_dir']}' does not say where its data lie: --data.")
    if not Path(folder).expanduser().is_dir():
        raise FileNotFoundError(
            f"The data folder '{folder}' of the run '{flags['run_dir']}' does not exist. It may "
            "have moved: --data FOLDER."
        )


def _check_model(model, phases):
    from keras_stackgan.layers.utils import check_choice
    from keras_stackgan.models import network_checks
    from keras_stackgan.models.stackgan_v1 import arguments as arguments_of_v1
    from keras_stackgan.models.stackgan_v2 import arguments as arguments_of_v2
    from keras_stackgan.training.building import MODELS

    kind = MODELS[check_choice("class_name", model["class_name"], tuple(MODELS))]
    config = model["config"]
    # The latter two are Keras', of every model.
    _check_names("`model.config`", config, _arguments(kind, "__init__") | {"dtype", "name"})
    check_choice("dtype", config.get("dtype", "float32"), tuple(DTYPES))
    # All stages at once: a phase that begins after days makes the last of them.
    own = {"StackGANv1": arguments_of_v1, "StackGANv2": arguments_of_v2}.get(kind.__name__)
    if own is None:
        network_checks.check_image_size("image_size", config.get("image_size", 64))
    else:
        parameters = inspect.signature(kind.__init__).parameters
        given = {name: config.get(name, parameters[name].default) for name in own.NAMES}
        own.set_arguments(types.SimpleNamespace(), given)
    for phase in phases:
        where = f"`compile` of phase '{phase['name']}'"
        _check_names(where, phase.get("compile", {}), _arguments(kind, "compile"))


def _arguments(model, method):
    """The names that a method takes, also those that it hands on to the same of its base class."""
    names = set()
    for each in model.__mro__:
        if method in vars(each):
            parameters = inspect.signature(vars(each)[method]).parameters.values()
            kinds = {parameter.name: parameter.kind for parameter in parameters}
            names.update(name for name, kind in kinds.items() if kind not in VARIABLE)
            if inspect.Parameter.VAR_KEYWORD not in kinds.values():
                break
    return names - {"self"}


def _check_names(where, given, known):
    if not isinstance(given, dict):
        raise ValueError(f"{where} must hold settings by name. Received: {given!r}.")
    for name in given:
        if name not in known:
            raise ValueError(
                f"{where} must hold nothing but {', '.join(sorted(known))}. Received: {name!r}."
                f"{did_you_mean(name, known)}"
            )
