"""Presets: a trained model as a directory, built in, on disk, or fetched by its checksum.

Importing this needs no TensorFlow, and neither does generating with what is loaded.
"""

from keras_stackgan.presets.description import describe as describe
from keras_stackgan.presets.preset import from_preset as from_preset
from keras_stackgan.presets.preset import save_to_preset as save_to_preset
from keras_stackgan.presets.registry import available as available
