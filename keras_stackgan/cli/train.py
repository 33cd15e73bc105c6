"""`keras-stackgan train`."""

import hashlib
import json
import sys
from pathlib import Path

from keras_stackgan import recipes
from keras_stackgan.cli import picture_sizes, quiet, train_checks, train_flags
from keras_stackgan.cli.command import Command, given
from keras_stackgan.cli.image_sizes import set_image_sizes
from keras_stackgan.recipes.named_recipe import check_phases

# Flags that say where and how, not what.
NOT_SETTINGS = ("data", "run_dir", "recipe", "resume", "more_steps", "dry_run", "debug")


def run(values, rest):
    """Trains, or goes on with a run."""
    del rest
    flags = given(values)
    if not values.dry_run and (values.run_dir is None or not (values.data or values.resume)):
        raise ValueError("Give --data (pictures and captions) and --run_dir. See --help.")
    if values.run_dir is not None and values.resume and values.data is None:
        train_checks.check_run(values.run_dir)
    config = configuration(flags)
    if values.dry_run:
        print(json.dumps(config, indent=2))
        return 0
    train_checks.check_folder(config["data"].get("folder"), flags)
    quiet.load_tensorflow()
    from keras_stackgan.cli import data
    from keras_stackgan.training import RunFolder, StagedTraining, Stopped

    folder = RunFolder(values.run_dir)
    records, embeddings, encoder = data.read(
        config,
        largest_size(config),
        config["run"]["seed"],
        flags.get("data"),
        run=folder,
        teach=lambda records: _taught_encoder(records, folder.path, config["run"]["seed"]),
    )
    print(f"{len(records):,} pictures of '{config['data']['folder']}'.")
    small = picture_sizes.warning(records, largest_size(config))
    if small is not None:
        _say(small)
    if values.more_steps is not None:
        folder.extend(config)
    training = StagedTraining(config, values.run_dir, records, embeddings, encoder, say=_say)
    try:
        training.fit()
    except Stopped as stop:
        print(
            f"{stop} Go on with: keras-stackgan train --run_dir {values.run_dir} --resume",
            file=sys.stderr,
        )
        return 128 + stop.signal_number
    print(f"Done: {values.run_dir}. {_next_step(training.config, encoder, values.run_dir)}")
    return 0


def _taught_encoder(records, run_dir, seed):
    """The folder of an encoder trained on the run's own captions, which is made if it is absent."""
    from keras_stackgan.cli import train_text
    from keras_stackgan.training.text_training import ENCODER

    taught_on = [seed, [[record.file, list(record.captions)] for record in records]]
    digest = hashlib.sha256(json.dumps(taught_on).encode()).hexdigest()
    # Of other captions there may be one, of a run that was ended before it had begun.
    folder = run_dir / "text" / digest[:16]
    if not (folder / ENCODER).exists():
        _say("Training a text encoder on these captions and pictures first.")
        train_text.by_pictures(records, folder, seed=seed, say=_say)
    return folder / ENCODER


def configuration(flags):
    """Returns the settings of a run: a recipe's as flags change them, or those of a run.

    Args:
        flags: dict from name to value, of the flags on the command line.

    Raises:
        ValueError: The flags do not fit the recipe, or not the run that is to be gone on with.
    """
    folder = _run_folder(flags)
    if folder is not None and folder.exists:
        return _resumed(folder, flags)
    if "more_steps" in flags:
        raise ValueError(
            "`--more_steps` needs a run that has ended, in --run_dir. Received: "
            f"{flags.get('run_dir')!r}; --steps sets the steps of a new run."
        )
    recipe = recipes.get(flags.get("recipe", train_flags.DEFAULT_RECIPE))
    settings = {"recipe": recipe.name, **recipe.settings}
    if "data" in flags:
        settings["data"] = {**settings["data"], "folder": str(Path(flags["data"]).expanduser())}
    settings = train_flags.apply(settings, flags)
    if "recipe" not in flags:
        _fit_to_machine(settings, flags)
    check_phases(settings["phases"], f"'{recipe.name}'")
    train_checks.check(settings)
    return settings


