"""The two published forms of StackGAN-v1, and where they differ."""

from typing import NamedTuple

import keras

from keras_stackgan.layers.utils import check_choice


class Form(NamedTuple):
    """What differs between the paper's TensorFlow code and the PyTorch (COCO) release."""

    augmentation_activation: str
    augmentation_spread: str
    truncated_noise: bool
    code_first: bool
    dense_bias: bool
    fresh_noise: bool


FORMS = {
    "paper": Form("leaky_relu", "log_sigma", True, True, True, True),
    "pytorch": Form("relu", "log_variance", False, False, False, False),
}


def get(name):
    """Looks a form up by name, or raises a `ValueError`."""
    return FORMS[check_choice("form", name, tuple(FORMS))]


def dense_initializer():
    """Normal with deviation 0.02, in both forms."""
    return keras.initializers.RandomNormal(stddev=0.02)


def kernel_initializer(name):
    """Of convolutions: normal with deviation 0.02, cut at two deviations in the paper's form."""
    if name == "paper":
        return keras.initializers.TruncatedNormal(stddev=0.02)
    return keras.initializers.RandomNormal(stddev=0.02)
