"""StackGAN-v2's generator: one trunk, one picture a stage."""

import keras
from keras import ops

from keras_stackgan.layers import ConditioningAugmentation, ImageHead
from keras_stackgan.layers.utils import check_choice, fresh_initializer
from keras_stackgan.models import network_checks
from keras_stackgan.models.generator import Generator
from keras_stackgan.models.stackgan_v2.stages import InitialStage, RefinementStage


@keras.saving.register_keras_serializable("keras_stackgan")
class StackGANv2Generator(Generator):
    """Turns noise and an embedding into one picture a stage.

    Args:
        image_sizes: tuple of 1 to 5 ints. Side of each stage's picture in pixels: powers of two of
            at least 16, each twice the one before or equal to it.
        filters: int. Channels of the first stage's features; each later stage has half of them.
        embedding_dim: int, size of the text embedding, or `None` for no condition.
        conditioning_dim: int. Size of the code that conditioning augmentation makes.
        latent_dim: int. Size of the noise.
        num_residual_blocks: int for the second and third stage (later ones have at most one, as
            published), or a tuple with one int for each stage but the first.
        conditioning_augmentation: bool. Whether the code is sampled around the text's mean.
        supervised: `"all"` for a picture each stage, `"last"` for the last stage's alone.
        image_skips: bool. Whether a stage adds to the enlarged picture of the one before it, both
            before tanh, instead of drawing its own from features alone.
        augmentation_mean_scale: float. See `ConditioningAugmentation`.
        augmentation_log_variance_bias: float. See `ConditioningAugmentation`.
        normalization: `"batch"`, or `"bias"` for a bias in its place, as `fold` makes it.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels.
        **kwargs: Keywords of `keras.Model`.

    Call args:
        inputs: dict of float tensors: `noise` `(batch, latent_dim)`; if conditional `embeddings`
            `(batch, embedding_dim)` and, optionally, `augmentation_noise`
            `(batch, conditioning_dim)` (without it the code is the mean).
        training: bool. Whether batch statistics are used.
        num_stages: int or `None`. Compute only the first so many stages.

    Returns:
        A dict: `images`, a list of tensors `(batch, size, size, 3)` in [-1, 1]; if conditional
        `mean` and, if augmented, `log_variance`, `(batch, conditioning_dim)`.

    Example:

    ```python
    generator = StackGANv2Generator(image_sizes=(16, 32), filters=4, embedding_dim=8)
    inputs = {"noise": keras.ops.ones((2, 100)), "embeddings": keras.ops.ones((2, 8))}
    [image.shape for image in generator(inputs)["images"]]  # [(2, 16, 16, 3), (2, 32, 32, 3)]
    ```

    Reference:
        [Zhang et al., 2018](https://arxiv.org/abs/1710.10916), section 4.1 and figure 2. Skips of
        pictures: [Karras et al., 2020](https://arxiv.org/abs/1912.04958), section 4.1.
    """

    def __init__(
        self,
        image_sizes=(64, 128, 256),
        filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
        num_residual_blocks=2,
        conditioning_augmentation=True,
        supervised="all",
        image_skips=False,
        augmentation_mean_scale=1.0,
        augmentation_log_variance_bias=0.0,
        normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_sizes = network_checks.check_image_sizes(image_sizes)
        self.filters = network_checks.check_width("filters", filters, len(self.image_sizes))
        self.embedding_dim = network_checks.check_optional_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.num_residual_blocks = num_residual_blocks
        self.conditioning_augmentation = network_checks.check_switch(
            "conditioning_augmentation", conditioning_augmentation
        )
        self.supervised = check_choice("supervised", supervised, ("all", "last"))
        self.image_skips = network_checks.check_switch("image_skips", image_skips)
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
        self.kernel_initializer = fresh_initializer(kernel_initializer)

        # === Layers ===
        self.conditioning = self._make_conditioning()
        self.stages = self._make_stages()
        self.image_heads = [
            ImageHead(
                kernel_initializer=self.kernel_initializer,
                dtype=self.dtype_policy,
                name=f"image_head_{name}",
            )
            for k, name in enumerate(network_checks.stage_names(self.image_sizes))
            if self._is_supervised(k)
        ]
        self.build()

    def _make_conditioning(self):
        if self.embedding_dim is None:
            return None
        return ConditioningAugmentation(
            self.conditioning_dim,
            stochastic=self.conditioning_augmentation,
            mean_scale=self.augmentation_mean_scale,
            log_variance_bias=self.augmentation_log_variance_bias,
            kernel_initializer=self.kernel_initializer,
            dtype=self.dtype_policy,
            name="conditioning_augmentation",
        )

    def _make_stages(self):
        names = network_checks.stage_names(self.image_sizes)
        blocks = network_checks.residual_blocks(self.num_residual_blocks, len(names) - 1)
        keywords = {
            "normalization": self.normalization,
            "synchronized": self.synchronized_batch_norm,
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
        }
        stages = [
            InitialStage(self.image_sizes[0], self.filters, name=f"stage_{names[0]}", **keywords)
        ]
        for k in range(1, len(names)):
            stages.append(
                RefinementStage(
                    self.filters // 2**k,
                    blocks[k - 1],
                    upsample=self.image_sizes[k] > self.image_sizes[k - 1],
                    name=f"stage_{names[k]}",
                    **keywords,
                )
            )
        return stages

    def _is_supervised(self, stage):
        return self.supervised == "all" or stage == len(self.image_sizes) - 1

    def build(self, input_shape=None):
        code_dim = self.latent_dim
        if self.conditioning is not None:
            self.conditioning.build((None, self.embedding_dim))
            code_dim = self.conditioning_dim
            self.stages[0].build((None, code_dim + self.latent_dim))
        else:
            self.stages[0].build((None, self.latent_dim))
        heads = list(self.image_heads)
        shape = self.stages[0].compute_output_shape((None, code_dim))
        for k, stage in enumerate(self.stages):
            if k:
                stage.build(shape, (None, code_dim))
                shape = stage.compute_output_shape(shape, (None, code_dim))
            if self._is_supervised(k):
                heads.pop(0).build(shape)
        self.built = True

    def call(self, inputs, training=None, num_stages=None):
        outputs = {}
        noise = inputs["noise"]
        if self.conditioning is None:
            code = first_inputs = ops.cast(noise, self.compute_dtype)
        else:
            code, outputs["mean"], log_variance = self.conditioning(
                inputs["embeddings"], inputs.get("augmentation_noise")
            )
            if log_variance is not None:
                outputs["log_variance"] = log_variance
            first_inputs = ops.concatenate([code, ops.cast(noise, code.dtype)], axis=-1)
        heads = list(self.image_heads)
        outputs["images"], logits = [], None
        for k, stage in enumerate(self.stages[:num_stages]):
            if k == 0:
                x = stage(first_inputs, training=training)
            else:
                x = stage(x, code, training=training)
            if self._is_supervised(k):
                logits = heads.pop(0).logits(x, logits if self.image_skips else None)
                outputs["images"].append(ops.tanh(logits))
        return outputs

    def picture_shapes(self, rows):
        supervised = [s for k, s in enumerate(self.image_sizes) if self._is_supervised(k)]
        return {"images": [self._picture(rows, size) for size in supervised]}

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "image_sizes": self.image_sizes,
                "filters": self.filters,
                "embedding_dim": self.embedding_dim,
                "conditioning_dim": self.conditioning_dim,
                "latent_dim": self.latent_dim,
                "num_residual_blocks": self.num_residual_blocks,
                "conditioning_augmentation": self.conditioning_augmentation,
                "supervised": self.supervised,
                "image_skips": self.image_skips,
                "augmentation_mean_scale": self.augmentation_mean_scale,
                "augmentation_log_variance_bias": self.augmentation_log_variance_bias,
                "normalization": self.normalization,
                "synchronized_batch_norm": self.synchronized_batch_norm,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            }
        )
        return config
