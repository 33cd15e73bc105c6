"""`keras-stackgan info`."""

import importlib.metadata
import json
import platform
from pathlib import Path

from absl import flags

from keras_stackgan import recipes
from keras_stackgan.cli import model_source, quiet
from keras_stackgan.cli.command import Command
from keras_stackgan.cli.descriptions import described_preset, described_run
from keras_stackgan.version import __version__

PACKAGES = ("tensorflow", "keras", "numpy", "pillow", "absl-py", "tensorboard", "skia-python")


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string(
        "sha256", None, f"Of a preset: {model_source.SHA256_HELP}", flag_values=values
    )


def run(values, rest):
    """Prints what is known of what is named, or of all."""
    if values.dry_run:
        print(json.dumps({"info": rest, "sha256": values.sha256}, indent=2))
        return 0
    if not rest:
        if values.sha256 is not None:
            raise ValueError("`--sha256` belongs to a preset behind an address. Received: none.")
        quiet.load_tensorflow()
        print(_everything())
        return 0
    name = rest[0]
    is_recipe = name in recipes.names() and values.sha256 is None
    if is_recipe:
        print(recipes.get(name))
    quiet.load_tensorflow()
    if is_recipe and not _is_built_in(name):
        return 0
    if (Path(name).expanduser() / "config.json").is_file() and not _is_preset(name):
        if values.sha256 is not None:
            raise ValueError(
                f"`--sha256` belongs to a preset behind an address. Received: the run '{name}'; "
                "leave it out."
            )
        print(described_run(name))
    else:
        print(_preset(name, values.sha256))
    return 0


def _everything():
    from keras_stackgan import presets
    from keras_stackgan.training import Machine

    lines = [f"keras_stackgan {__version__}, Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            lines.append(f"  {package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"  {package}: not installed")
    lines.append(f"Machine: {Machine.here()}")
    lines.append("Recipes:")
    lines += [f"  {name}: {recipes.get(name).about['title']}" for name in recipes.names()]
    lines.append("Presets:")
    found = presets.available()
    lines += [f"  {name}: {text}" for name, text in found.items()] or ["  none is built in"]
    return "\n".join(lines)


def _is_built_in(name):
    from keras_stackgan import presets

    return name in presets.available()


def _is_preset(name):
    from keras_stackgan.presets.preset_directory import is_preset

    # By its config.json: without its metadata it is a damaged preset, and no run.
    return is_preset(Path(name).expanduser())


def _preset(name, sha256):
    from keras_stackgan import presets

    known = (*recipes.names(), *presets.available())
    if name not in known and "://" not in name and not Path(name).expanduser().is_dir():
        raise ValueError(
            f"`info` takes a recipe, a run's folder or a preset. Received: {name!r}. Known names: "
            f"{', '.join(known)}."
        )
    return described_preset(presets.describe(name, sha256))


COMMAND = Command(
    "info",
    "Shows versions, the machine, recipes and presets, or one recipe, run or preset.",
    (
        "keras-stackgan info",
        "keras-stackgan info stackgan_v2_cub   # a recipe: paper, figures, command",
        "keras-stackgan info stackgan_v2_flowers_128  # a preset: what it knows, and how well",
        "keras-stackgan info runs/flowers      # how far a run has come",
        "keras-stackgan info https://example.org/birds.tar.gz --sha256 " + 64 * "0",
    ),
    define,
    run,
    arguments="[RECIPE | RUN_DIR | PRESET]",
    most_arguments=1,
)
