"""StackGAN models and the training step that they share."""

from keras_stackgan.models.adversarial_model import AdversarialModel as AdversarialModel
from keras_stackgan.models.stackgan_v1 import StackGANv1 as StackGANv1
from keras_stackgan.models.stackgan_v2 import StackGANv2 as StackGANv2
