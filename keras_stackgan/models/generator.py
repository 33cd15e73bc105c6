"""What the generators have in common: the shapes of what comes out."""

import keras


class Generator(keras.Model):
    """A network from noise, and a condition if it has one, to a dict with pictures.

    Subclasses with other pictures than one of `image_size` override `picture_shapes`; those with
    conditioning augmentation keep it in `conditioning`.
    """

    def picture_shapes(self, rows):
        """Shapes of the pictures by their name in the outputs, for so many rows."""
        return {"images": [self._picture(rows, self.image_size)]}

    @staticmethod
    def _picture(rows, size):
        return (rows, size, size, 3)

    def compute_output_shape(self, input_shape):
        rows = next(iter(input_shape.values()))[0]
        shapes = self.picture_shapes(rows)
        conditioning = getattr(self, "conditioning", None)
        if conditioning is not None:
            _, shapes["mean"], log_variance = conditioning.compute_output_shape((rows, None))
            if log_variance is not None:
                shapes["log_variance"] = log_variance
        return shapes

    def compute_output_spec(self, *args, **kwargs):
        # Keras' own, for a known shape, would give pictures the dtype of the computation.
        return keras.Operation.compute_output_spec(self, *args, **kwargs)
