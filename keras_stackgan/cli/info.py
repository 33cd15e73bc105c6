"""`keras-stackgan info`."""

import importlib.metadata
import json
import platform
from pathlib import Path

from absl import flags

from keras_stackgan import recipes
from keras_stackgan.cli import model_source, quiet
from keras_stackgan.cli.command import Command
from keras_stackgan.cli.printable import printable
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
        print(_run(name))
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


def _run(name):
    from keras_stackgan.training import RunFolder

    folder = RunFolder(name)
    config, done = folder.read_config(), folder.steps_done()
    lines = [f"Run '{folder.path}' of the recipe {config.get('recipe', 'of its own')}"]
    lines.append(f"  data: {config['data'].get('folder')}")
    for phase in config["phases"]:
        steps = done.get(phase["name"], 0)
        lines.append(f"  phase {phase['name']}: {steps:,} of {phase['steps']:,} steps")
    last = _last_line(folder.stats)
    if last:
        terms = ", ".join(
            f"{k} {v}" for k, v in last.items() if k.startswith(("d_loss", "g_loss_"))
        )
        lines.append(f"  at step {last['step']:,}: {terms}")
    unfinished = any(done.get(p["name"], 0) < p["steps"] for p in config["phases"])
    if unfinished:
        lines.append(f"  keras-stackgan train --run_dir {name} --resume")
    return "\n".join(lines)


def _last_line(path):
    if not path.is_file():
        return None
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):
        try:
            return json.loads(line)
        except ValueError:
            continue
    return None


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
    described = presets.describe(name, sha256)
    metadata = described["metadata"]
    lines = [f"Preset {described['name']}: {described['description']}"]
    lines.append(f"  {described['class_name']}, {described['bytes'] / 1e6:.1f} MB")
    lines.append(f"  text encoder: {described['text_encoder'] or 'none'}")
    if described["damaged"]:
        lines.append(f"  damaged: {', '.join(described['damaged'])}")
    for key, value in metadata.items():
        if key == "figures":
            lines += ["  figures:", *_figures(value)]
        elif key not in ("description", "files"):
            lines.append(f"  {key}: {value if isinstance(value, str) else json.dumps(value)}")
    return "\n".join(map(printable, lines))


def _figures(figures):
    lines, last = [], None
    for figure in figures:
        if figure["command"] != last:
            lines.append(f"    {figure['command']}")
        last = figure["command"]
        known = {k: v for k, v in figure.items() if k not in ("name", "value", "command")}
        more = ", ".join(f"{key} {value}" for key, value in sorted(known.items()))
        lines.append(f"      {figure['name']}: {figure['value']}" + f" ({more})" * bool(more))
    return lines


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
