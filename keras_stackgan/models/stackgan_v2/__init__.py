"""StackGAN-v2."""

from keras_stackgan.models.stackgan_v2.discriminator import (
    StackGANv2Discriminator as StackGANv2Discriminator,
)
from keras_stackgan.models.stackgan_v2.generator import StackGANv2Generator as StackGANv2Generator
from keras_stackgan.models.stackgan_v2.stackgan_v2 import StackGANv2 as StackGANv2
