"""Color consistency between the pictures of neighboring stages."""

import keras
from keras import ops


def color_statistics(images):
    """Mean color and color covariance of each picture.

    Args:
        images: float tensor `(batch, height, width, 3)`.

    Returns:
        `(mean, covariance)` of shapes `(batch, 3)` and `(batch, 3, 3)`; the covariance is divided
        by the number of pixels.

    Example:

    ```python
    mean, covariance = color_statistics(keras.ops.ones((2, 8, 8, 3)))
    covariance.shape  # (2, 3, 3)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 4.3.
    """
    images = ops.convert_to_tensor(images)
    images = ops.cast(images, keras.backend.result_type(images.dtype, "float32"))
    count = images.shape[1] * images.shape[2]
    pixels = ops.reshape(images, (-1, count, images.shape[3]))
    mean = ops.mean(pixels, axis=1)
    centered = pixels - mean[:, None]
    return mean, ops.matmul(ops.transpose(centered, (0, 2, 1)), centered) / count


def color_consistency(larger, smaller, mean_weight=1.0, covariance_weight=5.0):
    """Distance of two stages' color statistics; the larger picture follows the smaller.

    Args:
        larger: float tensor `(batch, height, width, 3)`.
        smaller: float tensor `(batch, height, width, 3)` of the stage before; takes no gradient.
        mean_weight: float. Weight of the mean colors' distance.
        covariance_weight: float. Weight of the covariances' distance.

    Returns:
        A scalar. The distances are means over all elements, as in the authors' release (the paper
        writes squared norms, which are 3 and 9 times larger); its factor of 50 is not included.

    Example:

    ```python
    float(color_consistency(keras.ops.ones((2, 16, 16, 3)), keras.ops.ones((2, 8, 8, 3))))  # 0.0
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), equation 8.
    """
    mean, covariance = color_statistics(larger)
    mean_before, covariance_before = color_statistics(ops.stop_gradient(smaller))
    return mean_weight * ops.mean(ops.square(mean - mean_before)) + covariance_weight * ops.mean(
        ops.square(covariance - covariance_before)
    )
