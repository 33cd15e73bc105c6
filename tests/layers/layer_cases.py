"""Every layer in a small form, for tests that go over all of them."""

import keras

from keras_stackgan import layers


def network():
    """A trained network's stand-in: two maps, the smaller one behind batch normalization."""
    x = inputs = keras.Input((8, 8, 3))
    orthogonal = {"padding": "same", "kernel_initializer": "orthogonal", "use_bias": False}
    x = first = keras.layers.Conv2D(4, 3, strides=2, **orthogonal)(x)
    x = keras.layers.Conv2D(6, 3, strides=2, **orthogonal)(x)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    return keras.Model(inputs, [x, first])


# A name, the class, its arguments and the shapes that it is called with, for tests over all layers.
PICTURES, CODE, CHANGES = (4, 4, 6, 8), (4, 5), ["color", "translation", "cutout"]
LAYERS = [
    ("norm", layers.BatchNormalization, {}, [PICTURES]),
    ("norm_flat", layers.BatchNormalization, {}, [CODE]),
    ("augment", layers.DifferentiableAugmentation, {"policy": CHANGES}, [(4, 16, 8, 3), (4, 7)]),
    ("frozen", layers.FrozenFeatures, {"network": network()}, [(4, 16, 16, 3)]),
    ("glu", layers.GatedLinearUnit, {}, [PICTURES]),
    ("up_conv", layers.UpsampleConv2D, {"filters": 3}, [PICTURES]),
    ("joint_conv", layers.JointConv2D, {"filters": 3}, [PICTURES, CODE]),
    ("augmentation", layers.ConditioningAugmentation, {"conditioning_dim": 3}, [CODE, (4, 3)]),
    ("conv", layers.ConvBlock, {"filters": 3, "activation": "glu"}, [PICTURES]),
    ("conv_bias", layers.ConvBlock, {"filters": 3, "normalization": "bias"}, [PICTURES]),
    ("up", layers.UpsampleBlock, {"filters": 3}, [PICTURES]),
    ("down", layers.DownsampleBlock, {"filters": 3}, [PICTURES]),
    ("joint", layers.JointBlock, {"filters": 3}, [PICTURES, CODE]),
    ("residual", layers.ResidualBlock, {"activation": "relu"}, [PICTURES]),
    ("bottleneck", layers.BottleneckBlock, {"filters": 8}, [PICTURES]),
    ("transposed", layers.TransposedConvBlock, {"filters": 3}, [PICTURES]),
    ("resample_up", layers.ResampleBlock, {"filters": 3}, [PICTURES]),
    (
        "resample_down",
        layers.ResampleBlock,
        {"filters": 3, "resample": "down", "normalization": "layer"},
        [PICTURES],
    ),
    ("image", layers.ImageHead, {"upsample": True}, [PICTURES]),
    ("logits", layers.JointLogits, {"conditioning_dim": 5, "projection_dim": 5}, [PICTURES, CODE]),
    (
        "logits_norm",
        layers.JointLogits,
        {"conditioning_dim": 5, "normalize_text": True},
        [PICTURES, CODE],
    ),
]
