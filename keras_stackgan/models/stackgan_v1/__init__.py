"""StackGAN-v1."""

from keras_stackgan.models.stackgan_v1.discriminator import (
    StackGANv1Discriminator as StackGANv1Discriminator,
)
from keras_stackgan.models.stackgan_v1.generator import StackGANv1Generator as StackGANv1Generator
from keras_stackgan.models.stackgan_v1.stackgan_v1 import StackGANv1 as StackGANv1
from keras_stackgan.models.stackgan_v1.stage1_generator import (
    StackGANv1Stage1Generator as StackGANv1Stage1Generator,
)
from keras_stackgan.models.stackgan_v1.stage2_generator import (
    StackGANv1Stage2Generator as StackGANv1Stage2Generator,
)
