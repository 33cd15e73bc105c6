"""Stage-I of StackGAN-v1: a rough picture from text and noise."""

import keras
from keras import ops

from keras_stackgan.layers import (
    BatchNormalization,
    BottleneckBlock,
    ImageHead,
    UpsampleBlock,
)
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.generator import Generator
from keras_stackgan.models.stackgan_v1 import forms
from keras_stackgan.models.stackgan_v1.conditioning import make_conditioning


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1Stage1Generator(Generator):
    """Sketches shape and colors of a picture from its text and noise.

    Args:
        image_size: int, a power of two of at least 16. Side of the picture in pixels.
        filters: int. Width; 4x4 pixels have eight times as many channels.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size of the code that conditioning augmentation makes.
        latent_dim: int. Size of the noise.
        form: `"paper"` or `"pytorch"`.
        conditioning_augmentation: bool. Whether the code is sampled around the text's mean.
        augmentation_mean_scale: float. See `ConditioningAugmentation`.
        augmentation_log_variance_bias: float. See `ConditioningAugmentation`.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the form's.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `noise` `(batch, latent_dim)`, `embeddings` `(batch, embedding_dim)` and,
            optionally, `augmentation_noise` `(batch, conditioning_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `image` `(batch, size, size, 3)` in [-1, 1], `mean` and, if augmented,
        `log_variance`.

    Example:

    ```python
    generator = StackGANv1Stage1Generator(image_size=16, filters=8, embedding_dim=8)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    generator(inputs)["image"].shape  # (2, 16, 16, 3)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), section 3.3; the bottleneck blocks
        of the paper's form are in the authors' release only.
    """

    def __init__(
        self,
        image_size=64,
        filters=128,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
        form="paper",
        conditioning_augmentation=True,
        augmentation_mean_scale=1.0,
        augmentation_log_variance_bias=0.0,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.form = form
        self._form = forms.get(form)
        self.filters = network_checks.check_count("filters", filters)
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.conditioning_augmentation = network_checks.check_switch(
            "conditioning_augmentation", conditioning_augmentation
        )
        self.augmentation_mean_scale = network_checks.check_number(
            "augmentation_mean_scale", augmentation_mean_scale
        )
        self.augmentation_log_variance_bias = network_checks.check_number(
            "augmentation_log_variance_bias", augmentation_log_variance_bias
        )
        self.normalization = check_choice("normalization", normalization, ("batch", "bias"))
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = fresh_initializer(
            kernel_initializer or forms.kernel_initializer(form)
        )
        dense_initializer = kernel_initializer or forms.dense_initializer()

        # === Layers ===
        self.conditioning = make_conditioning(self, dense_initializer)
        self.dense = keras.layers.Dense(
            16 * 8 * self.filters,
            use_bias=self._form.dense_bias or self.normalization == "bias",
            kernel_initializer=fresh_initializer(dense_initializer),
            dtype=self.dtype_policy,
            name="dense",
        )
        self.norm = None
        if self.normalization == "batch":
            self.norm = BatchNormalization(
                synchronized=self.synchronized_batch_norm, dtype=self.dtype_policy, name="norm"
            )
        self.blocks = self._make_blocks()
        self.image_head = ImageHead(
            upsample=form == "paper",
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="image_head",
        )
        self.build()

    def _make_blocks(self):
        paper = self.form == "paper"
        keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        blocks = []
        if paper:
            blocks.append(BottleneckBlock(2 * self.filters, name="bottleneck_4", **keywords))
        halvings = network_checks.halvings(self.image_size)
        # The paper's form puts the image convolution right behind the last doubling.
        for k in range(halvings - 1 if paper else halvings):
            size, filters = 8 * 2**k, max(1, 8 * self.filters // 2 ** (k + 1))
            before_bottleneck = paper and k == 0
            blocks.append(
                UpsampleBlock(
                    filters,
                    activation=None if before_bottleneck else "relu",
                    name=f"upsample_{size}",
                    **keywords,
                )
            )
            if before_bottleneck:
                blocks.append(BottleneckBlock(self.filters, name="bottleneck_8", **keywords))
        return blocks

    def build(self, input_shape=None):
        self.conditioning.build((None, self.embedding_dim))
        self.dense.build((None, self.conditioning_dim + self.latent_dim))
        if self.norm is not None:
            self.norm.build((None, self.dense.units))
        shape = (None, 4, 4, 8 * self.filters)
        for block in self.blocks:
            block.build(shape)
            shape = block.compute_output_shape(shape)
        self.image_head.build(shape)
        self.built = True

    def call(self, inputs, training=None):
        code, mean, log_variance = self.conditioning(
            inputs["embeddings"], inputs.get("augmentation_noise")
        )
        noise = ops.cast(inputs["noise"], code.dtype)
        parts = [code, noise] if self._form.code_first else [noise, code]
        x = self.dense(ops.concatenate(parts, axis=-1))
        if self.norm is not None:
            x = self.norm(x, training=training)
        if self.form == "pytorch":
            x = ops.relu(x)
        x = ops.reshape(x, (-1, 4, 4, 8 * self.filters))
        for block in self.blocks:
            x = block(x, training=training)
        outputs = {"image": self.image_head(x), "mean": mean}
        if log_variance is not None:
            outputs["log_variance"] = log_variance
        return outputs

    def picture_shapes(self, rows):
        return {"image": self._picture(rows, self.image_size)}

    def get_config(self):
        names = (
            "image_size filters embedding_dim conditioning_dim latent_dim form "
            "conditioning_augmentation augmentation_mean_scale augmentation_log_variance_bias "
            "normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
