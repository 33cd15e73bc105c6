"""Models as files for other programs: SavedModel, TF-Hub, ONNX, LiteRT.

Importing this needs no TensorFlow and none of the optional packages; exporting does.
"""

from keras_stackgan.export.hub import publish as publish
from keras_stackgan.export.hub import write_index as write_index
from keras_stackgan.export.litert import export_litert as export_litert
from keras_stackgan.export.onnx import export_onnx as export_onnx
from keras_stackgan.export.saved_model import export_saved_model as export_saved_model
