"""Features of pictures by a network that does not learn."""

import keras
from keras import ops

# In single precision always. Of max pooling XLA has the second derivative, which R1 needs, in no
# half precision; of depthwise convolutions TensorFlow's gradients are slow in bfloat16 on the CPU
# (16 pictures of 128 pixels through EfficientNet-Lite0 and back on one core: 247 ms, so 114).
WHOLE = (keras.layers.MaxPooling2D, keras.layers.DepthwiseConv2D)


@keras.saving.register_keras_serializable("keras_stackgan")
class FrozenFeatures(keras.layers.Layer):
    """Shows a discriminator pictures through a trained network, whose weights stay as they are.

    A discriminator begins without an idea of shapes, and the generator learns none until it has
    one. Features of a classifier have it from the first step on.

    Args:
        network: functional `keras.Model` from pictures in [-1, 1] to one or several feature maps,
            each square and of another side. It is copied. Batch normalization in it uses its moving
            statistics. Networks that take other values begin with a `Rescaling` layer.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        images: float tensor `(batch, size, size, 3)` in [-1, 1]. Pictures that are a whole number
            of times as large as the network's are averaged down, smaller ones repeat their pixels.

    Returns:
        A list of tensors `(batch, side, side, channels)`, the largest side first.

    Raises:
        ValueError: If the network is not as described, or pictures do not fit it.

    Example:

    ```python
    x = inputs = keras.Input((32, 32, 3))
    maps = [x := keras.layers.Conv2D(8, 3, strides=2, padding="same")(x) for _ in range(2)]
    layer = FrozenFeatures(keras.Model(inputs, maps))
    [each.shape for each in layer(keras.ops.ones((4, 64, 64, 3)))]  # sides 16 and 8
    ```

    Reference:
        [Sauer et al., 2021](https://arxiv.org/abs/2111.01007), section 3: frozen features, there
        each with a discriminator of its own.
    """

    def __init__(self, network, **kwargs):
        super().__init__(**kwargs)
        if isinstance(network, dict):
            network = keras.saving.deserialize_keras_object(network)
        self.image_size, outputs = _check(network)
        # A copy, whose layers nobody else trains.
        network = keras.Model(network.inputs[0], outputs, name="network")
        self.network = keras.models.clone_model(network, clone_function=self._copy)
        self.network.set_weights(network.get_weights())
        self.network.trainable = False
        self.shapes = [tuple(output.shape[1:]) for output in outputs]

    def _copy(self, layer):
        if isinstance(layer, keras.Model):
            return keras.models.clone_model(layer, clone_function=self._copy)
        config = layer.get_config()
        # Sums and the like of functional models are operations, no layers.
        own = isinstance(layer, keras.layers.Layer)
        if own and not isinstance(layer, keras.layers.InputLayer):
            config["dtype"] = self.dtype_policy
            if isinstance(layer, WHOLE) and "16" in self.compute_dtype:
                config["dtype"] = "float32"
        return layer.__class__.from_config(config)

    @staticmethod
    def last_maps(network):
        """Returns the network from pictures to its last feature map of every side.

        Args:
            network: functional `keras.Model` from pictures to anything, such as a classifier.

        Raises:
            ValueError: It is none.

        Example:

        ```python
        network = keras.applications.MobileNetV3Small(
            (64, 64, 3), include_top=False, weights=None, include_preprocessing=False
        )
        [x.shape[1] for x in FrozenFeatures.last_maps(network).outputs]  # [32, 16, 8, 4, 2]
        ```
        """
        try:
            maps = _last_maps(network)
        # Layers of other models have no outputs.
        except AttributeError:
            maps = {}
        if not maps:
            raise ValueError(
                "`network` must be a functional keras.Model that convolves square pictures of a "
                f"known side. Received: {network!r}."
            )
        return keras.Model(network.inputs[0], list(maps.values()), name="feature_maps")

    @property
    def trainable(self):
        """Always `False`: what thaws a model does not thaw these."""
        return False

    @trainable.setter
    def trainable(self, value):
        del value

    def build(self, input_shape):
        size = input_shape[1]
        if input_shape[2] != size or (size % self.image_size and self.image_size % size):
            raise ValueError(
                "Pictures must be square, and a whole number of times as large or as small as the "
                f"network's of {self.image_size} pixels. Received: {tuple(input_shape)}."
            )
        self.built = True

    def call(self, images):
        size = images.shape[1]
        if size > self.image_size:
            factor = size // self.image_size
            images = ops.average_pool(images, factor, factor)
        elif size < self.image_size:
            for axis in (1, 2):
                images = ops.repeat(images, self.image_size // size, axis=axis)
        maps = self.network(images, training=False)
        maps = maps if isinstance(maps, (list, tuple)) else [maps]
        return [ops.cast(each, self.compute_dtype) for each in maps]

    def compute_output_shape(self, input_shape):
        return [(input_shape[0], *shape) for shape in self.shapes]

    def get_config(self):
        config = super().get_config()
        return {**config, "network": keras.saving.serialize_keras_object(self.network)}


def _last_maps(network):
    maps = {}
    for layer in network.layers:
        shape = () if isinstance(layer, keras.layers.InputLayer) else layer.output.shape
        side = shape[1] if len(shape) == 4 and shape[1] == shape[2] else None
        # Padded maps have other sides.
        if side and side > 1 and network.inputs[0].shape[1] % side == 0:
            maps[side] = layer.output
    return maps


def _check(network):
    """Returns the side of the network's pictures and its maps, largest first, or raises."""
    rule = "`network` must be a functional keras.Model from pictures (side, side, 3) to square maps"
    try:
        (shape,) = [tuple(each.shape) for each in network.inputs]
        outputs = sorted(network.outputs, key=lambda output: -output.shape[1])
        sides = [output.shape[1] for output in outputs]
        fits = len(shape) == 4 and shape[3] == 3 and shape[1] is not None and shape[1] == shape[2]
        fits = fits and all(len(o.shape) == 4 and o.shape[1] == o.shape[2] for o in outputs)
    except (AttributeError, TypeError, ValueError, IndexError):
        raise ValueError(f"{rule}. Received: {network!r}.") from None
    if not fits or len(set(sides)) < len(sides):
        raise ValueError(
            f"{rule}, of known sides, each map's another. Received: pictures {shape}, maps "
            f"{[tuple(output.shape) for output in outputs]}."
        )
    return shape[1], outputs
