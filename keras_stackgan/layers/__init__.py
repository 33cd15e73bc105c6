"""Layers of the StackGAN papers, in `keras.ops`, so that they work on every Keras backend."""

from keras_stackgan.layers.batch_normalization import BatchNormalization as BatchNormalization
from keras_stackgan.layers.batch_normalization import penalty_scope as penalty_scope
from keras_stackgan.layers.bottleneck_block import BottleneckBlock as BottleneckBlock
from keras_stackgan.layers.conditioning_augmentation import (
    ConditioningAugmentation as ConditioningAugmentation,
)
from keras_stackgan.layers.conv_block import ConvBlock as ConvBlock
from keras_stackgan.layers.differentiable_augmentation import (
    DifferentiableAugmentation as DifferentiableAugmentation,
)
from keras_stackgan.layers.downsample_block import DownsampleBlock as DownsampleBlock
from keras_stackgan.layers.frozen_features import FrozenFeatures as FrozenFeatures
from keras_stackgan.layers.gated_linear_unit import GatedLinearUnit as GatedLinearUnit
from keras_stackgan.layers.image_head import ImageHead as ImageHead
from keras_stackgan.layers.joint_block import JointBlock as JointBlock
from keras_stackgan.layers.joint_conv2d import JointConv2D as JointConv2D
from keras_stackgan.layers.joint_logits import JointLogits as JointLogits
from keras_stackgan.layers.resample_block import ResampleBlock as ResampleBlock
from keras_stackgan.layers.residual_block import ResidualBlock as ResidualBlock
from keras_stackgan.layers.transposed_conv_block import (
    TransposedConvBlock as TransposedConvBlock,
)
from keras_stackgan.layers.upsample_block import UpsampleBlock as UpsampleBlock
from keras_stackgan.layers.upsample_conv2d import UpsampleConv2D as UpsampleConv2D
