"""`keras-stackgan save_preset`."""

import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import quiet
from keras_stackgan.cli.command import Command, print_flags


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string("run_dir", None, "Folder of a run.", flag_values=values)
    flags.DEFINE_string("out", None, "Directory of the preset to write.", flag_values=values)
    flags.DEFINE_string(
        "metadata", None,
        "JSON file with what the card says: description, license, knows, captions, limits, "
        "dataset, training, figures; see `save_to_preset`.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "recalibrate", 100,
        "Batches over which the averaged weights' batch statistics are estimated again; 0 leaves "
        "them.",
        lower_bound=0, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "data", None, "Folder of the run's data, if it was moved.", flag_values=values
    )
    flags.DEFINE_string(
        "later_stages", None,
        "Folder of a run, or name or directory of a preset: the new one has its later stages "
        "behind those of the run, as when a preset's first stage alone was trained further.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_bool(
        "include_training", False,
        "Keep discriminators and live generator, for training further.", flag_values=values,
    )  # fmt: skip


def run(values, rest):
    """Writes the preset."""
    del rest
    if values.run_dir is None or values.out is None:
        raise ValueError("Give --run_dir, and --out, the preset's directory. See --help.")
    if values.later_stages is not None and values.include_training:
        raise ValueError(
            "`--later_stages` has no discriminators for --include_training to keep. Leave one out."
        )
    if values.dry_run:
        print_flags(values)
        return 0
    metadata, out = read_metadata(values.metadata), Path(values.out).expanduser()
    quiet.load_tensorflow()
    from keras_stackgan import training
    from keras_stackgan.presets import metadata as preset_metadata
    from keras_stackgan.presets import registry
    from keras_stackgan.presets.preset_directory import is_preset

    # Before the statistics, which take a while.
    preset_metadata.check(metadata)
    if out.exists() and not is_preset(out):
        raise ValueError(
            f"`--out` must be new, empty or a preset. Received: '{out}', which holds something "
            "else. Choose another name."
        )

    folder = training.RunFolder(values.run_dir)
    config, model = folder.read_config(), folder.load_model()
    if values.later_stages is not None:
        model = training.with_later_stages(model, values.later_stages)
    steps = folder.steps_done()
    metadata["training"] = {"steps": steps, **metadata.get("training", {})}
    if values.recalibrate:
        before, after = recalibrate(model, config, values.recalibrate, values.data, folder)
        print(
            "Pictures with fixed statistics differ from those with their batch's own by "
            + ", ".join(
                f"{after[k]:.1f} gray levels at {k} ({before[k]:.1f} before)" for k in after
            )
        )
    model.save_to_preset(out, metadata, include_training=values.include_training)
    shown = f"./{out}" if str(out) in registry.builtin() else str(out)
    print(f"Preset '{out}'. `keras-stackgan info {shown}` shows it.")
    return 0


def read_metadata(path):
    """Returns the dict in a JSON file, or an empty one without a file."""
    if path is None:
        return {}
    try:
        return dict(json.loads(Path(path).expanduser().read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ValueError(f"`--metadata` must be a JSON file with one object ({error}).") from error


def recalibrate(model, config, steps, folder=None, run=None):
    """Estimates a run's batch statistics again on its own data.

    Args:
        model: the run's model.
        config: the run's configuration.
        steps: int. Batches.
        folder: path or `None`. The data's folder, if it was moved.
        run: `RunFolder` or `None`. See `data.read`.

    Returns:
        `(before, after)`: what `compare_batch_statistics` gives.
    """
    from keras_stackgan.cli import data
    from keras_stackgan.data import caption_dataset
    from keras_stackgan.models.batch_statistics import (
        compare_batch_statistics,
        recalibrate_batch_statistics,
    )

    size = model.output_sizes[0]
    records, embeddings, _ = data.read(config, size, config["run"]["seed"], folder, run)
    dataset = caption_dataset(
        records,
        embeddings,
        # Only the conditions are read: the smallest pictures do.
        image_size=size,
        batch_size=config["phases"][-1]["batch_size"],
        seed=config["run"]["seed"],
        cache=False,
        **config["data"].get("batches", {}),
    )
    before = compare_batch_statistics(model, dataset)
    recalibrate_batch_statistics(model, dataset, steps)
    return before, compare_batch_statistics(model, dataset)


COMMAND = Command(
    "save_preset",
    "Writes what a run has trained as a preset: the averaged generator, its encoder and a card.",
    (
        "keras-stackgan save_preset --run_dir runs/flowers --out my_flowers_preset",
        "keras-stackgan save_preset --run_dir runs/birds --out birds_preset --metadata card.json "
        "--include_training",
        "keras-stackgan save_preset --run_dir runs/more --out birds_preset --later_stages "
        "stackgan_v2_painted_birds_256",
    ),
    define,
    run,
)
