"""Stage-II of StackGAN-v1: a large picture from a rough one and the text."""

import math

import keras

from keras_stackgan.layers import (
    ConvBlock,
    DownsampleBlock,
    ImageHead,
    JointBlock,
    ResidualBlock,
    UpsampleBlock,
)
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.generator import Generator
from keras_stackgan.models.stackgan_v1 import forms
from keras_stackgan.models.stackgan_v1.conditioning import make_conditioning


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv1Stage2Generator(Generator):
    """Corrects Stage-I's picture by reading the text again, and adds detail.

    Args:
        stage1_size: int. Side of Stage-I's picture in pixels.
        image_size: int. Side of the picture that comes out.
        filters: int. Channels of the first layer.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size of the code that conditioning augmentation makes.
        num_residual_blocks: int >= 0.
        form: `"paper"` or `"pytorch"`.
        read_text: bool. Whether the text is read again (the paper's "text twice").
        conditioning_augmentation: bool. Whether the code is sampled around the text's mean.
        augmentation_mean_scale: float. See `ConditioningAugmentation`.
        augmentation_log_variance_bias: float. See `ConditioningAugmentation`.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of the convolutions; `None` for the form's.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict with `image` `(batch, stage1_size, stage1_size, 3)`, and, if the text is read,
            `embeddings` `(batch, embedding_dim)` and, optionally, `augmentation_noise`
            `(batch, conditioning_dim)`.
        training: bool. Whether batch statistics are used.

    Returns:
        A dict: `image` `(batch, image_size, image_size, 3)` in [-1, 1]; if the text is read `mean`
        and, if augmented, `log_variance`.

    Example:

    ```python
    generator = StackGANv1Stage2Generator(16, 64, filters=8, embedding_dim=8)
    inputs = {"image": keras.ops.ones((2, 16, 16, 3)), "embeddings": keras.ops.ones((2, 8))}
    generator(inputs)["image"].shape  # (2, 64, 64, 3)
    ```

    Reference:
        [Zhang et al., 2017](https://arxiv.org/abs/1612.03242), section 3.4.
    """

    def __init__(
        self,
        stage1_size=64,
        image_size=256,
        filters=128,
        embedding_dim=1024,
        conditioning_dim=128,
        num_residual_blocks=4,
        form="paper",
        read_text=True,
        conditioning_augmentation=True,
        augmentation_mean_scale=1.0,
        augmentation_log_variance_bias=0.0,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.stage1_size = network_checks.check_image_size("stage1_size", stage1_size)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        if self.image_size <= self.stage1_size:
            raise ValueError(
                "`image_size` of Stage-II must be larger than `stage1_size`. "
                f"Received: image_size={image_size}, stage1_size={stage1_size}."
            )
        self.form = form
        self._form = forms.get(form)
        self.filters = network_checks.check_count("filters", filters)
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.num_residual_blocks = network_checks.check_count(
            "num_residual_blocks", num_residual_blocks, minimum=0
        )
        self.read_text = network_checks.check_switch("read_text", read_text)
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

        # === Layers ===
        self.conditioning = None
        if self.read_text:
            self.conditioning = make_conditioning(
                self, kernel_initializer or forms.dense_initializer()
            )
        keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self.encoder = self._make_encoder(keywords)
        self.joint = self._make_joint(keywords)
        self.decoder = self._make_decoder(keywords)
        self.image_head = ImageHead(
            kernel_initializer=self.kernel_initializer, dtype=self.dtype_policy, name="image_head"
        )
        self.build()

    def _make_encoder(self, keywords):
        size, filters = self.stage1_size, self.filters
        plain = {**keywords, "normalization": None}
        first = ConvBlock(filters, activation="relu", name=f"encode_{size}", **plain)
        return [first] + [
            DownsampleBlock(
                filters * 2**k, activation="relu", name=f"encode_{size // 2**k}", **keywords
            )
            for k in (1, 2)
        ]

    def _make_joint(self, keywords):
        if self.read_text:
            return JointBlock(
                4 * self.filters, code_first=False, activation="relu", name="joint", **keywords
            )
        return ConvBlock(4 * self.filters, activation="relu", name="joint", **keywords)

    def _make_decoder(self, keywords):
        decoder = [
            ResidualBlock(
                activation="relu", output_activation="relu", name=f"residual_{k + 1}", **keywords
            )
            for k in range(self.num_residual_blocks)
        ]
        encoded_size = self.stage1_size // 4
        for k in range(int(math.log2(self.image_size // encoded_size))):
            decoder.append(
                UpsampleBlock(
                    max(1, 2 * self.filters // 2**k),
                    activation="relu",
                    name=f"upsample_{encoded_size * 2 ** (k + 1)}",
                    **keywords,
                )
            )
        return decoder

    def build(self, input_shape=None):
        shape = (None, self.stage1_size, self.stage1_size, 3)
        for layer in self.encoder:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        if self.read_text:
            self.conditioning.build((None, self.embedding_dim))
            self.joint.build(shape, (None, self.conditioning_dim))
        else:
            self.joint.build(shape)
        for layer in self.decoder:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.image_head.build(shape)
        self.built = True

    def call(self, inputs, training=None):
        outputs = {}
        x = inputs["image"]
        for layer in self.encoder:
            x = layer(x, training=training)
        if self.read_text:
            code, outputs["mean"], log_variance = self.conditioning(
                inputs["embeddings"], inputs.get("augmentation_noise")
            )
            if log_variance is not None:
                outputs["log_variance"] = log_variance
            x = self.joint(x, code, training=training)
        else:
            x = self.joint(x, training=training)
        for layer in self.decoder:
            x = layer(x, training=training)
        return {"image": self.image_head(x), **outputs}

    def picture_shapes(self, rows):
        return {"image": self._picture(rows, self.image_size)}

    def get_config(self):
        names = (
            "stage1_size image_size filters embedding_dim conditioning_dim num_residual_blocks "
            "form read_text conditioning_augmentation augmentation_mean_scale "
            "augmentation_log_variance_bias normalization synchronized_batch_norm "
            "kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
