"""The flags that say which data a command reads."""

from absl import flags


def define(
    values,
    split=None,
    split_help="train, test or all; by default all of a folder, else train.",
):
    """Defines the flags on a `FlagValues`.

    Args:
        values: `FlagValues`.
        split: str or `None`. The default of `--split`.
        split_help: str. What `--split` means to the command.
    """
    for name, default, help_text in (
        ("data", None, "Folder of the data set."),
        ("source", "folder", "The data set's kind, as `prepare --help` lists them."),
        ("split", split, split_help),
    ):
        flags.DEFINE_string(name, default, help_text, flag_values=values)


def split_of(values):
    """The split that is meant: a folder has none, of a published data set one trains."""
    return values.split or ("all" if values.source == "folder" else "train")
