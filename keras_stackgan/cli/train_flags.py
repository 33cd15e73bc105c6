"""The flags of `train`, and what they change in a recipe's settings."""

import copy
import json

from absl import flags

from keras_stackgan.cli import text_encoders, train_beginning
from keras_stackgan.cli.image_sizes import set_image_sizes
from keras_stackgan.cli.train_checks import DTYPES

DEFAULT_RECIPE = "captions_cpu"

# Of a guide's loss, where the recipe was made without one; as in the recipe of the flowers.
GUIDE_WEIGHT = 0.5


def define(values):
    """Defines the flags on a `FlagValues`."""

    def string(name, help_text, default=None):
        flags.DEFINE_string(name, default, help_text, flag_values=values)

    def integer(name, help_text, lowest=1):
        flags.DEFINE_integer(name, None, help_text, lower_bound=lowest, flag_values=values)

    string("data", "Folder of the data set.")
    string("run_dir", "Folder of the run: configuration, states, statistics, sample grids.")
    string(
        "recipe",
        f"A recipe's name (`keras-stackgan info` lists them) or JSON file. By default "
        f"{DEFAULT_RECIPE}, made to fit this machine and the pictures.",
    )
    string("source", "The data set's kind, as `keras-stackgan prepare --help` lists them.")
    string("split", "train, test or all.")
    string(
        "text_encoder",
        f"{text_encoders.TAUGHT}: trained on the captions and pictures first. {text_encoders.HELP}",
    )
    string(
        "guide",
        "Folder of a guide that train_text made; its weight is the phases' matching_weight, "
        f"{GUIDE_WEIGHT} in recipes that set none.",
    )
    string(
        "begin_from",
        "Folder of a run, or name or directory of a preset: the run begins with its generator, "
        "and has its text encoder and the settings of its generator. Before each stage trains, "
        "its discriminators, which are new, learn alone; see --judges_alone.",
    )
    integer(
        "judges_alone",
        f"With --begin_from: for how many steps, {train_beginning.JUDGES_ALONE} unless given.",
        lowest=0,
    )
    string("embeddings", "Embeddings that come with the data set, such as char-CNN-RNN.")
    flags.DEFINE_list("image_sizes", None, "Sides of the stages' pictures.", flag_values=values)
    flags.DEFINE_list(
        "steps", None, "Steps of each phase, or one number for all.", flag_values=values
    )
    integer("batch_size", "Pictures a step.")
    integer("generator_filters", "Width of the generator.")
    integer("discriminator_filters", "Width of the discriminators.")
    flags.DEFINE_float(
        "learning_rate", None, "Of Adam, for all networks.", flag_values=values, lower_bound=0.0
    )
    flags.DEFINE_bool(
        "flip", None, "Mirror half of the pictures; not where captions say left or right.",
        flag_values=values,
    )  # fmt: skip
    string("dtype", f"Precision: {', '.join(DTYPES)}.")
    flags.DEFINE_multi_string(
        "sample_caption", None, "A row of the sample grids; by default some of the data's.",
        flag_values=values,
    )  # fmt: skip
    integer("sample_every", "Steps between two sample grids.")
    integer("save_every", "Steps between two states.")
    integer("stats_every", "Steps between two lines of stats.jsonl.")
    integer("seed", "Of weights, noise and order.", lowest=0)
    flags.DEFINE_bool(
        "skip_bad", None, "Audit the data first and leave out what cannot be used.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_bool(
        "check_counts", None, "Refuse a published data set with another number of pictures.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_multi_string(
        "set",
        None,
        "Any other setting, as `phases.0.compile.r1_weight=0.1`; the value is JSON.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "resume", False, "Go on with the run in --run_dir, exactly.", flag_values=values
    )
    integer(
        "more_steps",
        "With --resume: steps for a run that has ended, in a phase like its last one. "
        "--learning_rate gives that phase another rate.",
    )


