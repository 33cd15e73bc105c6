"""How the published systems draw their first weights."""

import math

import keras


def dcgan_initializer():
    """Normal with deviation 0.02: DCGAN's paper, section 4, and what followed it."""
    return keras.initializers.RandomNormal(stddev=0.02)


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
