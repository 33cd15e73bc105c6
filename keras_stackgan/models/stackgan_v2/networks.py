"""StackGAN-v2's networks, from the model's arguments."""

from keras_stackgan.models.network_checks import width_of_stage
from keras_stackgan.models.stackgan_v2.discriminator import StackGANv2Discriminator
from keras_stackgan.models.stackgan_v2.generator import StackGANv2Generator


def make_generator(model, name):
    """The generator that the model's arguments describe."""
    return StackGANv2Generator(
        model.image_sizes,
        model.generator_filters,
        model.condition_dim,
        model.conditioning_dim,
        model.latent_dim,
        model.num_residual_blocks,
        conditioning_augmentation=model.conditioning_augmentation,
        supervised=model.supervised,
        image_skips=model.image_skips,
        augmentation_mean_scale=model.augmentation_mean_scale,
        augmentation_log_variance_bias=model.augmentation_log_variance_bias,
        normalization=model.generator_normalization,
        synchronized_batch_norm=model.synchronized_batch_norm,
        kernel_initializer=model.kernel_initializer,
        dtype=model.dtype_policy,
        name=name,
    )


def make_discriminator(model, size, label, stage):
    """The discriminator of one stage, counted from 0."""
    reads_text = model.discriminators_read_text
    condition_dim = model.condition_dim if reads_text else model.conditioning_dim
    return StackGANv2Discriminator(
        size,
        width_of_stage(model.discriminator_filters, stage),
        model.discriminator_max_filters,
        conditional=model.conditional,
        unconditional=model.unconditional_head or not model.conditional,
        condition_dim=condition_dim if model.conditional else None,
        conditioning_dim=model.discriminator_conditioning_dim,
        projection_dim=model.discriminator_projection_dim,
        normalization=model.discriminator_normalization,
        frozen_features=model.discriminator_features,
        synchronized_batch_norm=model.synchronized_batch_norm,
        kernel_initializer=model.discriminator_kernel_initializer,
        dtype=model.dtype_policy,
        name=f"discriminator_{label}",
    )
