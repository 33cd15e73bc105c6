"""GAN-INT-CLS: text to picture with a matching-aware discriminator and interpolated texts."""

import keras
from keras import ops

from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import network_checks, step_inputs
from keras_stackgan.models.baselines.gan_int_cls_discriminator import GANINTCLSDiscriminator
from keras_stackgan.models.baselines.gan_int_cls_generator import GANINTCLSGenerator
from keras_stackgan.models.baselines.single_stage_model import SingleStageModel


@keras.saving.register_keras_serializable("keras_stackgan")
class GANINTCLS(SingleStageModel):
    """The first text-to-picture GAN.

    The discriminator also sees real pictures with text that is not theirs (CLS); the generator also
    draws texts half way between two of the batch, to which no real picture belongs (INT).
    `compile(mismatched=None)` and `compile(interpolation=None)` leave one or both out: the paper's
    GAN-INT, GAN-CLS and GAN.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        generator_filters: int. Channels of the generator's last features.
        discriminator_filters: int. Channels of the discriminator's first layer.
        embedding_dim: int. Size of the text embedding.
        conditioning_dim: int. Size to which both networks compress the embedding.
        latent_dim: int. Size of the noise.
        discriminator_normalization: `"batch"`, or `None` for biases in its place: with batches that
            are all real or all made, batch norm hides what they have in common.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all convolutions; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size or width is not as described.

    Example:

    ```python
    model = GANINTCLS(image_size=16, generator_filters=4, discriminator_filters=4,
                      embedding_dim=8)
    model.compile()
    images = np.random.randint(0, 256, (8, 16, 16, 3), "uint8")
    dataset = tf.data.Dataset.from_tensors({"images": images, "embeddings": tf.ones((8, 8))})
    model.fit(dataset)
    model.generate(embeddings=np.ones((1, 8)), num_images=4, seed=0).shape  # (4, 16, 16, 3)
    ```

    Reference:
        [Reed et al., 2016](https://arxiv.org/abs/1605.05396): algorithm 1 (losses), section 4.3
        (interpolation, 0.5), section 5 (Adam(2e-4, 0.5), batches of 64, 600 epochs, 128 numbers of
        text). Widths, residual blocks and the interpolated rows (half a batch more, all rows of
        one weight) are those of the authors' `main_cls_int.lua` and `scripts/train_cub.sh`. Other
        sizes than 64 pixels are unverified.
    """

    fresh_noise = True

    def __init__(
        self,
        image_size=64,
        generator_filters=128,
        discriminator_filters=64,
        embedding_dim=1024,
        conditioning_dim=128,
        latent_dim=100,
        discriminator_normalization="batch",
        synchronized_batch_norm=False,
        kernel_initializer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.image_size = network_checks.check_image_size("image_size", image_size)
        self.generator_filters = network_checks.check_count("generator_filters", generator_filters)
        self.discriminator_filters = network_checks.check_count(
            "discriminator_filters", discriminator_filters
        )
        self.embedding_dim = network_checks.check_count("embedding_dim", embedding_dim)
        self.conditioning_dim = network_checks.check_count("conditioning_dim", conditioning_dim)
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.discriminator_normalization = check_choice(
            "discriminator_normalization", discriminator_normalization, ("batch", None)
        )
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = kernel_initializer
        self.interpolation = None
        keywords = {
            "embedding_dim": self.embedding_dim,
            "conditioning_dim": self.conditioning_dim,
            "synchronized_batch_norm": self.synchronized_batch_norm,
            "kernel_initializer": kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self._set_networks(
            lambda name: GANINTCLSGenerator(
                self.image_size,
                self.generator_filters,
                latent_dim=self.latent_dim,
                name=name,
                **keywords,
            ),
            GANINTCLSDiscriminator(
                self.image_size,
                self.discriminator_filters,
                normalization=discriminator_normalization,
                name=f"discriminator_{self.image_size}",
                **keywords,
            ),
        )

    def compile(
        self, generator_optimizer=None, discriminator_optimizer=None, *, interpolation=0.5, **kwargs
    ):
        """Sets optimizers and losses; every default is the paper's.

        Args:
            generator_optimizer: See `AdversarialModel.compile`.
            discriminator_optimizer: See `AdversarialModel.compile`.
            interpolation: float in [0, 1] or `None`. The first text's share (beta) of the texts
                between two that the generator also draws; `None` for none of them.
            **kwargs: Further arguments of `AdversarialModel.compile`.

        Raises:
            ValueError: If a setting is not as described.
        """
        if interpolation is not None and not 0 <= interpolation <= 1:
            raise ValueError(
                "`interpolation` must lie in [0, 1] or be None. "
                f"Received: interpolation={interpolation!r}."
            )
        super().compile(generator_optimizer, discriminator_optimizer, **kwargs)
        self.interpolation = interpolation
        self._settings = {**self._settings, "interpolation": interpolation}

    def prepare(self, batch, number, training=True):
        inputs = super().prepare(batch, number, training)
        generators_turn = training and number == self.recipe.discriminator_steps
        if generators_turn and self.interpolation is not None:
            self._add_interpolated(inputs, step_inputs.num_rows(batch), number)
        return inputs

    def _add_interpolated(self, inputs, rows, number):
        """Appends rows for texts between the batch's first and second half."""
        half = rows // 2
        texts = inputs["embeddings"]
        share = self.interpolation
        between = share * texts[:half] + (1.0 - share) * texts[half : 2 * half]
        inputs["embeddings"] = ops.concatenate([texts, between])
        # A number that no other draw of the step has.
        more = self.draw("noise", (half, self.latent_dim), number + 1)
        inputs["noise"] = ops.concatenate([inputs["noise"], more])
        if "fake_augmentation" in inputs:
            shape = (half, self.recipe.discriminator_augmentation.noise_dim)
            more = self.draw("fake_augmentation", shape, number + 1, kind="uniform")
            inputs["fake_augmentation"] = ops.concatenate([inputs["fake_augmentation"], more])

    def get_config(self):
        names = (
            "image_size generator_filters discriminator_filters embedding_dim conditioning_dim "
            "latent_dim discriminator_normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
