"""Features of the networks of `keras.applications`."""

import hashlib

import numpy as np
from keras import ops

from keras_stackgan.metrics.feature_extractor import FeatureExtractor, weights_digest


class ApplicationExtractor(FeatureExtractor):
    """A model of `keras.applications`, or any like it, without its classifier.

    Its name has all that features depend on: the model's own, the size, digests of the weights and
    of what `preprocess` does.

    Args:
        model: Keras model from float pictures to features `(batch, dim)`, or to maps `(batch,
            height, width, dim)`, which are averaged: `include_top=False`.
        preprocess: callable from float32 pictures with values in [0, 255] to what the model takes,
            such as `keras.applications.mobilenet_v2.preprocess_input`. Defaults to None: as they
            are.
        image_size: int or None. Defaults to None: what the model's input says.
        resize: str. See `resize`.
        batch_size: int. Pictures at a time.

    Raises:
        ValueError: the model has no known image size and none is given.

    Example:

    ```python
    applications = keras.applications
    model = applications.MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3))
    extractor = ApplicationExtractor(model, applications.mobilenet_v2.preprocess_input)
    extractor.dim  # 1280
    ```
    """

    def __init__(self, model, preprocess=None, image_size=None, resize="bilinear", batch_size=32):
        size = model.input_shape[1] if image_size is None else image_size
        if size is None:
            raise ValueError(
                "`image_size` must be given for a model that takes pictures of any size. "
                f"Received: image_size={image_size!r}, input shape {model.input_shape}."
            )
        self.model, self.preprocess = model, preprocess
        name = f"{model.name}-{size}-{weights_digest(model)}"
        if preprocess is not None:
            name += f"-{_function_digest(preprocess, size)}"
        super().__init__(name, self._read, model.output_shape[-1], size, resize, batch_size)

    def _read(self, pictures):
        if self.preprocess is not None:
            # A copy: some of Keras' functions change a NumPy array in place.
            pictures = self.preprocess(ops.convert_to_tensor(pictures))
        features = self.model.predict_on_batch(pictures)
        return features.mean(axis=(1, 2)) if features.ndim == 4 else features


def _function_digest(preprocess, size):
    """8 hexadecimal digits of what a function makes of noise: most functions have no name."""
    noise = np.random.default_rng(0).integers(0, 256, (1, size, size, 3)).astype("float32")
    made = np.asarray(ops.convert_to_numpy(preprocess(ops.convert_to_tensor(noise))), "float64")
    # Rounded, and never to -0.0: machines differ in the last digit.
    rounded = np.round(made, 3) + 0.0
    return hashlib.sha256(f"{made.shape}".encode() + rounded.tobytes()).hexdigest()[:8]
