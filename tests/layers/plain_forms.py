"""The layers' arithmetic in TensorFlow's plain ops, as the papers' releases compute it."""

import tensorflow as tf


def plain_activation(x, name):
    if name == "glu":
        half = x.shape[-1] // 2
        return x[..., :half] / (1.0 + tf.exp(-x[..., half:]))
    slope = {"relu": 0.0, "leaky_relu": 0.2, None: 1.0}[name]
    return tf.where(x > 0, x, slope * x)


def plain_norm(x, gamma, beta):
    axes = list(range(len(x.shape) - 1))
    mean = tf.reduce_mean(x, axes)
    variance = tf.reduce_mean((x - mean) ** 2, axes)
    return (x - mean) / tf.sqrt(variance + 1e-5) * gamma.value + beta.value


def plain_block(x, kernel, gamma=None, beta=None, activation=None, strides=1):
    """Convolution with the published padding, normalization, activation, from TensorFlow's ops."""
    pad = 0 if kernel.shape[0] == 1 else 1
    x = tf.pad(x, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
    x = tf.nn.conv2d(x, kernel.value, strides, "VALID")
    if gamma is not None:
        x = plain_norm(x, gamma, beta)
    return plain_activation(x, activation)


def tile(code, features):
    return tf.tile(code[:, None, None], [1, *features.shape[1:3], 1])
