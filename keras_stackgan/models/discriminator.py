"""What the discriminators have in common: a trunk that sees the picture, a head that judges."""

import keras

from keras_stackgan.layers.utils import LEAKY_SLOPE


class Discriminator(keras.Model):
    """A trunk of layers and a `JointLogits` head; subclasses make both and then call `build()`."""

    def build(self, input_shape=None):
        shape = (None, self.image_size, self.image_size, 3)
        for layer in self.trunk:
            layer.build(shape)
            shape = self.shape_after(layer, shape)
        self.head.build(shape, (None, self.condition_dim) if self.conditional else None)
        self.built = True

    def shape_after(self, layer, shape):
        """The shape of features behind a layer of the trunk, whose own input has `shape`."""
        return layer.compute_output_shape(shape)

    def features(self, images, training=None):
        """The last features of pictures, `(batch, 4, 4, channels)`, before any text."""
        x = images
        for layer in self.trunk:
            x = layer(x, training=training)
        return x

    def call(self, images, condition=None, training=None):
        return self.head(self.features(images, training=training), condition, training=training)

    def compute_output_shape(self, images_shape, condition_shape=None):
        shape = images_shape
        for layer in self.trunk:
            shape = self.shape_after(layer, shape)
        return self.head.compute_output_shape(shape, condition_shape)

    def compute_output_spec(self, *args, **kwargs):
        # Keras' own, for a known shape, would give logits the dtype of the computation.
        return keras.Operation.compute_output_spec(self, *args, **kwargs)


def widths(filters, max_filters, halvings):
    """Channels after each halving: they double, up to `max_filters` if that is given."""
    limit = max_filters or filters * 2**halvings
    return [min(filters * 2**k, limit) for k in range(halvings)]


def unnormalized_initializer():
    """Orthogonal, with the gain that keeps the variance through leaky ReLUs without batch norm."""
    return keras.initializers.Orthogonal(gain=(2.0 / (1.0 + LEAKY_SLOPE**2)) ** 0.5)
