"""A model's generator as an ONNX file."""

import warnings

from keras_stackgan.export.drawing import Drawing
from keras_stackgan.export.whole_file import check_file, write_whole

OPSET = 18


def export_onnx(model, path):
    """Writes the generator for ONNX runtimes: embeddings and noise in, pictures out.

    Its inputs are those of the SavedModel's `generate_from_embeddings` (`generate_from_labels`,
    `generate_from_noise`), its outputs `image_64`, ..., float32 in [0, 1], for any number of
    pictures at a time. It computes in float32, with batch normalization folded. Sentences are
    encoded outside of it, and `model.draw_noise` draws the noise of a seed.

    Args:
        model: an `AdversarialModel`; one that takes boxes has the input `boxes`, too.
        path: path of the file to write.

    Raises:
        IsADirectoryError: If `path` is a directory.
        ImportError: If tf2onnx is not installed.
        RuntimeError: If Keras does not run on TensorFlow.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, embedding_dim=8)
    export_onnx(model, "generator.onnx")
    session = onnxruntime.InferenceSession("generator.onnx")
    inputs = {"embeddings": np.ones((2, 8), "float32"), **model.draw_noise(2, seed=0)}
    session.run(["image_32"], inputs)[0].shape  # (2, 32, 32, 3)
    ```
    """
    try:
        import tf2onnx
    except ImportError as error:
        raise ImportError(
            f"`export_onnx` needs the packages of the extra 'onnx'. Received: {error}. Install "
            "them: pip install onnx tf2onnx"
        ) from error
    # Before the conversion, which takes its time.
    check_file(path)
    drawing = Drawing(model, "float32")
    with warnings.catch_warnings():
        # tf2onnx asks NumPy for `object` by an old name.
        warnings.simplefilter("ignore", FutureWarning)
        proto, _ = tf2onnx.convert.from_function(
            drawing.function(), input_signature=list(drawing.specs().values()), opset=OPSET
        )
    write_whole(path, proto.SerializeToString())