def apply(settings, given):
    """Changes settings as flags say.

    Args:
        settings: dict, as a recipe's.
        given: dict from flag to value, of those on the command line.

    Returns:
        New settings.

    Raises:
        ValueError: A flag does not fit the settings.
    """
    settings = copy.deepcopy(settings)
    # What follows from it is in the settings of a run that is gone on with.
    begins = "begin_from" in given and given["begin_from"] != settings.get("begin_from")
    if begins:
        train_beginning.set_model(settings, given["begin_from"])
    for name in ("source", "split", "skip_bad", "check_counts"):
        if name in given:
            settings["data"][name] = given[name]
    if "source" in given and "split" not in given:
        settings["data"]["split"] = "all" if given["source"] == "folder" else "train"
    if "flip" in given:
        _set_flip(settings["data"]["batches"], given["flip"])
    if "text_encoder" in given:
        settings["text"].update(encoder=given["text_encoder"], embeddings=None)
    if "guide" in given:
        _set_guide(settings, given["guide"])
    if "embeddings" in given:
        settings["text"].update(encoder=None, embeddings=given["embeddings"])
    for name in ("generator_filters", "discriminator_filters", "dtype"):
        if name in given:
            settings["model"]["config"][name] = given[name]
    for name in ("sample_every", "save_every", "stats_every", "seed"):
        if name in given:
            settings["run"][name] = given[name]
    if "sample_caption" in given:
        settings["run"]["sample_captions"] = given["sample_caption"]
    if "image_sizes" in given:
        set_image_sizes(settings, _whole_numbers("image_sizes", given["image_sizes"]))
    if "steps" in given:
        _set_steps(settings["phases"], _whole_numbers("steps", given["steps"]))
    for phase in settings["phases"]:
        if "batch_size" in given:
            phase["batch_size"] = given["batch_size"]
        if "learning_rate" in given:
            set_learning_rate(phase, given["learning_rate"])
    if begins:
        train_beginning.add_judges(settings)
    if "judges_alone" in given:
        train_beginning.set_judges_alone(settings, given["judges_alone"])
    for assignment in given.get("set", ()):
        _assign(settings, assignment)
    return settings


def _set_guide(settings, folder):
    settings["guide"] = folder
    compiled = [phase.setdefault("compile", {}) for phase in settings["phases"]]
    if not any("matching_weight" in arguments for arguments in compiled):
        for arguments in compiled:
            arguments["matching_weight"] = GUIDE_WEIGHT


def set_learning_rate(phase, rate):
    """Sets the rate of a phase's Adam, for all networks."""
    adam = {"beta_1": 0.5, "beta_2": 0.999, "epsilon": 1e-8}
    phase["optimizer"] = {**phase.get("optimizer", adam), "learning_rate": rate}


def _set_steps(phases, steps):
    if len(steps) == 1:
        steps = steps * len(phases)
    if len(steps) != len(phases):
        names = ", ".join(phase["name"] for phase in phases)
        raise ValueError(
            f"`--steps` must be one number, or one for each of the phases {names}. "
            f"Received: {len(steps)}."
        )
    for phase, number in zip(phases, steps, strict=True):
        phase.pop("epochs", None)
        phase["steps"] = number


def _set_flip(batches, flip):
    if "preprocessing" in batches:
        raise ValueError(
            f"`--flip` is part of the published preprocessing '{batches['preprocessing']}' of "
            "this recipe. Leave it out."
        )
    batches["flip"] = flip


def _assign(settings, assignment):
    path, equals, text = assignment.partition("=")
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    place = settings
    *parents, last = path.split(".")
    try:
        for name in parents:
            place = place[int(name)] if isinstance(place, list) else place[name]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    except (KeyError, IndexError, TypeError, ValueError):
        equals = ""
    if not equals:
        raise ValueError(
            "`--set` must be a setting and its value, as phases.0.compile.r1_weight=0.1. "
            f"Received: {assignment!r}; see --dry_run for all settings."
        )


def _whole_numbers(name, texts):
    try:
        numbers = [int(text) for text in texts]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise ValueError(
            f"`--{name}` must be whole numbers above 0, with commas between them. "
            f"Received: {','.join(texts)!r}."
        )
    return numbers
