"""What is wrong with the settings of a run, found before anything is read, made or written."""

import inspect
from pathlib import Path

from keras_stackgan.cli import quiet
from keras_stackgan.cli.close_names import did_you_mean
from keras_stackgan.recipes.named_recipe import SETTINGS

# Beside a recipe's: what `train` adds, and the guide, which few recipes have.
ENTRIES = (*SETTINGS, "guide", "recipe", "machine")
DATA = "source folder split options batches sizes skip_bad check_counts".split()
TEXT = ("encoder", "embeddings", "standardize")
MODEL = ("class_name", "config")
# Of `caption_dataset`: what the run gives it by itself.
OF_THE_RUN = ("records", "embeddings", "image_size", "batch_size", "seed", "start_step")


def check(settings):
    """Checks the settings of a run that is to begin.

    Args:
        settings: dict, a recipe's as flags have changed it.

    Raises:
        ValueError: An entry is unknown; the message says what may have been meant.
    """
    quiet.load_tensorflow()
    from keras_stackgan.data import caption_dataset
    from keras_stackgan.training.resolving import RUN

    _check_names("The settings", settings, ENTRIES)
    for name, known in (("data", DATA), ("text", TEXT), ("model", MODEL), ("run", RUN)):
        _check_names(f"`{name}`", settings[name], known)
    batches = set(inspect.signature(caption_dataset).parameters).difference(OF_THE_RUN)
    _check_names("`data.batches`", settings["data"].get("batches", {}), batches)


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


def _check_names(where, given, known):
    if not isinstance(given, dict):
        raise ValueError(f"{where} must hold settings by name. Received: {given!r}.")
    for name in given:
        if name not in known:
            raise ValueError(
                f"{where} must hold nothing but {', '.join(sorted(known))}. Received: {name!r}."
                f"{did_you_mean(name, known)}"
            )
