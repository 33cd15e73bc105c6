"""The residual block of WGAN-GP that doubles or halves a picture."""

import keras
from keras import ops

from keras_stackgan.layers import utils
from keras_stackgan.layers.batch_normalization import BatchNormalization
from keras_stackgan.layers.upsample_conv2d import UpsampleConv2D


@keras.saving.register_keras_serializable("keras_stackgan")
class ResampleBlock(keras.layers.Layer):
    """Adds two 3x3 convolutions, each after a norm and a ReLU, to a resized 1x1 convolution.

    Upwards the first convolution acts on the picture doubled by nearest neighbor; downwards the
    second one's outputs are averaged over 2x2 pixels.

    Args:
        filters: int >= 1. Output channels.
        resample: `"up"` or `"down"`.
        normalization: `"batch"`, `"layer"` (over pixels and channels of each picture, for critics
            with a gradient penalty) or `None`.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the 3x3 kernels; `None` for the authors' (He's, over the
            mean of both fans).
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        inputs: float tensor `(batch, height, width, channels)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A tensor `(batch, 2 * height, 2 * width, filters)`, or of half the height and width.

    Example:

    ```python
    layer = ResampleBlock(16, "down", normalization="layer")
    layer(keras.ops.ones((2, 8, 8, 4))).shape  # (2, 4, 4, 16)
    ```

    Reference:
        [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), appendix; widths, initializers
        and the order of layers as in the authors' `gan_64x64.py`.
    """

    def __init__(
        self,
        filters,
        resample="up",
        normalization="batch",
        synchronized=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = utils.check_count("filters", filters)
        self.resample = utils.check_choice("resample", resample, ("up", "down"))
        self.normalization = utils.check_choice(
            "normalization", normalization, ("batch", "layer", None)
        )
        self.synchronized = bool(synchronized)
        self.kernel_initializer = utils.fresh_initializer(kernel_initializer or he_uniform())

    def build(self, input_shape):
        channels = input_shape[-1]
        up = self.resample == "up"
        middle = self.filters if up else channels
        size = [None if side is None else side * 2 for side in input_shape[1:3]]
        inner = (None, *(size if up else input_shape[1:3]), middle)
        self.norms = [self._norm("norm_1", input_shape), self._norm("norm_2", inner)]
        if up:
            self.first = UpsampleConv2D(
                middle,
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name="convolution_1",
            )
        else:
            self.first = self._convolution("convolution_1", middle, 3, use_bias=False)
        self.second = self._convolution("convolution_2", self.filters, 3)
        self.shortcut = self._convolution("shortcut", self.filters, 1)
        self.first.build(input_shape)
        self.second.build(inner)
        self.shortcut.build(input_shape)
        self.built = True

    def _norm(self, name, shape):
        if self.normalization is None:
            return None
        if self.normalization == "batch":
            norm = BatchNormalization(
                gamma_initializer="ones",
                synchronized=self.synchronized,
                dtype=self.dtype_policy,
                name=name,
            )
        else:
            # One group: the mean and deviation of a picture, a scale and a shift a channel.
            norm = keras.layers.GroupNormalization(
                1, axis=-1, epsilon=1e-5, dtype=self.dtype_policy, name=name
            )
        norm.build(shape)
        return norm

    def _convolution(self, name, filters, kernel_size, use_bias=True):
        initializer = self.kernel_initializer if kernel_size > 1 else "glorot_uniform"
        return keras.layers.Conv2D(
            filters,
            kernel_size,
            padding="same",
            data_format="channels_last",
            use_bias=use_bias,
            kernel_initializer=utils.fresh_initializer(initializer),
            dtype=self.dtype_policy,
            name=name,
        )

    def call(self, inputs, training=None):
        x = self._normalized(inputs, 0, training)
        x = self._normalized(self.first(x), 1, training)
        x = self.second(x)
        if self.resample == "up":
            return x + double(self.shortcut(inputs))
        return halve(x) + self.shortcut(halve(inputs))

    def _normalized(self, x, number, training):
        norm = self.norms[number]
        if self.normalization == "batch":
            x = norm(x, training=training)
        elif norm is not None:
            x = norm(x)
        return ops.relu(x)

    def compute_output_shape(self, input_shape):
        sizes = [
            side if side is None else (2 * side if self.resample == "up" else side // 2)
            for side in input_shape[1:3]
        ]
        return (input_shape[0], *sizes, self.filters)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "filters": self.filters,
                "resample": self.resample,
                "normalization": self.normalization,
                "synchronized": self.synchronized,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config


def he_uniform():
    """He's uniform initializer over the mean of both fans, as WGAN-GP's authors draw it."""
    return keras.initializers.VarianceScaling(2.0, "fan_avg", "uniform")


def double(x):
    """Repeats every pixel twice in both directions."""
    return ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)


def halve(x):
    """Averages blocks of 2x2 pixels."""
    return ops.average_pool(x, 2, strides=2, padding="valid", data_format="channels_last")
