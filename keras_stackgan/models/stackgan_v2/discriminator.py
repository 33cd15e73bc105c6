"""StackGAN-v2's discriminator of one stage."""

import keras
from keras import ops

from keras_stackgan.layers import ConvBlock, DownsampleBlock, FrozenFeatures, JointLogits
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.discriminator import Discriminator, unnormalized_initializer, widths


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv2Discriminator(Discriminator):
    """Judges pictures of one size, with and without their text.

    The picture is halved to 4x4 pixels while the channels double; above 64 pixels, 3x3
    convolutions then bring them back to eight times the width.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        filters: int. Channels after the first halving.
        max_filters: int or `None`. No layer has more channels; `None` lets them double.
        conditional: bool. Whether pictures are judged together with a condition.
        unconditional: bool. Whether pictures are judged alone.
        condition_dim: int. Size of the condition; needed if conditional.
        conditioning_dim: int or `None`. Size of the discriminator's own text layer.
        projection_dim: int or `None`. See `JointLogits`.
        normalization: `"batch"`, or `None` for biases in its place.
        frozen_features: functional `keras.Model`, or `None`. See `FrozenFeatures`: each of its maps
            joins the features after the halving to its side; maps of other sides are left out.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; by default orthogonal, with the gain that
            keeps the variance through leaky ReLUs where nothing normalizes it.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        images: float tensor `(batch, image_size, image_size, 3)` in [-1, 1].
        condition: float tensor `(batch, condition_dim)`, or `None` if not conditional.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict of logits `(batch,)`: `conditional` and `unconditional`, as switched on.

    Example:

    ```python
    discriminator = StackGANv2Discriminator(16, filters=4, condition_dim=8)
    logits = discriminator(keras.ops.ones((2, 16, 16, 3)), keras.ops.ones((2, 8)))
    sorted(logits)  # ["conditional", "unconditional"]
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 4.1 and figure 3.
    """

    def __init__(
        self,
        image_size,
        filters=64,
        max_filters=None,
        conditional=True,
        unconditional=True,
        condition_dim=None,
        conditioning_dim=None,
        projection_dim=None,
        normalization="batch",
        frozen_features=None,
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.filters = network_checks.check_count("filters", filters)
        self.max_filters = network_checks.check_optional_count("max_filters", max_filters)
        self.conditional = network_checks.check_switch("conditional", conditional)
        self.unconditional = network_checks.check_switch("unconditional", unconditional)
        if conditional and condition_dim is None:
            raise ValueError(
                "A conditional discriminator needs `condition_dim`. Received: condition_dim=None."
            )
        self.condition_dim = network_checks.check_optional_count("condition_dim", condition_dim)
        self.conditioning_dim = conditioning_dim
        self.projection_dim = projection_dim
        self.normalization = check_choice("normalization", normalization, ("batch", None))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        if kernel_initializer is None:
            kernel_initializer = "orthogonal" if normalization else unnormalized_initializer()
        self.kernel_initializer = fresh_initializer(kernel_initializer)

        # === Layers ===
        if frozen_features is not None:
            frozen_features = FrozenFeatures(
                frozen_features, dtype=self.dtype_policy, name="frozen_features"
            )
        self.frozen_features = frozen_features
        self.trunk = self._make_trunk()
        self.head = JointLogits(
            conditional=self.conditional,
            unconditional=self.unconditional,
            conditioning_dim=conditioning_dim,
            projection_dim=projection_dim,
            normalization=self.normalization or "bias",
            synchronized=self.synchronized_batch_norm,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="head",
        )
        self.build()

    def _make_trunk(self):
        keywords = {
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        halvings = network_checks.halvings(self.image_size)
        norm = self.normalization or "bias"
        filters = widths(self.filters, self.max_filters, halvings)
        trunk = []
        for k, width in enumerate(filters):
            first = None if self.normalization else "bias"
            trunk.append(
                DownsampleBlock(
                    width,
                    normalization=norm if k else first,
                    name=f"downsample_{self.image_size // 2 ** (k + 1)}",
                    **keywords,
                )
            )
        for k in reversed(range(3, halvings - 1)):
            if filters[k] == filters[-1]:
                continue
            trunk.append(
                ConvBlock(
                    filters[k],
                    normalization=norm,
                    name=f"narrow_{2**k}",
                    **keywords,
                )
            )
        return trunk

    def build(self, input_shape=None):
        if self.frozen_features is not None:
            self.frozen_features.build((None, self.image_size, self.image_size, 3))
            self._check_sides()
        super().build(input_shape)

    def features(self, images, training=None):
        if self.frozen_features is None:
            return super().features(images, training=training)
        maps = {each.shape[1]: each for each in self.frozen_features(images)}
        x = images
        for layer in self.trunk:
            x = layer(x, training=training)
            if isinstance(layer, DownsampleBlock) and x.shape[1] in maps:
                x = ops.concatenate([x, maps[x.shape[1]]], axis=-1)
        return x

    def shape_after(self, layer, shape):
        shape = super().shape_after(layer, shape)
        if self.frozen_features is None or not isinstance(layer, DownsampleBlock):
            return shape
        joining = sum(width for side, _, width in self.frozen_features.shapes if side == shape[1])
        return (*shape[:-1], shape[-1] + joining)

    def _check_sides(self):
        sides = [shape[0] for shape in self.frozen_features.shapes]
        own = [
            self.image_size // 2**k for k in range(1, 1 + network_checks.halvings(self.image_size))
        ]
        if not set(sides) & set(own):
            raise ValueError(
                f"`frozen_features` must have a map of a side that a discriminator of "
                f"{self.image_size} pixels has: {own}. Received: sides {sides}."
            )

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "image_size": self.image_size,
                "filters": self.filters,
                "max_filters": self.max_filters,
                "conditional": self.conditional,
                "unconditional": self.unconditional,
                "condition_dim": self.condition_dim,
                "conditioning_dim": self.conditioning_dim,
                "projection_dim": self.projection_dim,
                "normalization": self.normalization,
                "frozen_features": self.frozen_features
                and keras.saving.serialize_keras_object(self.frozen_features.network),
                "synchronized_batch_norm": self.synchronized_batch_norm,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
