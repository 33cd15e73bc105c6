"""Augmentation of what discriminators see, through which the generator can learn."""

import keras
from keras import ops

from keras_stackgan.layers import utils

_DRAWS = {"color": 3, "translation": 2, "cutout": 2}


@keras.saving.register_keras_serializable("keras_stackgan")
class DifferentiableAugmentation(keras.layers.Layer):
    """Changes real and generated pictures alike before a discriminator sees them.

    Small data sets are learnt by heart by discriminators; this makes that harder without teaching
    the generator to draw augmented pictures.

    Args:
        policy: tuple of `"color"` (brightness, saturation, contrast), `"translation"` (by up to
            an eighth of the side, zeros come in) and `"cutout"` (a gray square of half the side).
            Leave `"color"` out where captions name colors.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        images: float tensor `(batch, size, size, 3)` in [-1, 1].
        noise: float tensor `(batch, noise_dim)`, uniform in [0, 1): the changes are drawn outside,
            so that they repeat.

    Returns:
        A tensor of the pictures' shape, at least float32 under every dtype policy.

    Example:

    ```python
    layer = DifferentiableAugmentation(("translation", "cutout"))
    layer(keras.ops.ones((2, 16, 16, 3)), keras.random.uniform((2, layer.noise_dim))).shape
    # (2, 16, 16, 3)
    ```

    Reference:
        [Zhao et al., 2020](https://arxiv.org/abs/2006.10738), section 3.
    """

    def __init__(self, policy=("translation", "cutout"), **kwargs):
        # Half precision would round the draws, and with them the places of edges.
        super().__init__(autocast=False, **kwargs)
        self.policy = (policy,) if isinstance(policy, str) else tuple(policy)
        for name in self.policy:
            utils.check_choice("policy", name, tuple(_DRAWS))
        if not self.policy:
            raise ValueError("`policy` must name at least one change. Received: policy=().")
        self.noise_dim = sum(_DRAWS[name] for name in self.policy)

    def build(self, images_shape, noise_shape):
        if noise_shape[-1] != self.noise_dim:
            raise ValueError(
                f"`noise` must have noise_dim={self.noise_dim} numbers a picture. "
                f"Received: shape {tuple(noise_shape)}."
            )
        self.built = True

    def call(self, images, noise):
        dtype = utils.output_dtype(self)
        images, noise = ops.cast(images, dtype), ops.cast(noise, dtype)
        first = 0
        for name in self.policy:
            draws = ops.split(noise[:, first : first + _DRAWS[name]], _DRAWS[name], axis=1)
            images = getattr(self, f"_{name}")(images, *draws)
            first += _DRAWS[name]
        return images

    def _color(self, images, brightness, saturation, contrast):
        def spread(draw):
            return draw[:, :, None, None]

        images = images + spread(brightness) - 0.5
        gray = ops.mean(images, axis=-1, keepdims=True)
        images = (images - gray) * spread(2.0 * saturation) + gray
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        return (images - mean) * spread(contrast + 0.5) + mean

    def _translation(self, images, vertical, horizontal):
        # Products with shifted unit matrices: the gradient of a gather is slow on the CPU.
        rows = _shift_matrix(images.shape[1], vertical, images.dtype)
        columns = _shift_matrix(images.shape[2], horizontal, images.dtype)
        size, channels = images.shape[2], images.shape[3]
        flat = ops.reshape(images, (-1, images.shape[1], size * channels))
        moved = ops.reshape(ops.matmul(rows, flat), (-1, images.shape[1], size, channels))
        moved = ops.matmul(columns[:, None], moved)
        return moved

    def _cutout(self, images, vertical, horizontal):
        def inside(size, draw):
            start = ops.floor(draw * (size + 1)) - size // 4
            place = ops.arange(size, dtype=draw.dtype)[None]
            return ops.logical_and(place >= start, place < start + size // 2)

        rows = inside(images.shape[1], vertical)[:, :, None, None]
        columns = inside(images.shape[2], horizontal)[:, None, :, None]
        hole = ops.cast(ops.logical_and(rows, columns), images.dtype)
        return images * (1.0 - hole)

    def compute_output_shape(self, images_shape, noise_shape):
        return images_shape

    def compute_output_spec(self, images, noise):
        return keras.KerasTensor(images.shape, dtype=utils.output_dtype(self))

    def get_config(self):
        return {**super().get_config(), "policy": list(self.policy)}


def _shift_matrix(size, draw, dtype):
    """Matrices that shift `size` entries by up to an eighth, zeros coming in; `(batch, n, n)`."""
    reach = size // 8
    shift = ops.cast(ops.floor(draw * (2 * reach + 1)), "int32") - reach
    source = ops.arange(size, dtype="int32")[None] + shift
    # Places outside of the picture match no column, so their row is zero.
    columns = ops.arange(size, dtype="int32")[None, None]
    return ops.cast(ops.equal(source[:, :, None], columns), dtype)
