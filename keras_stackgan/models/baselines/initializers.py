"""How the published systems draw their first weights."""

import math

import keras

from keras_stackgan.layers.utils import fresh_initializer
from keras_stackgan.models.discriminator import unnormalized_initializer


def dcgan_initializer():
    """Normal with deviation 0.02: DCGAN's paper, section 4, and what followed it."""
    return keras.initializers.RandomNormal(stddev=0.02)


def discriminator_initializer(kernel_initializer, normalization):
    """A discriminator's initializer: the given one, or the published one's or, without batch norm,
    one that keeps the variance (normal with 0.02 would lose it in narrow layers)."""
    if kernel_initializer is None and normalization is None:
        kernel_initializer = unnormalized_initializer()
    return fresh_initializer(kernel_initializer or dcgan_initializer())


def torch_dense(units, inputs, **kwargs):
    """A dense layer whose weights and biases are drawn as Torch7 draws those of `nn.Linear`.

    The releases of GAN-INT-CLS and GAWWN set the weights of convolutions and of batch
    normalization only.
    """
    limit = 1.0 / math.sqrt(inputs)
    return keras.layers.Dense(
        units,
        kernel_initializer=keras.initializers.RandomUniform(-limit, limit),
        bias_initializer=keras.initializers.RandomUniform(-limit, limit),
        **kwargs,
    )
