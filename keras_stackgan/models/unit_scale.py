"""Fresh layers without batch norm brought to unit scale by what they make of a first batch.

Unscaled, the first pictures of a new stage are saturated and its discriminator wins at once.

Reference:
    [Salimans & Kingma, 2016](https://arxiv.org/abs/1602.07868), section 3.
"""

from keras import ops

# Rows that the scale of a new layer is measured on, and the pictures' standard deviation.
ROWS, PICTURE_SCALE = 32, 0.5


def scaled(block, *inputs, scale=1.0):
    """Gives what a block's convolution makes of these inputs a standard deviation of `scale`.

    Returns:
        The block's output with its kernel so changed.
    """
    kernel = block.convolution.kernel
    made = ops.cast(block.convolution(*inputs), "float32")
    kernel.assign(kernel * ops.cast(scale / (ops.std(made) + 1e-6), kernel.dtype))
    return block(*inputs, training=False)
