"""The picture side of the matching net, and how pictures get its size."""

import functools

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_count


def picture_network(image_size=64, dim=128, width=16):
    """Builds a small convolutional network from pictures to vectors.

    Made for 64 pixels and a CPU: four convolutions with batch norm, halved by max pooling down to
    at most 8 by 8 places, and two dense layers. The places are not averaged: which part has which
    color is a matter of place.

    Args:
        image_size: int, 16 times a power of 2. Side of the pictures in pixels.
        dim: int. Size of a vector.
        width: int. Channels of the first layer.

    Returns:
        A Keras model from float pictures in [-1, 1], `(batch, image_size, image_size, 3)`, to
        `(batch, dim)`.

    Raises:
        ValueError: an argument is not as described.

    Example:

    ```python
    picture_network(64, dim=128)(np.zeros((2, 64, 64, 3), "float32")).shape  # (2, 128)
    ```
    """
    image_size, width = check_count("image_size", image_size, 16), check_count("width", width)
    if image_size & (image_size - 1):
        raise ValueError(
            f"`image_size` must be 16 times a power of 2. Received: image_size={image_size}."
        )
    layers, keywords = keras.layers, {"dtype": "float32"}
    x = inputs = keras.Input((image_size, image_size, 3))
    number = 0
    while x.shape[1] > 8 or number < 4:
        filters = width * min(2**number, 6)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, **keywords)(x)
        x = layers.BatchNormalization(momentum=0.9, **keywords)(x)
        x = layers.ReLU(**keywords)(x)
        if x.shape[1] > 8:
            x = layers.MaxPooling2D(2, **keywords)(x)
        number += 1
    x = layers.Dense(16 * width, use_bias=False, **keywords)(layers.Flatten()(x))
    x = layers.BatchNormalization(momentum=0.9, **keywords)(x)
    x = layers.Dropout(0.1, **keywords)(layers.ReLU(**keywords)(x))
    vectors = layers.Dense(check_count("dim", dim), name="vectors", **keywords)(x)
    return keras.Model(inputs, vectors, name="picture_network")


def area_resized(images, size):
    """Brings pictures to a size by averages of areas, with gradients, on every backend.

    Args:
        images: float tensor `(batch, height, width, channels)`, height and width known.
        size: int. The side wanted.

    Returns:
        A float tensor `(batch, size, size, channels)`.

    Example:

    ```python
    area_resized(keras.ops.ones((1, 100, 80, 3)), 64).shape  # (1, 64, 64, 3)
    ```
    """
    height, width = images.shape[1:3]
    if height == width and height % size == 0:
        factor = height // size
        if factor == 1:
            return images
        blocks = ops.reshape(images, (-1, size, factor, size, factor, images.shape[3]))
        return ops.mean(blocks, axis=(2, 4))
    rows = ops.cast(_shares(height, size), images.dtype)
    columns = ops.cast(_shares(width, size), images.dtype)
    return ops.einsum("bhwc,ih,jw->bijc", images, rows, columns)


@functools.lru_cache(maxsize=64)
def _shares(old, new):
    """Matrix `(new, old)`: which part of a new pixel each old one covers."""
    ends = np.arange(new + 1) * (old / new)
    place = np.arange(old)
    low = np.maximum(ends[:-1, None], place)
    high = np.minimum(ends[1:, None], place + 1)
    return (np.maximum(high - low, 0.0) * (new / old)).astype("float32")


def as_pictures(images):
    """Returns uint8 pictures as floats in [-1, 1], and float pictures as they are."""
    images = ops.convert_to_tensor(images)
    if keras.backend.standardize_dtype(images.dtype) == "uint8":
        return ops.cast(images, "float32") / 127.5 - 1.0
    return ops.cast(images, "float32")
