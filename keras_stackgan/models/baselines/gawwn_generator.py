"""GAWWN's generator."""

import keras
import numpy as np
from keras import ops

from keras_stackgan.layers import BottleneckBlock, ConvBlock, DownsampleBlock, TransposedConvBlock
from keras_stackgan.layers.utils import check_choice, fresh_initializer, output_dtype
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.boxes import paste_into_box
from keras_stackgan.models.baselines.initializers import dcgan_initializer, torch_dense
from keras_stackgan.models.box_checks import DEFAULT_BOX
from keras_stackgan.models.generator import Generator


@keras.saving.register_keras_serializable("keras_stackgan")
class GAWWNGenerator(Generator):
    """Draws the object inside of its box, the scene around it, and joins the two.

    Args:
        image_size: int, a power of two of at least 32. Side of the picture in pixels; an eighth of
            it is the side of the maps in which the box is placed.
        filters: int. Width: channels at a quarter of the picture's side.
        embedding_dim: int. Size of the text embedding.
        latent_dim: int. Size of the noise.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise` `(batch, latent_dim)`, `embeddings` `(batch, embedding_dim)` and,
            optionally, `boxes` `(batch, 4)`; see `GAWWN`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `images`, a list of one tensor `(batch, size, size, 3)` in [-1, 1].

    Example:

    ```python
    generator = GAWWNGenerator(image_size=32, filters=4, embedding_dim=8)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    generator(inputs)["images"][0].shape  # (2, 32, 32, 3)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1610.02454), section 4.1, by the authors'
        `main_cub_bbox.lua` with one object. Biases in front of batch normalization, which cancels
        them, are left out.
    """

    def __init__(
        self,
        image_size=128,
        filters=128,
        embedding_dim=1024,
        latent_dim=100,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = check_size(image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.normalization = check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = fresh_initializer(kernel_initializer or dcgan_initializer())

        # === Layers ===
        self.map_size = self.image_size // 8
        self._keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        width = 4 * self.filters
        inputs = {"text": self.embedding_dim, "object": self.latent_dim, "scene": self.latent_dim}
        self.text, self.object_noise, self.scene_noise = (
            torch_dense(width, size, dtype=self.dtype_policy, name=f"{name}_dense")
            for name, size in inputs.items()
        )
        self.text_blocks = [
            DownsampleBlock(width, activation="relu", name=f"text_{k}", **self._keywords)
            for k in range(network_checks.halvings(self.map_size))
        ]
        # A 4x4 convolution of 4x4 pixels, as a 1x1 convolution of one.
        self.text_vector = ConvBlock(
            width, kernel_size=1, activation="relu", name="text_vector", **self._keywords
        )
        self.scene_blocks = self._make_path("scene", bottlenecks=False)
        self.object_blocks = self._make_path("object", bottlenecks=True)
        last = {**self._keywords, "normalization": "bias"}
        self.joined_blocks = [
            ConvBlock(2 * self.filters, activation="relu", name="joint", **self._keywords),
            TransposedConvBlock(self.filters, name="upsample_1", **self._keywords),
            TransposedConvBlock(max(1, self.filters // 4), name="upsample_2", **self._keywords),
            TransposedConvBlock(3, activation=None, name="image_head", **last),
        ]
        self.build()

    def _make_path(self, name, bottlenecks):
        """From one pixel to the map, perhaps with a residual block at each size before its."""
        blocks = []
        doublings = network_checks.halvings(self.map_size)
        for k in range(doublings + 1):
            width = 2 * self.filters * 2 ** (doublings - k)
            blocks.append(
                TransposedConvBlock(
                    width,
                    strides=2 if k else 1,
                    activation=None if bottlenecks else "relu",
                    name=f"{name}_upsample_{4 * 2**k}",
                    **self._keywords,
                )
            )
            if bottlenecks and k < doublings:
                label = f"{name}_bottleneck_{4 * 2**k}"
                blocks.append(BottleneckBlock(max(1, width // 4), name=label, **self._keywords))
        return blocks

    def build(self, input_shape=None):
        width, size = 4 * self.filters, self.map_size
        self.text.build((None, self.embedding_dim))
        self.object_noise.build((None, self.latent_dim))
        self.scene_noise.build((None, self.latent_dim))
        _build(self.text_blocks, (None, size, size, width))
        self.text_vector.build((None, 1, 1, 16 * width))
        for path in (self.scene_blocks, self.object_blocks):
            _build(path, (None, 1, 1, 2 * width))
        _build(self.joined_blocks, (None, size, size, width))
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        text = self.text(inputs["embeddings"])
        noise = ops.cast(inputs["noise"], text.dtype)
        boxes = inputs.get("boxes")
        if boxes is None:
            default = ops.convert_to_tensor(np.array(DEFAULT_BOX), dtype=output_dtype(self))
            boxes = ops.zeros_like(noise[:, :1], dtype=default.dtype) + default

        # The scene: where the text's object stands, and noise.
        placed = self._placed(text, boxes, training)
        x = ops.concatenate([ops.relu(self.scene_noise(noise)), placed], axis=-1)
        scene = _apply(self.scene_blocks, x[:, None, None, :], training)

        # The object, in its own frame at first.
        x = ops.relu(ops.concatenate([self.object_noise(noise), text], axis=-1))
        x = _apply(self.object_blocks, x[:, None, None, :], training)
        x = ops.concatenate([scene, ops.relu(paste_into_box(x, boxes))], axis=-1)
        x = _apply(self.joined_blocks, x, training)
        return {"images": [ops.tanh(ops.cast(x, output_dtype(self)))]}

    def _placed(self, text, boxes, training):
        """One vector of the text's map, which is zero outside of the box."""
        mask = ops.zeros_like(text[:, :1]) + 1.0
        mask = ops.broadcast_to(
            mask[:, None, None, :], (ops.shape(text)[0], self.map_size, self.map_size, 1)
        )
        x = paste_into_box(mask, boxes) * text[:, None, None, :]
        x = _apply(self.text_blocks, x, training)
        x = ops.reshape(x, (-1, 1, 1, 16 * 4 * self.filters))
        return self.text_vector(x, training=training)[:, 0, 0]

    def get_config(self):
        names = (
            "image_size filters embedding_dim latent_dim normalization synchronized_batch_norm "
            "kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}


def check_size(image_size):
    """Returns a picture size from which three halvings leave at least 4 pixels."""
    if network_checks.check_image_size("image_size", image_size) < 32:
        raise ValueError(
            "`image_size` of GAWWN must be at least 32: boxes are placed in maps of an eighth of "
            f"it. Received: image_size={image_size}."
        )
    return int(image_size)


def _build(blocks, shape):
    for block in blocks:
        block.build(shape)
        shape = block.compute_output_shape(shape)


def _apply(blocks, x, training):
    for block in blocks:
        x = block(x, training=training)
    return x
