"""Where a command takes its model from: a run or a preset."""

from absl import flags

from keras_stackgan.cli import text_encoders

FLAGS = ("run_dir", "preset", "sha256", "text_encoder")
PRESET_HELP = "Name, directory or https address (.tar.gz, with --sha256) of a preset."
SHA256_HELP = "Checksum of the archive behind an address, 64 hexadecimal digits."


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string("run_dir", None, "Folder of a run.", flag_values=values)
    flags.DEFINE_string("preset", None, PRESET_HELP, flag_values=values)
    flags.DEFINE_string("sha256", None, f"With --preset: {SHA256_HELP}", flag_values=values)
    flags.DEFINE_string(
        "text_encoder", None, f"For models that have none: {text_encoders.HELP}", flag_values=values
    )


def check(values):
    """Raises a `ValueError` unless the flags name one model."""
    if (values.run_dir is None) == (values.preset is None):
        raise ValueError("Give --run_dir or --preset, one of them. See --help.")
    if values.sha256 is not None and values.preset is None:
        raise ValueError("`--sha256` belongs to --preset. Received: --run_dir.")


def load(values):
    """Returns the model that the flags name."""
    if values.preset is not None:
        from keras_stackgan import presets

        model = presets.from_preset(values.preset, sha256=values.sha256)
    else:
        from keras_stackgan.training import RunFolder

        model = RunFolder(values.run_dir).load_model()
    if values.text_encoder is not None:
        encoder = text_encoders.get(values.text_encoder)
        own = model.text_encoder
        if own is not None and own.fingerprint() != encoder.fingerprint():
            raise ValueError(
                "`--text_encoder` is for models that have none: another encoder's vectors mean "
                f"nothing to this one. Received: {values.text_encoder!r}. Leave it out."
            )
        model.text_encoder = encoder
    return model


def describe(values):
    """Returns what `presets.describe` says of the preset that the flags name."""
    from keras_stackgan import presets

    return presets.describe(values.preset, values.sha256)