def largest_size(config):
    """The side of the largest pictures that a run trains on."""
    model = config["model"]["config"]
    return model["image_size"] if "image_size" in model else max(model["image_sizes"])


def _run_folder(flags):
    if "run_dir" not in flags or not Path(flags["run_dir"]).expanduser().exists():
        return None
    quiet.load_tensorflow()
    from keras_stackgan.training import RunFolder

    return RunFolder(flags["run_dir"])


def _resumed(folder, flags):
    from keras_stackgan.callbacks.run_description import differences

    config = folder.read_config()
    if "more_steps" in flags and not flags.get("resume"):
        raise ValueError(f"`--more_steps` goes on with the run in '{folder.path}': add --resume.")
    if not flags.get("resume"):
        done = ", ".join(f"{name} at step {steps:,}" for name, steps in folder.steps_done().items())
        raise ValueError(
            f"'{folder.path}' holds a run already ({done or 'no state yet'}). Go on with it by "
            "--resume, or give another --run_dir."
        )
    given = {k: v for k, v in flags.items() if k not in NOT_SETTINGS}
    if "more_steps" in flags:
        config = folder.extended(flags["more_steps"])
        if "learning_rate" in given:
            train_flags.set_learning_rate(config["phases"][-1], given.pop("learning_rate"))
    changed = train_flags.apply(config, given)
    if "recipe" in flags:
        changed["recipe"] = recipes.get(flags["recipe"]).name
    found = list(differences(config, changed))
    if found:
        raise ValueError(
            f"The run in '{folder.path}' has other settings: {'; '.join(found[:5])}. Leave these "
            "flags out to go on with it, or give another --run_dir."
        )
    return config


def _fit_to_machine(settings, flags):
    """Picks sizes for the machine and the pictures where no flag says them; tells which."""
    quiet.load_tensorflow()
    from keras_stackgan.data import sources
    from keras_stackgan.training import Machine

    machine = Machine.here()
    picked = machine.sizes()
    settings["machine"] = str(machine)
    config, told = settings["model"]["config"], []
    begun = "begin_from" in flags
    for name in ("generator_filters", "discriminator_filters"):
        if name not in flags and not (begun and name == "generator_filters"):
            config[name] = picked["filters"]
            told.append(f"--{name} {config[name]}")
    if "image_sizes" not in flags and not begun and "folder" in settings["data"]:
        data = settings["data"]
        records = sources.get(data["source"]).read(
            data["folder"], data["split"], check_counts=False, strict=False, **data["options"]
        )
        sizes = picture_sizes.stages(picture_sizes.shorter_side(records))
        set_image_sizes(settings, sizes)
        told.append(f"--image_sizes {','.join(map(str, sizes))}")
    if "batch_size" not in flags:
        for phase in settings["phases"]:
            phase["batch_size"] = picked["batch_size"]
        told.append(f"--batch_size {picked['batch_size']}")
    said = f" Picked: {' '.join(told)}." if told else ""
    _say(f"This machine: {machine}.{said}")


def _next_step(config, encoder, run_dir):
    if encoder is None:
        return f"Draw with: keras-stackgan generate --run_dir {run_dir}"
    caption = config["run"]["sample_captions"][0]
    return f'Draw with: keras-stackgan generate --run_dir {run_dir} --caption "{caption}"'


def _say(line):
    # Beside the progress line, which is on standard error.
    print(line, file=sys.stderr, flush=True)


COMMAND = Command(
    "train",
    "Trains a model in a run folder, from which it can always go on.",
    (
        "keras-stackgan train --data my_flowers --run_dir runs/flowers",
        "keras-stackgan train --data my_flowers --run_dir runs/small --image_sizes 64 --steps 3000",
        "keras-stackgan train --recipe stackgan_v2_cub --data birds --run_dir runs/birds",
        "keras-stackgan train --run_dir runs/birds --resume",
        "keras-stackgan train --run_dir runs/birds --resume --more_steps 2000",
        "keras-stackgan train --begin_from my_preset --data my_birds --run_dir runs/more",
        "keras-stackgan train --recipe captions_cpu --dry_run",
    ),
    train_flags.define,
    run,
)
