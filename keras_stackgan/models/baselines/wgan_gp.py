"""WGAN-GP: a critic whose gradient is held at length 1."""

import keras

from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.single_stage_model import SingleStageModel
from keras_stackgan.models.baselines.wgan_gp_critic import WGANGPCritic
from keras_stackgan.models.baselines.wgan_gp_generator import WGANGPGenerator


@keras.saving.register_keras_serializable("keras_stackgan")
class WGANGP(SingleStageModel):
    """A Wasserstein GAN with gradient penalty and residual networks, without condition.

    The critic is updated five times a step, each time on its fifth of the batch: a batch of 320
    pictures is the authors' 64.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        generator_filters: int. Channels of the generator's last features.
        discriminator_filters: int. Channels of the critic's first layer.
        latent_dim: int. Size of the noise.
        discriminator_normalization: `"layer"` or `None`. Batch normalization would tie the
            pictures of a batch together, whose gradients are penalized one by one.
        synchronized_batch_norm: bool. Whether the generator's batch statistics are taken over all
            replicas.
        kernel_initializer: initializer of the 3x3 kernels; `None` for the authors'.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size, width or choice is not as described.

    Example:

    ```python
    model = WGANGP(image_size=16, generator_filters=4, discriminator_filters=4)
    model.compile()
    images = np.random.randint(0, 256, (10, 16, 16, 3), "uint8")
    model.fit(tf.data.Dataset.from_tensors({"images": images}))
    model.generate(num_images=4, seed=0).shape  # (4, 16, 16, 3)
    ```

    Reference:
        [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028): algorithm 1 (losses, 10, 5,
        Adam(1e-4, 0, 0.9)) and section 4 (two-sided penalty, layer normalization in the critic).
        Networks, latent size and batch size are those that the authors' `gan_64x64.py` takes for
        64 pixels. Pictures of another size are unverified: the paper's 128-pixel bedrooms came
        from a network of 101 layers.
    """

    fresh_noise = True

    def __init__(
        self,
        image_size=64,
        generator_filters=64,
        discriminator_filters=64,
        latent_dim=128,
        discriminator_normalization="layer",
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
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.discriminator_normalization = discriminator_normalization
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = kernel_initializer
        keywords = {"kernel_initializer": kernel_initializer, "dtype": self.dtype_policy}
        self._set_networks(
            lambda name: WGANGPGenerator(
                self.image_size,
                self.generator_filters,
                self.latent_dim,
                synchronized_batch_norm=self.synchronized_batch_norm,
                name=name,
                **keywords,
            ),
            WGANGPCritic(
                self.image_size,
                self.discriminator_filters,
                discriminator_normalization,
                name=f"discriminator_{self.image_size}",
                **keywords,
            ),
        )

    def compile(
        self,
        generator_optimizer=None,
        discriminator_optimizer=None,
        *,
        adversarial_loss="wasserstein",
        gradient_penalty_weight=10.0,
        discriminator_steps=5,
        **kwargs,
    ):
        """Sets optimizers and losses; every default is the paper's.

        Args:
            generator_optimizer: Keras optimizer, or `None` for Adam(1e-4, 0, 0.9).
            discriminator_optimizer: the same; `None` for a clone of the generator's.
            adversarial_loss: See `AdversarialModel.compile`.
            gradient_penalty_weight: float. Weight of the two-sided penalty.
            discriminator_steps: int. Updates of the critic a step, each on its share of the batch.
            **kwargs: Further arguments of `AdversarialModel.compile`.

        Raises:
            ValueError: If a setting is not as described.
        """
        if generator_optimizer is None:
            generator_optimizer = keras.optimizers.Adam(1e-4, 0.0, 0.9, epsilon=1e-8)
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            adversarial_loss=adversarial_loss,
            gradient_penalty_weight=gradient_penalty_weight,
            discriminator_steps=discriminator_steps,
            **kwargs,
        )

    def get_config(self):
        names = (
            "image_size generator_filters discriminator_filters latent_dim "
            "discriminator_normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
