"""StackGAN models, the training step that they share, and what is done with a trained one."""

from keras_stackgan.models.adversarial_model import AdversarialModel as AdversarialModel
from keras_stackgan.models.baselines import DCGAN as DCGAN
from keras_stackgan.models.baselines import GANINTCLS as GANINTCLS
from keras_stackgan.models.baselines import GAWWN as GAWWN
from keras_stackgan.models.baselines import WGANGP as WGANGP
from keras_stackgan.models.batch_statistics import (
    compare_batch_statistics as compare_batch_statistics,
)
from keras_stackgan.models.batch_statistics import (
    recalibrate_batch_statistics as recalibrate_batch_statistics,
)
from keras_stackgan.models.interpolation import interpolate_captions as interpolate_captions
from keras_stackgan.models.interpolation import interpolate_noise as interpolate_noise
from keras_stackgan.models.stackgan_v1 import StackGANv1 as StackGANv1
from keras_stackgan.models.stackgan_v2 import StackGANv2 as StackGANv2
