"""The flag of benchmarks that run where they are told to; those of the CPU alone do not have it."""

import functools
import subprocess
import sys

import machine
from absl import flags

DEVICE = flags.DEFINE_enum(
    "device", "auto", ["auto", "cpu", "gpu"],
    "Where the models run; auto: a GPU if TensorFlow sees one.",
)  # fmt: skip
PROBE = "import sys, tensorflow as tf; sys.exit(not tf.config.list_physical_devices('GPU'))"


def chosen():
    """`"cpu"` or `"gpu"`, the same for all that take part."""
    if DEVICE.value != "auto":
        return DEVICE.value
    return "gpu" if machine.graphics() and _tensorflow_sees_one() else "cpu"


@functools.cache
def _tensorflow_sees_one():
    # In a process of its own: who runs a race loads no framework.
    return subprocess.run([sys.executable, "-c", PROBE], capture_output=True).returncode == 0
