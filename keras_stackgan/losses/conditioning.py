"""The regularizer of conditioning augmentation."""

import keras
from keras import ops

from keras_stackgan.layers.utils import check_choice


def kl_divergence(mean, log_variance, reduction="mean"):
    """Kullback-Leibler divergence of diagonal Gaussians from the standard normal.

    Args:
        mean: float tensor `(batch, dim)`.
        log_variance: float tensor `(batch, dim)`.
        reduction: `"mean"` over batch and dimensions (the authors' releases) or `"sum"` over
            dimensions, then the mean over the batch (the paper's formula).

    Returns:
        A scalar, at least float32.

    Raises:
        ValueError: If `reduction` is unknown.

    Example:

    ```python
    float(kl_divergence(keras.ops.ones((2, 8)), keras.ops.zeros((2, 8))))  # 0.5
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), equation 2.
    """
    check_choice("reduction", reduction, ("mean", "sum"))
    mean = ops.convert_to_tensor(mean)
    dtype = keras.backend.result_type(mean.dtype, "float32")
    mean, log_variance = ops.cast(mean, dtype), ops.cast(log_variance, dtype)
    divergence = -0.5 * (1.0 + log_variance - ops.square(mean) - ops.exp(log_variance))
    if reduction == "sum":
        divergence = ops.sum(divergence, axis=-1)
    return ops.mean(divergence)
