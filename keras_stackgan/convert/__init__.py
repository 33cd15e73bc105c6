"""From the original releases' weights to this package's models, without PyTorch.

Reading a file needs no TensorFlow.
"""

from keras_stackgan.convert.conversion_report import ConversionReport as ConversionReport
from keras_stackgan.convert.original import load_original as load_original
from keras_stackgan.convert.original import model_from_original as model_from_original
from keras_stackgan.formats.pth_reader import read_pth as read_pth
