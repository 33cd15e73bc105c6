"""`keras-stackgan convert`."""

import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import quiet, text_encoders
from keras_stackgan.cli.command import Command

REPORT = "conversion.txt"


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string("out", None, "Directory of the preset to write.", flag_values=values)
    flags.DEFINE_list(
        "discriminators", [], "netD files, from the smallest pictures on, separated by commas, "
        "nothing between two where one is missing. They are kept for training further.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "text_encoder", None,
        "The encoder that made the embeddings the original was trained on: the directory of a "
        "saved one. Without it the preset takes embeddings only.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string("license", None, "License of the weights.", flag_values=values)


def run(values, rest):
    """Converts, writes the preset and prints the report."""
    if not rest or values.out is None:
        raise ValueError("Give the netG file, and --out, the preset's directory. See --help.")
    generator = Path(rest[0]).expanduser()
    # `Path("")` would be the current directory.
    judges = [Path(name).expanduser() if name else None for name in values.discriminators]
    found = [judge for judge in judges if judge is not None]
    if values.dry_run:
        files = {
            "generator": str(generator),
            "discriminators": [judge and str(judge) for judge in judges],
        }
        names = ("out", "text_encoder", "license")
        print(json.dumps({**files, **{n: values[n].value for n in names}}, indent=2))
        return 0
    quiet.load_tensorflow()
    from keras_stackgan.convert import model_from_original

    encoder = values.text_encoder and text_encoders.get(values.text_encoder)
    try:
        model, report = model_from_original(generator, judges if found else None)
    except ValueError as error:
        # What does not fit is listed line by line; here the first of it will do.
        lines = [line.strip() for line in str(error).splitlines()]
        more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
        raise ValueError(" ".join(lines[:3]) + more) from error
    model.text_encoder = encoder
    out = Path(values.out).expanduser()
    write_preset(model, report, out, [generator, *found], values.license)
    print(report)
    print(f"Preset '{out}' with this report as {REPORT}. `keras-stackgan info {out}` shows it.")
    return 0


def write_preset(model, report, directory, files, license_name=None):
    """Writes a converted model as a preset, with the report beside its weights.

    Args:
        model: what `model_from_original` made, with a `text_encoder` or none.
        report: `ConversionReport`.
        directory: path of the preset.
        files: list of paths that were converted, the generator's first. If there are more, the
            discriminators are kept.
        license_name: str or `None`.
    """
    from keras_stackgan.presets import save_to_preset
    from keras_stackgan.presets.preset_directory import file_sha256

    names = {path.name: file_sha256(path) for path in files}
    metadata = {
        "description": f"A {type(model).__name__} converted from the original's {files[0].name}.",
        "training": {
            f"converted from {name}": f"sha256 {digest}" for name, digest in names.items()
        },
        "limits": ["Trained by others: what it knows and how well is in their papers."],
    }
    if model.embedding_dim is not None and model.text_encoder is None:
        metadata["limits"].append(
            "It draws embeddings of the encoder it was trained with, which is not in the preset: "
            "`generate(embeddings=...)`, or set `text_encoder`."
        )
    if license_name is not None:
        metadata["license"] = license_name
    save_to_preset(
        model,
        directory,
        metadata,
        include_training=len(files) > 1,
        attachments={REPORT: f"{report}\n"},
    )


COMMAND = Command(
    "convert",
    "Turns the papers' .pth files (StackGAN-v2, StackGAN-v1's PyTorch release) into a preset. No "
    "PyTorch is needed, and nothing in the files is run.",
    (
        "keras-stackgan convert netG_210000.pth --out birds_v2",
        "keras-stackgan convert netG_210000.pth --discriminators netD0.pth,netD1.pth,netD2.pth "
        "--out birds_v2",
    ),
    define,
    run,
    arguments="NETG.pth",
    most_arguments=1,
)
