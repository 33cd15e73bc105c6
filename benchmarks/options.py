"""Flags that all benchmarks share."""

from absl import flags

QUICK = flags.DEFINE_bool("quick", False, "Toy sizes: shows that all runs; its figures are none.")
RESULTS = flags.DEFINE_string("results", None, "Folder that gets JSON lines, one file a program.")
DEVICE = flags.DEFINE_enum(
    "device", "auto", ["auto", "cpu", "gpu"], "Where the models run; auto: a GPU if there is one."
)


def value(flag, quick):
    """A flag's value; with `--quick` another one, unless the flag was given."""
    return quick if QUICK.value and not flag.present else flag.value
