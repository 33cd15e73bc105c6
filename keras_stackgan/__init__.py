"""A Keras 3 / TensorFlow model zoo for StackGAN-v1 and StackGAN-v2: text in, picture out."""

import os
import sys

from keras_stackgan.version import __version__ as __version__

# As installers call the command. Not every file of that name: keras-stackgan.py is a user's script.
_COMMANDS = ("keras-stackgan", "keras-stackgan.exe", "keras-stackgan-script.py")
_COMMANDS += ("keras-stackgan-script.pyw",)


def _is_command():
    """Whether this process is the command line, whose help must not wait for TensorFlow."""
    started = os.path.basename(sys.argv[0]) if getattr(sys, "argv", None) else ""
    # While `python -m` looks for what to run, `-m` stands in the place of its name.
    if started == "-m":
        return sys.orig_argv[sys.orig_argv.index("-m") :][1:2] == ["keras_stackgan"]
    return started in _COMMANDS


# Importing them also makes them known to Keras, so that it can load saved models.
if not _is_command():
    from keras_stackgan.models.baselines import DCGAN as DCGAN
    from keras_stackgan.models.baselines import GANINTCLS as GANINTCLS
    from keras_stackgan.models.baselines import GAWWN as GAWWN
    from keras_stackgan.models.baselines import WGANGP as WGANGP
    from keras_stackgan.models.stackgan_v1 import StackGANv1 as StackGANv1
    from keras_stackgan.models.stackgan_v2 import StackGANv2 as StackGANv2
    from keras_stackgan.presets import from_preset as from_preset
