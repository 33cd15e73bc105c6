"""`keras-stackgan publish`."""

import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import boxes, model_source, quiet
from keras_stackgan.cli.command import Command


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    flags.DEFINE_string("folder", None, "Folder that a web server shows.", flag_values=values)
    flags.DEFINE_string("name", None, "Name to publish under.", flag_values=values)
    flags.DEFINE_integer("version", 1, "Version to add.", lower_bound=1, flag_values=values)
    flags.DEFINE_multi_string(
        "caption", None, "What a sample picture shows; may be given up to 8 times. A preset has "
        "captions of its own.", flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "seed", 0, "Of the samples.", lower_bound=0, upper_bound=2**31 - 1, flag_values=values
    )
    boxes.define(values)
    flags.DEFINE_string("description", None, "A sentence for the card.", flag_values=values)
    flags.DEFINE_string("license", None, "License of the weights.", flag_values=values)


def run(values, rest):
    """Adds a version to the folder."""
    del rest
    model_source.check(values)
    if values.folder is None or values.name is None:
        raise ValueError("Give --folder and --name. See --help.")
    given = boxes.get(values)
    if values.dry_run:
        names = (*model_source.FLAGS, "folder", "name", "version", "caption", "seed", "box")
        print(json.dumps({name: values[name].value for name in names}, indent=2))
        return 0
    quiet.load_tensorflow()
    from keras_stackgan.export import publish

    said = {name: values[name].value for name in ("description", "license")}
    # A preset brings its own card; with another encoder it is a model like any other.
    if values.preset is not None and values.text_encoder is None:
        model = model_source.describe(values)["path"]
    else:
        model = model_source.load(values)
    folder = Path(values.folder).expanduser()
    entry = publish(
        model,
        folder,
        values.name,
        values.version,
        captions=values.caption,
        boxes=given,
        seed=values.seed,
        metadata={name: text for name, text in said.items() if text is not None},
    )
    print(f"{entry['file']}, {entry['bytes'] / 1e6:.1f} MB, sha256 {entry['sha256']}")
    print(f"Serve '{folder}', and hub.load takes the address of {entry['file']}.")
    return 0


COMMAND = Command(
    "publish",
    "Adds a run's model or a preset to a folder in TF-Hub's layout: the SavedModel packed, with "
    "checksums, a model card and sample pictures.",
    (
        "keras-stackgan publish --preset my_preset --folder hub --name me/birds",
        "keras-stackgan publish --run_dir runs/flowers --folder hub --name me/flowers --version 2 "
        '--caption "a red rose"',
    ),
    define,
    run,
)
