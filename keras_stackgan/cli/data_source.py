"""The flags that say which data a command reads."""

from absl import flags

# Kinds whose split is made here, of all their pictures.
WHOLE = ("folder", "class_folder", "tf_flowers")


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


def split_of(values, written=False):
    """The split that is meant: a folder has none, of a published data set one trains.

    Args:
        values: parsed `FlagValues`.
        written: bool. Whether the pictures become a folder: then all do of which the split is made
            here. Defaults to False.
    """
    if values.split:
        return values.split
    return "all" if values.source in (WHOLE if written else ("folder",)) else "train"
