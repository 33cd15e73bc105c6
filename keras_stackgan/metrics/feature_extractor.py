"""What turns pictures into features, with the name that every result carries."""

import hashlib

import numpy as np
from keras import ops

from keras_stackgan.layers.utils import check_count
from keras_stackgan.metrics.resizing import resize


class FeatureExtractor:
    """A network behind the interface that all measures of features take.

    Args:
        name: str. Tells this network, these weights and this way of preparing pictures from all
            others: features are kept and found by it.
        function: callable from pictures to features `(n, dim)`, or to `(features,
            probabilities)` where it is a classifier, too. It gets float32 pictures of
            `image_size` with values in [0, 255]; with `image_size=None` the pictures as they are.
        dim: int. Number of features.
        image_size: int or None. Side that the network takes. Defaults to None: any.
        resize: str. How pictures are brought to it; see `resize`. With `image_size=None` a name
            for what `function` itself does.
        batch_size: int. Pictures at a time.
        first_size: int or None. Side to which all pictures are brought first; see `at`.

    Call args:
        pictures: uint8 array `(n, size, size, 3)`.

    Returns:
        float32 array `(n, dim)`.

    Raises:
        ValueError: the pictures are not as described, or `function` gives another shape.

    Example:

    ```python
    colors = FeatureExtractor("mean-color", lambda x: np.mean(x, axis=(1, 2)), 3, resize="mean")
    colors(np.zeros((2, 16, 16, 3), "uint8")).shape  # (2, 3)
    ```
    """

    def __init__(
        self,
        name,
        function,
        dim,
        image_size=None,
        resize="none",
        batch_size=64,
        first_size=None,
    ):
        self.name = str(name)
        self.function = function
        self.dim = check_count("dim", dim)
        self.image_size = None if image_size is None else check_count("image_size", image_size)
        self.mode = str(resize)
        self.batch_size = check_count("batch_size", batch_size)
        self.first_size = None if first_size is None else check_count("first_size", first_size)

    def __call__(self, pictures):
        return self.features_and_probabilities(pictures)[0]

    def features_and_probabilities(self, pictures):
        """Returns features, and class probabilities `(n, classes)` or None."""
        pictures = np.asarray(pictures)
        if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3:
            raise ValueError(
                "`pictures` must be uint8 of shape (n, size, size, 3), as `generate` makes them. "
                f"Received: {pictures.dtype} of shape {pictures.shape}."
            )
        features, probabilities = [np.zeros((0, self.dim), "float32")], []
        for first in range(0, len(pictures), self.batch_size):
            found = self.function(self._resized(pictures[first : first + self.batch_size]))
            if isinstance(found, tuple):
                found, chances = found
                probabilities.append(ops.convert_to_numpy(chances))
            features.append(np.asarray(ops.convert_to_numpy(found), "float32"))
            if features[-1].ndim != 2 or features[-1].shape[1] != self.dim:
                raise ValueError(
                    f"`function` of '{self.name}' must give features of shape (n, {self.dim}). "
                    f"Received: shape {features[-1].shape}."
                )
        return np.concatenate(features), np.concatenate(probabilities) if probabilities else None

    def at(self, size):
        """Returns this extractor for pictures that are first made small, by area averages.

        Args:
            size: int. The side to which pictures of all sizes are brought first.

        Returns:
            A `FeatureExtractor` of the same name and another `resize`.

        Example:

        ```python
        FIDInception().at(64)  # FID* of the StackGAN++ paper
        ```
        """
        return FeatureExtractor(
            self.name,
            self.function,
            self.dim,
            self.image_size,
            self.mode,
            self.batch_size,
            check_count("size", size),
        )

    @property
    def resize(self):
        """How pictures are brought to the network's size: statistics are only compared if equal."""
        if self.first_size is None:
            return self.mode
        return f"area to {self.first_size}, then {self.mode}"

    def _resized(self, pictures):
        if self.first_size not in (None, pictures.shape[1]):
            small = resize(pictures, self.first_size, "area")
            pictures = np.rint(small).astype("uint8")
        if self.image_size is None:
            return pictures
        return resize(pictures, self.image_size, self.mode)


def weights_digest(model):
    """Returns 8 hexadecimal digits of a Keras model's weights, for an extractor's name.

    Args:
        model: Keras model, built.
    """
    digest = hashlib.sha256()
    for array in model.get_weights():
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:8]
