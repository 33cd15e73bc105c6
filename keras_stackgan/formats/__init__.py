"""Files that other programs wrote, read without running anything of them."""

from keras_stackgan.formats.plain_pickle import read_plain_pickle as read_plain_pickle
from keras_stackgan.formats.torch7 import TorchObject as TorchObject
from keras_stackgan.formats.torch7 import read_torch7 as read_torch7
from keras_stackgan.formats.vector_files import read_vectors as read_vectors
