"""What keeps a larger picture a refinement of the smaller one before it."""

import keras
from keras import ops


def refinement(larger, smaller):
    """Distance of a picture, averaged down, from the picture of the stage before.

    A stage that only adds detail keeps the averages of its pixels. Without it the quickest way to
    look sharp is to raise the contrast along edges, which leaves halos.

    Args:
        larger: float tensor `(batch, height, width, 3)`.
        smaller: float tensor `(batch, h, w, 3)` of the stage before, whose sides divide those of
            `larger`; takes no gradient.

    Returns:
        A scalar, the mean of squared differences.

    Example:

    ```python
    float(refinement(keras.ops.ones((2, 16, 16, 3)), keras.ops.ones((2, 8, 8, 3))))  # 0.0
    ```

    Reference:
        Not in the papers; colors alone are tied in
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), equation 8.
    """
    larger, smaller = ops.convert_to_tensor(larger), ops.convert_to_tensor(smaller)
    dtype = keras.backend.result_type(larger.dtype, "float32")
    larger, smaller = ops.cast(larger, dtype), ops.cast(smaller, dtype)
    factor = larger.shape[1] // smaller.shape[1]
    if factor > 1:
        larger = ops.average_pool(larger, factor, data_format="channels_last")
    return ops.mean(ops.square(larger - ops.stop_gradient(smaller)))
