"""A model's generator as a LiteRT (TensorFlow Lite) file."""

import tempfile

from keras_stackgan.export.drawing import Drawing
from keras_stackgan.export.whole_file import check_file, write_whole
from keras_stackgan.layers.utils import check_count
from keras_stackgan.models.lazy_tensorflow import tf


def export_litert(model, path, batch_size=None):
    """Writes the generator for LiteRT interpreters: embeddings and noise in, pictures out.

    Its one signature, `serving_default`, has the inputs of the SavedModel's
    `generate_from_embeddings` (`generate_from_labels`, `generate_from_noise`) and the outputs
    `image_64`, ..., float32 in [0, 1]. It computes in float32, with batch normalization folded
    and built-in operations only.

    Args:
        model: an `AdversarialModel`; one that takes boxes has the input `boxes`, too.
        path: path of the file to write, by custom `*.tflite`.
        batch_size: int, the number of pictures at a time, or `None` to leave it free. Some
            accelerators want it fixed.

    Raises:
        IsADirectoryError: If `path` is a directory.
        RuntimeError: If Keras does not run on TensorFlow.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, embedding_dim=8)
    export_litert(model, "generator.tflite")
    interpreter = ai_edge_litert.interpreter.Interpreter("generator.tflite")
    inputs = {"embeddings": np.ones((2, 8), "float32"), **model.draw_noise(2, seed=0)}
    interpreter.get_signature_runner()(**inputs)["image_32"].shape  # (2, 32, 32, 3)
    ```
    """
    if batch_size is not None:
        batch_size = check_count("batch_size", batch_size)
    # Before the conversion, which takes its time.
    check_file(path)
    drawing = Drawing(model, "float32")
    module = tf.Module()
    module.function, module.held = drawing.function(batch_size), drawing.variables()
    with tempfile.TemporaryDirectory() as folder:
        # By way of a SavedModel: from a function alone the converter leaves the weights out.
        signature = module.function.get_concrete_function()
        tf.saved_model.save(module, folder, signatures={"serving_default": signature})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        write_whole(path, converter.convert())
