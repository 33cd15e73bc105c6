"""The last layer of every generator."""

import keras
from keras import ops

from keras_stackgan.layers import utils
from keras_stackgan.layers.upsample_conv2d import UpsampleConv2D


@keras.saving.register_keras_serializable("keras_stackgan")
class ImageHead(keras.layers.Layer):
    """Turns features into a picture in [-1, 1] by a 3x3 convolution and tanh, without bias.

    Args:
        upsample: bool. Whether to double the size first (StackGAN-v1's TensorFlow form).
        kernel_initializer: initializer of the kernel.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.

    Returns:
        A tensor `(batch, height, width, 3)`, at least float32 under every dtype policy.

    Example:

    ```python
    layer = ImageHead()
    layer(keras.ops.ones((2, 64, 64, 16))).shape  # (2, 64, 64, 3)
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 5.1.
    """

    def __init__(self, upsample=False, kernel_initializer="orthogonal", **kwargs):
        super().__init__(**kwargs)
        self.upsample = bool(upsample)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer)
        keywords = {
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
            "name": "convolution",
        }
        if self.upsample:
            self.convolution = UpsampleConv2D(3, **keywords)
        else:
            self.convolution = keras.layers.Conv2D(
                3,
                3,
                padding="same",
                data_format="channels_last",
                use_bias=False,
                **keywords,
            )

    def build(self, input_shape):
        self.convolution.build(input_shape)
        self.built = True

    def logits(self, inputs, smaller=None):
        """The picture before tanh.

        Args:
            inputs: float tensor `(batch, height, width, channels)`.
            smaller: float tensor `(batch, h, w, 3)` or `None`. Logits of the same size, or of half
                of it, to which this head's are added; they are enlarged bilinearly.

        Returns:
            A tensor `(batch, height, width, 3)`, at least float32 under every dtype policy.
        """
        x = ops.cast(self.convolution(inputs), utils.output_dtype(self))
        if smaller is None:
            return x
        if smaller.shape[1:3] != x.shape[1:3]:
            smaller = _doubled(_doubled(smaller, axis=1), axis=2)
        return x + smaller

    def call(self, inputs):
        return ops.tanh(self.logits(inputs))

    def compute_output_shape(self, input_shape):
        return self.convolution.compute_output_shape(input_shape)

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(
            self.compute_output_shape(inputs.shape), dtype=utils.output_dtype(self)
        )

    def get_config(self):
        config = super().get_config()
        config["upsample"] = self.upsample
        config["kernel_initializer"] = keras.initializers.serialize(self.kernel_initializer)
        return config


def _doubled(x, axis):
    """Twice as many pixels along an axis, bilinearly, as `keras.layers.UpSampling2D` makes them.

    `ops.image.resize` would compute in float32, and its gradient is not reproducible on GPUs.
    """

    def part(start, stop):
        return x[(slice(None),) * axis + (slice(start, stop),)]

    before = ops.concatenate([part(0, 1), part(0, -1)], axis=axis)
    behind = ops.concatenate([part(1, None), part(-1, None)], axis=axis)
    pairs = ops.stack([0.25 * before + 0.75 * x, 0.75 * x + 0.25 * behind], axis=axis + 1)
    sizes = [2 * size if k == axis else size for k, size in enumerate(x.shape)]
    return ops.reshape(pairs, (-1, *sizes[1:]))
