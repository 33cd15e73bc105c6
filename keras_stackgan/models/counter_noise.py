"""Noise as a function of (seed, picture, stream), equal on every backend and in every export."""

import math

import numpy as np
from keras import ops

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def threefry(key, counter):
    """The Threefry-2x32 block cipher with 20 rounds.

    Args:
        key: pair of uint32 tensors.
        counter: pair of uint32 tensors that broadcast with the key.

    Returns:
        A pair of uint32 tensors of pseudo-random bits.

    Example:

    ```python
    zero = keras.ops.zeros((), "uint32")
    [hex(int(word)) for word in threefry((zero, zero), (zero, zero))]
    # ["0x6b200159", "0x99ba4efe"]
    ```

    Reference:
        [Salmon et al., 2011](https://doi.org/10.1145/2063384.2063405), section 3.3.
    """

    def constant(value):
        return ops.convert_to_tensor(np.uint32(value), dtype="uint32")

    first, second = key
    schedule = (first, second, ops.bitwise_xor(ops.bitwise_xor(first, second), constant(_PARITY)))
    x, y = counter[0] + first, counter[1] + second
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            x = x + y
            left = ops.bitwise_left_shift(y, constant(rotation))
            right = ops.bitwise_right_shift(y, constant(32 - rotation))
            y = ops.bitwise_xor(ops.bitwise_or(left, right), x)
        x = x + schedule[(group + 1) % 3]
        y = y + schedule[(group + 2) % 3] + constant(group + 1)
    return x, y


def normal(seed, first, count, dim, stream, truncated=False):
    """Standard normal numbers for pictures `first` to `first + count - 1`.

    Picture `i` gets the same numbers however many are drawn.

    Args:
        seed: int or integer tensor.
        first: int or integer tensor. Index of the first picture.
        count: int or integer tensor. Number of pictures.
        dim: int. Numbers a picture.
        stream: int. Tells uses apart (latent noise, augmentation noise, ...).
        truncated: bool. Whether to cut the distribution at two standard deviations.

    Returns:
        A float32 tensor `(count, dim)`.
    """
    bound = math.erf(2.0 / math.sqrt(2.0)) if truncated else 1.0
    return math.sqrt(2.0) * ops.erfinv(uniform(seed, first, count, dim, stream) * bound)


def uniform(seed, first, count, dim, stream):
    """Numbers between -1 and 1, all alike, for pictures `first` to `first + count - 1`.

    Args:
        seed: int or integer tensor.
        first: int or integer tensor. Index of the first picture.
        count: int or integer tensor. Number of pictures.
        dim: int. Numbers a picture.
        stream: int. Tells uses apart.

    Returns:
        A float32 tensor `(count, dim)`.
    """
    pictures = ops.cast(ops.arange(count) + first, "uint32")[:, None]
    places = ops.convert_to_tensor(np.arange(dim, dtype="uint32")[None, :])
    key = (ops.cast(seed, "uint32"), ops.convert_to_tensor(np.uint32(stream), dtype="uint32"))
    bits, _ = threefry(key, (pictures + ops.zeros_like(places), places + ops.zeros_like(pictures)))
    shift = ops.convert_to_tensor(np.uint32(9), dtype="uint32")
    # 23 bits: with 24 a half added to the largest rounds up to 1, whose erfinv is infinite.
    return 2.0 * ((ops.cast(ops.right_shift(bits, shift), "float32") + 0.5) * 2.0**-23) - 1.0
