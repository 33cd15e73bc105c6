"""Adversarial losses and gradient penalties, as pure functions of logits.

Every function returns one number, at least float32; sums over heads and pictures are spelled out
in `matching.py` and in the models, where the papers differ.
"""

from typing import NamedTuple

import keras
from keras import ops

from keras_stackgan.layers.utils import check_choice


def _wide(x):
    x = ops.convert_to_tensor(x)
    return ops.cast(x, keras.backend.result_type(x.dtype, "float32"))


def binary_cross_entropy(logits, real):
    """Mean cross-entropy of logits against one label, without saturation.

    Args:
        logits: float tensor of any shape.
        real: bool. Whether the label is 1.

    Returns:
        A scalar.

    Example:

    ```python
    float(binary_cross_entropy(keras.ops.zeros((4,)), real=True))  # 0.6931...
    ```

    Reference:
        [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), equation 1; the generator's
        form is their non-saturating one.
    """
    logits = _wide(logits)
    return ops.mean(ops.softplus(-logits if real else logits))


def hinge(logits, real):
    """Mean hinge loss of a discriminator's logits.

    Args:
        logits: float tensor of any shape.
        real: bool. Whether logits should lie above 1 (else below -1).

    Returns:
        A scalar.

    Example:

    ```python
    float(hinge(keras.ops.zeros((4,)), real=True))  # 1.0
    ```

    Reference:
        [Lim & Ye, 2017](https://arxiv.org/abs/1705.02894), equation 15.
    """
    logits = _wide(logits)
    return ops.mean(ops.relu(1.0 - logits if real else 1.0 + logits))


def least_squares(logits, real):
    """Half the mean squared distance of logits from the labels 1 and 0.

    Args:
        logits: float tensor of any shape.
        real: bool. Whether the label is 1.

    Returns:
        A scalar.

    Example:

    ```python
    float(least_squares(keras.ops.zeros((4,)), real=True))  # 0.5
    ```

    Reference:
        [Mao et al., 2017](https://arxiv.org/abs/1611.04076), equation 9.
    """
    logits = _wide(logits)
    return 0.5 * ops.mean(ops.square(logits - (1.0 if real else 0.0)))


def wasserstein(logits, real):
    """Mean critic value, negated for real pictures.

    Args:
        logits: float tensor of any shape.
        real: bool. Whether the value should grow.

    Returns:
        A scalar.

    Example:

    ```python
    float(wasserstein(keras.ops.ones((4,)), real=True))  # -1.0
    ```

    Reference:
        [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875), equation 2.
    """
    logits = _wide(logits)
    return -ops.mean(logits) if real else ops.mean(logits)


class AdversarialLoss(NamedTuple):
    """A discriminator's loss, the generator's, and what a logit is logged as."""

    discriminator: callable
    generator: callable
    score: callable


def _as_real(loss):
    return lambda logits: loss(logits, real=True)


def _probability(logits):
    return ops.mean(ops.sigmoid(_wide(logits)))


def _value(logits):
    return ops.mean(_wide(logits))


LOSSES = {
    "bce": AdversarialLoss(binary_cross_entropy, _as_real(binary_cross_entropy), _probability),
    "hinge": AdversarialLoss(hinge, _as_real(wasserstein), _value),
    "least_squares": AdversarialLoss(least_squares, _as_real(least_squares), _value),
    "wasserstein": AdversarialLoss(wasserstein, _as_real(wasserstein), _value),
}


def get(name):
    """Looks an adversarial loss up by name.

    Args:
        name: `"bce"`, `"hinge"`, `"least_squares"` or `"wasserstein"`.

    Returns:
        An `AdversarialLoss`: `discriminator(logits, real)`, `generator(logits)` and `score(logits)`
        (the mean probability for `"bce"`, the mean logit for the others).

    Raises:
        ValueError: If there is no loss of that name.

    Example:

    ```python
    float(get("bce").generator(keras.ops.zeros((4,))))  # 0.6931...
    ```
    """
    return LOSSES[check_choice("adversarial_loss", name, tuple(LOSSES))]


def input_gradients(function, pictures):
    """Gradients of a scalar function of pictures, on TensorFlow and on JAX.

    Args:
        function: callable from pictures to a scalar; each picture may only affect its own summand.
        pictures: float tensor `(batch, height, width, channels)`.

    Returns:
        A tensor of the pictures' shape.

    Raises:
        NotImplementedError: On a backend without gradients of this kind.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        pictures = tf.convert_to_tensor(pictures)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(pictures)
            value = function(pictures)
        return tape.gradient(value, pictures)
    if backend == "jax":
        import jax

        return jax.grad(function)(ops.convert_to_tensor(pictures))
    raise NotImplementedError(
        "Gradient penalties need the 'tensorflow' or 'jax' backend. "
        f"Received: backend {backend!r}; set KERAS_BACKEND before Keras is imported."
    )


def r1(function, pictures):
    """Mean squared norm of a discriminator's gradient at real pictures.

    Args:
        function: callable from pictures to logits `(batch,)`.
        pictures: float tensor `(batch, height, width, channels)`.

    Returns:
        A scalar: `mean(|grad|^2)`, without the paper's factor `gamma / 2`.

    Example:

    ```python
    float(r1(lambda x: keras.ops.sum(x, axis=(1, 2, 3)), keras.ops.ones((2, 4, 4, 3))))  # 48.0
    ```

    Reference:
        [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406), equation 9.
    """
    gradients = _wide(input_gradients(lambda x: ops.sum(function(x)), pictures))
    return ops.mean(ops.sum(ops.square(gradients), axis=tuple(range(1, len(gradients.shape)))))


def gradient_penalty(function, real, fake, mix):
    """Mean squared distance of a critic's gradient norm from 1, between real and fake pictures.

    Args:
        function: callable from pictures to values `(batch,)`.
        real: float tensor `(batch, height, width, channels)`.
        fake: float tensor of the same shape.
        mix: float tensor `(batch, 1, 1, 1)` in [0, 1]: the share of the real picture.

    Returns:
        A scalar: `mean((|grad| - 1)^2)`, two-sided, without the paper's factor 10.

    Example:

    ```python
    pictures = keras.ops.ones((2, 4, 4, 3))
    critic = lambda x: keras.ops.sum(x, axis=(1, 2, 3)) / 48**0.5
    float(gradient_penalty(critic, pictures, -pictures, keras.ops.ones((2, 1, 1, 1))))  # 0.0
    ```

    Reference:
        [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), equation 3.
    """
    between = mix * real + (1.0 - mix) * fake
    gradients = _wide(input_gradients(lambda x: ops.sum(function(x)), between))
    axes = tuple(range(1, len(gradients.shape)))
    # The root's derivative at zero is infinite; a critic's gradient can be exactly zero.
    norms = ops.sqrt(ops.sum(ops.square(gradients), axis=axes) + 1e-12)
    return ops.mean(ops.square(norms - 1.0))
