"""GAWWN's judgment of a picture's features with a text and a box."""

import keras
from keras import ops

from keras_stackgan.layers import BatchNormalization, ConvBlock, DownsampleBlock, JointBlock
from keras_stackgan.layers.utils import (
    activate,
    check_choice,
    check_count,
    check_switch,
    fresh_initializer,
    output_dtype,
)
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.boxes import crop_to_box
from keras_stackgan.models.baselines.initializers import dcgan_initializer, torch_dense


@keras.saving.register_keras_serializable("keras_stackgan")
class GAWWNHead(keras.layers.Layer):
    """Looks at the box's inside together with the text, and at the whole picture with it.

    Args:
        filters: int. Width: half of the features' channels.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size to which it is compressed.
        normalization: `"batch"`, or `"bias"` for biases in its place.
        synchronized: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the authors'.
        **kwargs: Keywords of `keras.layers.Layer`.

    Call args:
        features: float tensor `(batch, size, size, 2 * filters)`; 16x16 as published.
        condition: float tensor `(batch, embedding_dim + 4)`: embeddings and boxes.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict with the logits `conditional`, `(batch,)`, at least float32.

    Example:

    ```python
    head = GAWWNHead(filters=4, embedding_dim=8)
    boxes = keras.ops.convert_to_tensor([[0.2, 0.2, 0.5, 0.5]] * 2)
    condition = keras.ops.concatenate([keras.ops.ones((2, 8)), boxes], axis=1)
    head(keras.ops.ones((2, 8, 8, 8)), condition)["conditional"].shape  # (2,)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1610.02454), section 4.1, by the authors'
        `main_cub_bbox.lua`.
    """

    def __init__(
        self,
        filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        normalization="batch",
        synchronized=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = check_count("filters", filters)
        self.embedding_dim = check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = check_count("conditioning_dim", conditioning_dim)
        self.normalization = check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized = check_switch("synchronized", synchronized)
        self.kernel_initializer = fresh_initializer(kernel_initializer or dcgan_initializer())

    def build(self, features_shape, condition_shape=None):
        del condition_shape
        self.size = features_shape[1]
        plain = {"kernel_initializer": self.kernel_initializer, "dtype": self.dtype_policy}
        keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized,
            **plain,
        }
        self.text = torch_dense(
            self.conditioning_dim, self.embedding_dim, dtype=self.dtype_policy, name="text"
        )
        self.text.build((None, self.embedding_dim))
        self._build_region(features_shape, plain, keywords)
        self._build_scene(features_shape, keywords)
        self._build_logit()
        self.built = True

    def _build_region(self, features_shape, plain, keywords):
        """The layers that see the box's inside."""
        filters, size = self.filters, self.size
        self.joint = JointBlock(
            2 * filters, code_first=False, activation="leaky_relu", name="joint", **keywords
        )
        self.joint.build(features_shape, (None, self.conditioning_dim))
        self.region_blocks = [
            ConvBlock(2 * filters, kernel_size=1, name="region_1", **keywords),
            ConvBlock(filters, 1, activation=None, normalization="bias", name="region_2", **plain),
        ]
        _build(self.region_blocks, (None, size, size, 2 * filters))

    def _build_scene(self, features_shape, keywords):
        """The layers that see the whole picture."""
        filters, size = self.filters, self.size
        halvings = network_checks.halvings(size)
        self.scene_blocks = [
            DownsampleBlock(4 * filters * 2**k, name=f"scene_{k}", **keywords)
            for k in range(halvings)
        ]
        shape = _build(self.scene_blocks, features_shape)
        self.text_blocks = [
            DownsampleBlock(
                filters if k == halvings - 1 else 4 * filters,
                activation="relu",
                name=f"text_{k}",
                **keywords,
            )
            for k in range(halvings)
        ]
        text_shape = _build(self.text_blocks, (None, size, size, self.conditioning_dim))
        self.scene_joint = ConvBlock(4 * filters, kernel_size=1, name="scene_joint", **keywords)
        self.scene_joint.build((None, 4, 4, shape[-1] + text_shape[-1]))
        # A 4x4 convolution of 4x4 pixels, as a 1x1 convolution of one.
        self.scene_vector = ConvBlock(filters, kernel_size=1, name="scene_vector", **keywords)
        self.scene_vector.build((None, 1, 1, 16 * 4 * filters))

    def _build_logit(self):
        """The layers that see what both found."""
        filters = self.filters
        self.dense = torch_dense(
            filters,
            2 * filters,
            use_bias=self.normalization == "bias",
            dtype=self.dtype_policy,
            name="dense",
        )
        self.dense.build((None, 2 * filters))
        self.norm = None
        if self.normalization == "batch":
            self.norm = BatchNormalization(
                synchronized=self.synchronized, dtype=self.dtype_policy, name="norm"
            )
            self.norm.build((None, filters))
        self.logit = torch_dense(1, filters, dtype=output_dtype(self), name="logit")
        self.logit.build((None, filters))

    def call(self, features, condition, training=None):
        text = activate(self.text(condition[:, : self.embedding_dim]), "leaky_relu")
        boxes = condition[:, self.embedding_dim :]

        x = crop_to_box(self.joint(features, text, training=training), boxes)
        for block in self.region_blocks:
            x = block(x, training=training)
        region = activate(ops.mean(x, axis=(1, 2)), "leaky_relu")

        x = features
        for block in self.scene_blocks:
            x = block(x, training=training)
        # The release cuts the box out of this map too, which is the same everywhere.
        shape = (ops.shape(text)[0], self.size, self.size, self.conditioning_dim)
        t = ops.broadcast_to(text[:, None, None, :], shape)
        for block in self.text_blocks:
            t = block(t, training=training)
        x = self.scene_joint(ops.concatenate([x, t], axis=-1), training=training)
        x = ops.reshape(x, (-1, 1, 1, 16 * 4 * self.filters))
        scene = self.scene_vector(x, training=training)[:, 0, 0]

        x = self.dense(ops.concatenate([region, scene], axis=-1))
        if self.norm is not None:
            x = self.norm(x, training=training)
        x = self.logit(activate(x, "leaky_relu"))
        return {"conditional": ops.squeeze(x, axis=-1)}

    def compute_output_shape(self, features_shape, condition_shape=None):
        return {"conditional": (features_shape[0],)}

    def compute_output_spec(self, features, condition, training=None):
        spec = keras.KerasTensor(features.shape[:1], dtype=output_dtype(self))
        return {"conditional": spec}

    def get_config(self):
        names = (
            "filters embedding_dim conditioning_dim normalization synchronized kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}


def _build(blocks, shape):
    for block in blocks:
        block.build(shape)
        shape = block.compute_output_shape(shape)
    return shape
