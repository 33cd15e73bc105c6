"""A Keras 3 / TensorFlow model zoo for StackGAN-v1 and StackGAN-v2: text in, picture out."""

from keras_stackgan.models.stackgan_v1 import StackGANv1 as StackGANv1
from keras_stackgan.models.stackgan_v2 import StackGANv2 as StackGANv2
from keras_stackgan.version import __version__ as __version__
