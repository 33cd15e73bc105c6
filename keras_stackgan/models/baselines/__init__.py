"""The systems that the StackGAN papers compare with."""

from keras_stackgan.models.baselines.dcgan import DCGAN as DCGAN
from keras_stackgan.models.baselines.gan_int_cls import GANINTCLS as GANINTCLS
from keras_stackgan.models.baselines.gawwn import GAWWN as GAWWN
from keras_stackgan.models.baselines.wgan_gp import WGANGP as WGANGP
