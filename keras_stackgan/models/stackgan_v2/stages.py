"""The two kinds of stage that StackGAN-v2's generator is a chain of."""

import math

import keras
from keras import ops

from keras_stackgan.layers import (
    BatchNormalization,
    ConvBlock,
    JointBlock,
    ResidualBlock,
    UpsampleBlock,
)
from keras_stackgan.layers.utils import activate, fresh_initializer


class InitialStage(keras.layers.Layer):
    """Grows code and noise from 4x4 pixels to the first stage's features.

    Args:
        image_size: int, a power of two of at least 16. Side of the features in pixels.
        filters: int. Channels at `image_size`; 4x4 has `filters * image_size / 4`.
        normalization: `"batch"`, or `"bias"` for a bias in its place.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels.
        **kwargs: Keywords of `keras.layers.Layer`.
    """

    def __init__(
        self, image_size, filters, normalization, synchronized, kernel_initializer, **kwargs
    ):
        super().__init__(**kwargs)
        self.image_size = image_size
        self.first_filters = filters * image_size // 4
        keywords = {"synchronized": synchronized, "dtype": self.dtype_policy}
        self.dense = keras.layers.Dense(
            2 * 16 * self.first_filters,
            use_bias=normalization == "bias",
            kernel_initializer=fresh_initializer(kernel_initializer),
            dtype=self.dtype_policy,
            name="dense",
        )
        self.norm = None
        if normalization == "batch":
            self.norm = BatchNormalization(name="norm", **keywords)
        self.blocks = [
            UpsampleBlock(
                self.first_filters // 2 ** (k + 1),
                normalization=normalization,
                kernel_initializer=kernel_initializer,
                name=f"upsample_{8 * 2**k}",
                **keywords,
            )
            for k in range(int(math.log2(image_size // 4)))
        ]

    def build(self, input_shape):
        self.dense.build(input_shape)
        if self.norm is not None:
            self.norm.build((None, self.dense.units))
        shape = (None, 4, 4, self.first_filters)
        for block in self.blocks:
            block.build(shape)
            shape = block.compute_output_shape(shape)
        self.built = True

    def call(self, inputs, training=None):
        x = self.dense(inputs)
        if self.norm is not None:
            x = self.norm(x, training=training)
        # The gate acts on the flat features: first all values, then all gates.
        x = ops.reshape(activate(x, "glu"), (-1, 4, 4, self.first_filters))
        for block in self.blocks:
            x = block(x, training=training)
        return x

    def compute_output_shape(self, input_shape):
        size = self.image_size
        return (input_shape[0], size, size, self.blocks[-1].filters)


class RefinementStage(keras.layers.Layer):
    """Reads the code again, refines the features, and doubles them.

    Args:
        filters: int. Channels that come out, half of those that come in.
        num_residual_blocks: int >= 0.
        upsample: bool. Whether the size doubles at the end of the stage.
        normalization: `"batch"`, or `"bias"` for a bias in its place.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels.
        **kwargs: Keywords of `keras.layers.Layer`.
    """

    def __init__(
        self,
        filters,
        num_residual_blocks,
        upsample,
        normalization,
        synchronized,
        kernel_initializer,
        **kwargs,
    ):
        super().__init__(**kwargs)
        keywords = {
            "normalization": normalization,
            "synchronized": synchronized,
            "kernel_initializer": kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.joint = JointBlock(2 * filters, name="joint", **keywords)
        self.residuals = [
            ResidualBlock(name=f"residual_{k + 1}", **keywords) for k in range(num_residual_blocks)
        ]
        last = UpsampleBlock if upsample else ConvBlock
        self.last = last(
            filters, activation="glu", name="upsample" if upsample else "last", **keywords
        )

    def build(self, features_shape, code_shape):
        self.joint.build(features_shape, code_shape)
        shape = self.joint.compute_output_shape(features_shape, code_shape)
        for layer in [*self.residuals, self.last]:
            layer.build(shape)
        self.built = True

    def call(self, features, code, training=None):
        x = self.joint(features, code, training=training)
        for layer in [*self.residuals, self.last]:
            x = layer(x, training=training)
        return x

    def compute_output_shape(self, features_shape, code_shape):
        return self.last.compute_output_shape(features_shape)
