"""A classifier of many attributes at once, trained on real pictures to judge generated ones."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers import FrozenFeatures
from keras_stackgan.layers.utils import check_choice, check_count
from keras_stackgan.metrics.checks import check_pictures

ARCHITECTURES = ("plain", "separable")


@keras.saving.register_keras_serializable("keras_stackgan")
class AttributeClassifier(keras.Model):
    """Reads every attribute of a picture, one softmax an attribute.

    A judge must not be what the generator was trained against, nor look like it: hence two
    architectures.

    Args:
        cardinalities: dict from an attribute's name to the number of its values, each at least 2.
        image_size: int, a multiple of 16. Side in pixels; pictures of other sizes are brought to
            it by area averages (smaller) or bilinearly (larger).
        width: int. Channels of the first layer.
        architecture: `"plain"` (3x3 convolutions and max pooling) or `"separable"` (residual
            blocks of 5x5 depthwise convolutions, strided, without pooling).
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: uint8 tensor, or float tensor in [-1, 1], `(batch, size, size, 3)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict from attribute to logits `(batch, values)`.

    Raises:
        ValueError: an argument is not as described.

    Example:

    ```python
    judge = AttributeClassifier({"crown": 12, "pose": 4}, image_size=16, width=8)
    judge.compile()
    targets = {"crown": np.zeros(8, "int32"), "pose": np.zeros(8, "int32")}
    judge.fit(np.zeros((8, 16, 16, 3), "uint8"), targets, verbose=0)
    judge.predict_values(np.zeros((2, 16, 16, 3), "uint8")).shape  # (2, 2)
    ```
    """

    def __init__(self, cardinalities, image_size=64, width=32, architecture="plain", **kwargs):
        super().__init__(**kwargs)
        if not cardinalities or not all(int(n) >= 2 for n in cardinalities.values()):
            raise ValueError(
                "`cardinalities` must give each attribute at least two values. Received: "
                f"cardinalities={cardinalities!r}."
            )
        self.cardinalities = {str(name): int(n) for name, n in cardinalities.items()}
        self.image_size = check_count("image_size", image_size)
        if self.image_size % 16:
            raise ValueError(
                f"`image_size` must be a multiple of 16. Received: image_size={image_size!r}."
            )
        self.width = check_count("width", width)
        self.architecture = check_choice("architecture", architecture, ARCHITECTURES)

        # === Layers ===
        make = {"plain": _plain_trunk, "separable": _separable_trunk}[self.architecture]
        self.trunk = make(self.image_size, self.width)
        self.heads = {
            name: keras.layers.Dense(count, name=f"{name}_logits")
            for name, count in self.cardinalities.items()
        }
        for head in self.heads.values():
            head.build((None, self.trunk.output_shape[-1]))
        self.built = True

    def call(self, images, training=None):
        features = self.trunk(self._prepare(images), training=training)
        return {name: head(features) for name, head in self.heads.items()}

    def _prepare(self, images):
        dtype = keras.backend.standardize_dtype(images.dtype)
        if not (dtype == "uint8" or "float" in dtype) or images.shape[-1] != 3:
            raise ValueError(
                "`images` must be uint8, or floats in [-1, 1], of three channels. Received: "
                f"{dtype} of shape {tuple(images.shape)}. Convert them: images.astype('uint8') of "
                "values from 0 to 255."
            )
        if dtype == "uint8":
            images = ops.cast(images, "float32") / 127.5 - 1.0
        size, wanted = images.shape[1], self.image_size
        if size % wanted == 0 and size > wanted:
            return ops.average_pool(images, size // wanted, size // wanted)
        if size != wanted:
            images = ops.image.resize(images, (wanted, wanted), antialias=True)
        return images

    def compile(self, optimizer=None, **kwargs):
        """See `keras.Model.compile`; by default Adam(2e-3) and cross-entropy of every attribute."""
        loss = {
            name: keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            for name in self.cardinalities
        }
        kwargs.setdefault("loss", loss)
        super().compile(optimizer or keras.optimizers.Adam(2e-3), **kwargs)

    def features(self, images, batch_size=128):
        """Returns the last features before the logits, float32 `(n, channels)`.

        Args:
            images: uint8 array, or float array in [-1, 1], `(n, size, size, 3)`.
            batch_size: int. Pictures at a time.

        Raises:
            ValueError: there are no pictures, or they are not as described.
        """
        return self._batched(
            lambda x: self.trunk(self._prepare(x), training=False), images, batch_size
        )

    def feature_maps(self):
        """Returns the network from pictures to the convolutions' features, a map for every side.

        A classifier that was trained on real pictures gives a discriminator an idea of shapes: see
        the argument `discriminator_features` of `StackGANv2`.

        Example:

        ```python
        judge = AttributeClassifier({"crown": 12, "pose": 4}, image_size=16, width=8)
        [output.shape[1] for output in judge.feature_maps().outputs]  # [16, 8, 4, 2]
        ```
        """
        return FrozenFeatures.last_maps(self.trunk)

    def predict_values(self, images, batch_size=128):
        """Returns the most likely value of each attribute, int `(n, attributes)`.

        Args:
            images: uint8 array, or float array in [-1, 1], `(n, size, size, 3)`.
            batch_size: int. Pictures at a time.

        Raises:
            ValueError: there are no pictures, or they are not as described.
        """

        def values(x):
            logits = self(x, training=False)
            return ops.stack([ops.argmax(logits[name], -1) for name in self.cardinalities], axis=1)

        return self._batched(values, images, batch_size)

    def _batched(self, function, images, batch_size):
        if not len(images):
            raise ValueError("`images` must be at least one picture. Received: none.")
        parts = []
        for first in range(0, len(images), batch_size):
            chunk = check_pictures("images", images[first : first + batch_size], -1.0, 1.0)
            parts.append(ops.convert_to_numpy(function(ops.convert_to_tensor(chunk))))
        return np.concatenate(parts)

    def get_config(self):
        config = super().get_config()
        names = ("cardinalities", "image_size", "width", "architecture")
        return {**config, **{name: getattr(self, name) for name in names}}


def _plain_trunk(size, width):
    x = inputs = keras.Input((size, size, 3))
    for k, filters in enumerate((width, 2 * width, 3 * width, 4 * width)):
        x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
        if k < 3:
            x = keras.layers.MaxPooling2D(2)(x)
    return _finish(inputs, x, 8 * width)


def _separable_trunk(size, width):
    x = inputs = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(width, 5, strides=2, padding="same", use_bias=False)(x)
    for filters in (2 * width, 4 * width, 4 * width):
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        strides = 1 if x.shape[1] <= 8 else 2
        shortcut = keras.layers.Conv2D(filters, 1, strides=strides, use_bias=False)(x)
        y = keras.layers.DepthwiseConv2D(5, strides=strides, padding="same", use_bias=False)(x)
        y = keras.layers.Conv2D(filters, 1, use_bias=False)(keras.layers.Activation("gelu")(y))
        x = keras.layers.Add()([shortcut, y])
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    return _finish(inputs, keras.layers.Activation("gelu")(x), 8 * width)


def _finish(inputs, x, units):
    # Flattened, not averaged: which part has a color is a matter of place.
    x = keras.layers.Dense(units, use_bias=False)(keras.layers.Flatten()(x))
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    return keras.Model(inputs, keras.layers.Dropout(0.2)(keras.layers.ReLU()(x)), name="trunk")
