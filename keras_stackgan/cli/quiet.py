"""TensorFlow's notes on processor and drivers, kept away from people who have not asked."""

import contextlib
import os
import sys
import tempfile


def load_tensorflow():
    """Imports TensorFlow and looks for GPUs; what is printed is shown only if that fails."""
    if "tensorflow" in sys.modules:
        return
    with _held_back():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")


@contextlib.contextmanager
def _held_back():
    # By the file descriptor, since these notes are written by C++ code, whatever the log level.
    sys.stderr.flush()
    before = os.dup(2)
    try:
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), 2)
            try:
                yield
            except BaseException:
                os.dup2(before, 2)
                held.seek(0)
                os.write(2, held.read())
                raise
            finally:
                os.dup2(before, 2)
    finally:
        os.close(before)
