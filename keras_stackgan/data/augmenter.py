"""Keras layers that change pictures by chance, tied to a seed."""

import re

from keras_stackgan.data.stateless_random import random_numbers_from

# TensorFlow operations whose result depends on more than their inputs.
STATEFUL = re.compile(
    r"Random(?!Dataset)|Truncated|ParameterizedTruncated|Multinomial|NonDeterministic|Rng|"
    r"Stateful(Uniform|Standard|Truncated|Random)|Assign|(Eager)?PyFunc$"
)


class Augmenter:
    """Applies a Keras layer to pictures so that the result is a function of a seed and a place.

    The layer is traced once, for one picture. A layer that mixes the pictures of a batch therefore
    has nothing to mix.

    Args:
        layer: a Keras layer for pictures with values in [0, 255], of Keras itself or of keras-cv,
            or a `keras.Sequential` of some. Called with `training=True`; must not change the shape.
        size: int. The pictures' side in pixels.
        seed: int, at least 0.

    Raises:
        TypeError: `layer` is no Keras layer.
        ValueError: it changes the shape, or draws random numbers that cannot be tied to a seed.

    Example:

    ```python
    augmenter = Augmenter(keras.layers.RandomBrightness(0.2), size=64, seed=0)
    augmenter(picture, position)  # uint8 (64, 64, 3)
    ```
    """

    def __init__(self, layer, size, seed):
        import keras
        import tensorflow as tf

        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(
                "`augmenter` must be a Keras layer, e.g. keras.layers.RandomBrightness(0.2). "
                f"Received: {layer!r}"
            )
        self.layer = layer
        self.seed = seed
        shape = (size, size, 3)

        def augment(picture, key):
            with random_numbers_from(key):
                changed = layer(tf.cast(picture, tf.float32), training=True)
            if not changed.shape.is_compatible_with(shape):
                raise ValueError(
                    f"`augmenter` must keep the shape of pictures, {shape}. {layer.name} returns "
                    f"{tuple(changed.shape)}"
                )
            changed = tf.ensure_shape(tf.cast(changed, tf.float32), shape)
            return tf.cast(tf.round(tf.clip_by_value(changed, 0.0, 255.0)), tf.uint8)

        with tf.device("CPU:0"):
            # Called once before: what the layer makes for itself must not be made in the graph.
            augment(tf.zeros(shape, tf.uint8), tf.zeros(2, tf.int64))
            self._augment = tf.function(augment).get_concrete_function(
                tf.TensorSpec(shape, tf.uint8), tf.TensorSpec((2,), tf.int64)
            )
        stateful = sorted(_stateful_operations(self._augment))
        if stateful:
            raise ValueError(
                f"`augmenter` must draw its random numbers from keras.random, tf.random.Generator "
                f"or tf.random, so that they can be tied to the seed. {layer.name} uses "
                f"{', '.join(stateful)}"
            )

    def __call__(self, picture, position):
        import tensorflow as tf

        # Negative, so that no key is shared with `order.uniform_draws`.
        key = tf.stack([tf.constant(-1 - self.seed, tf.int64), position])
        return self._augment(picture, key)


def _stateful_operations(function):
    definition = function.graph.as_graph_def()
    nodes = list(definition.node)
    for inner in definition.library.function:
        nodes += inner.node_def
    return {node.op for node in nodes if STATEFUL.match(node.op)}
