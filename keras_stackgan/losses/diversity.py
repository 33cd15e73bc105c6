"""What keeps a generator from drawing one picture for one caption."""

import keras
from keras import ops


def diversity(images, twins, noise, twins_noise, bound=None):
    """How far apart two pictures of one condition are, for the distance of their noises.

    Args:
        images: float tensor `(batch, height, width, 3)`.
        twins: float tensor of the same shape: the same conditions, drawn with other noise.
        noise: float tensor `(batch, latent_dim)`, the pictures' noise.
        twins_noise: float tensor of the same shape, the twins' noise.
        bound: float > 0 or `None`. More than so much earns nothing.

    Returns:
        A scalar, the mean over the batch of the mean absolute difference of the pictures over that
        of the noises. A generator that should vary its pictures *raises* it.

    Example:

    ```python
    images, noise = keras.ops.zeros((2, 8, 8, 3)), keras.ops.zeros((2, 4))
    float(diversity(images, images + 0.5, noise, noise + 2.0))  # 0.25
    ```

    Reference:
        [Yang et al., 2019](https://arxiv.org/abs/1901.09024), equation 2.
    """

    def distance(first, second):
        first, second = ops.convert_to_tensor(first), ops.convert_to_tensor(second)
        dtype = keras.backend.result_type(first.dtype, "float32")
        apart = ops.abs(ops.cast(first, dtype) - ops.cast(second, dtype))
        return ops.mean(apart, axis=list(range(1, len(apart.shape))))

    apart = distance(images, twins)
    ratio = apart / ops.maximum(ops.cast(distance(noise, twins_noise), apart.dtype), 1e-6)
    return ops.mean(ratio if bound is None else ops.minimum(ratio, bound))
