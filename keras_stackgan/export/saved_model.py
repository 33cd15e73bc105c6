"""A model as a SavedModel that needs nothing but TensorFlow."""

from absl import logging

from keras_stackgan.export.drawing import check_backend
from keras_stackgan.models.lazy_tensorflow import tf
from keras_stackgan.text.whole_directory import whole_directory


def export_saved_model(model, directory):
    """Writes what draws as a SavedModel: sentences and a seed in, pictures out.

    It loads and runs where neither this package nor Keras is installed, with
    `tf.saved_model.load`, `hub.load` or `keras.layers.TFSMLayer`. Its pictures are those of
    `model.generate` up to one gray level, for any number of sentences at a time. Batch
    normalization is folded into the kernels, and each weight is in it once.

    | function | arguments | returns |
    |---|---|---|
    | `__call__` | `captions` string `(N,)` | uint8 `(N, S, S, 3)`, the pictures of seed 0 |
    | `generate`, signature `serving_default` | `captions`, `seed` int32 `()` | `images` uint8 |
    | `generate_stages` | `captions`, `seed` | `image_64`, ... float32 in [0, 1] |
    | `generate_from_embeddings` | `embeddings`, `noise`, `augmentation_noise` | the same |
    | `encode` | `captions` | `embeddings` float32 `(N, embedding_dim)` |

    Models with classes take `labels` int32 `(N,)` in place of captions, and unconditional ones
    `num_images` int32 `()`; the fourth function is then `generate_from_labels` or
    `generate_from_noise`. Without a text encoder that works in the graph the first three take
    `embeddings`, and `encode` is left out. StackGAN-v1's fourth function also takes
    `stage2_augmentation_noise`. Models that take boxes have `generate_in_boxes` with `captions`,
    `boxes` float32 `(N, 4)` or `(1, 4)`, which `GAWWN.generate` explains, and `seed`; their other
    functions draw in the middle, but the fourth, which takes `boxes` as well.

    Args:
        model: an `AdversarialModel`.
        directory: path to make. What is there already is replaced if it is a SavedModel or an
            empty directory.

    Raises:
        FileExistsError: If `directory` holds something else.
        RuntimeError: If Keras does not run on TensorFlow.
        ValueError: If the text encoder's vectors do not fit the model.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, embedding_dim=8)
    export_saved_model(model, "generator")
    loaded = tf.saved_model.load("generator")
    loaded.generate(embeddings=tf.ones((2, 8)), seed=3)["images"].shape  # (2, 32, 32, 3)
    ```
    """
    check_backend()
    # Its class is a `tf.Module`, so that this module can be imported without TensorFlow.
    from keras_stackgan.export.saved_generator import SavedGenerator, can_encode_in_graph

    _check_encoder(model)
    if model.embedding_dim is not None and not can_encode_in_graph(model):
        logging.info(
            "The SavedModel takes embeddings: the model has no text encoder with `graph_encode`."
        )
    module = SavedGenerator(model)
    with whole_directory(directory, is_saved_model, "a SavedModel") as new:
        tf.saved_model.save(module, str(new), signatures=module.signature_functions)


def is_saved_model(directory):
    """Whether a path is a SavedModel or an empty directory."""
    return directory.is_dir() and (
        (directory / "saved_model.pb").is_file() or not any(directory.iterdir())
    )


def _check_encoder(model):
    dim = getattr(model.text_encoder, "dim", model.embedding_dim)
    if dim != model.embedding_dim:
        raise ValueError(
            f"`model.text_encoder` must make vectors of embedding_dim={model.embedding_dim}. "
            f"Received: dim={dim}."
        )
