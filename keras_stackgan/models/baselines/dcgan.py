"""DCGAN: pictures from noise alone, by strided and transposed convolutions."""

import keras

from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models import network_checks
from keras_stackgan.models.baselines.dcgan_discriminator import DCGANDiscriminator
from keras_stackgan.models.baselines.dcgan_generator import DCGANGenerator
from keras_stackgan.models.baselines.single_stage_model import SingleStageModel


@keras.saving.register_keras_serializable("keras_stackgan")
class DCGAN(SingleStageModel):
    """A deep convolutional GAN without condition.

    `compile` takes the paper's settings by default: cross-entropy, Adam(2e-4, 0.5), one update of
    each network a step. The paper's batches hold 128 pictures.

    Args:
        image_size: int, a power of two of at least 16. Side of the pictures in pixels.
        generator_filters: int. Channels of the generator's last features.
        discriminator_filters: int. Channels of the discriminator's first layer.
        latent_dim: int. Size of the noise, which is uniform between -1 and 1.
        discriminator_normalization: `"batch"`, or `None` for biases in its place: with batches that
            are all real or all made, batch norm hides what they have in common.
        synchronized_batch_norm: bool. Whether batch statistics are taken over all replicas.
        kernel_initializer: initializer of all kernels; `None` for the paper's.
        **kwargs: Keywords of `keras.Model`, such as `dtype="mixed_bfloat16"`.

    Raises:
        ValueError: If a size or width is not as described.

    Example:

    ```python
    model = DCGAN(image_size=16, generator_filters=4, discriminator_filters=4)
    model.compile()
    images = np.random.randint(0, 256, (8, 16, 16, 3), "uint8")
    model.fit(tf.data.Dataset.from_tensors({"images": images}))
    model.generate(num_images=4, seed=0).shape  # (4, 16, 16, 3)
    ```

    Reference:
        [Radford et al., 2016](https://arxiv.org/abs/1511.06434): noise, widths and sizes by figure
        1, slope, initializer, optimizer and batch size by section 4. The range of the noise, 5x5
        kernels in the discriminator, the dense layers and where biases are left out follow the
        authors' `faces/train_uncond_dcgan.py`; its weight decay of 1e-5 is not in the paper and
        left out here. Pictures of another size than 64 are unverified: nobody published widths.
    """

    noise_distribution = "uniform"
    fresh_noise = True

    def __init__(
        self,
        image_size=64,
        generator_filters=128,
        discriminator_filters=128,
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
        self.latent_dim = network_checks.check_count("latent_dim", latent_dim)
        self.discriminator_normalization = check_choice(
            "discriminator_normalization", discriminator_normalization, ("batch", None)
        )
        self.synchronized_batch_norm = network_checks.check_switch(
            "synchronized_batch_norm", synchronized_batch_norm
        )
        self.kernel_initializer = kernel_initializer
        keywords = {
            "synchronized_batch_norm": self.synchronized_batch_norm,
            "kernel_initializer": kernel_initializer,
            "dtype": self.dtype_policy,
        }
        self._set_networks(
            lambda name: DCGANGenerator(
                self.image_size, self.generator_filters, self.latent_dim, name=name, **keywords
            ),
            DCGANDiscriminator(
                self.image_size,
                self.discriminator_filters,
                normalization=discriminator_normalization,
                name=f"discriminator_{self.image_size}",
                **keywords,
            ),
        )

    def get_config(self):
        names = (
            "image_size generator_filters discriminator_filters latent_dim "
            "discriminator_normalization synchronized_batch_norm kernel_initializer"
        ).split()
        return {**super().get_config(), **network_checks.configured(self, names)}
