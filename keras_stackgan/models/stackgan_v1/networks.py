"""StackGAN-v1's networks, from the model's arguments."""

from keras_stackgan.models.network_checks import width_of_stage
from keras_stackgan.models.stackgan_v1.discriminator import StackGANv1Discriminator
from keras_stackgan.models.stackgan_v1.generator import StackGANv1Generator
from keras_stackgan.models.stackgan_v1.stage1_generator import StackGANv1Stage1Generator
from keras_stackgan.models.stackgan_v1.stage2_generator import StackGANv1Stage2Generator


def _shared_keywords(model):
    return {
        "form": model.form,
        "synchronized_batch_norm": model.synchronized_batch_norm,
        "dtype": model.dtype_policy,
    }


def _generator_keywords(model):
    return {
        "augmentation_mean_scale": model.augmentation_mean_scale,
        "augmentation_log_variance_bias": model.augmentation_log_variance_bias,
        "normalization": model.generator_normalization,
        "kernel_initializer": model.kernel_initializer,
        **_shared_keywords(model),
    }


def make_generator(model, name):
    """Both stages' generators as one network."""
    stage1 = StackGANv1Stage1Generator(
        model.stage1_size,
        model.generator_filters,
        model.embedding_dim,
        model.conditioning_dim,
        model.latent_dim,
        conditioning_augmentation=model.conditioning_augmentation,
        name="stage1",
        **_generator_keywords(model),
    )
    stage2 = None
    if len(model.output_sizes) == 2:
        stage2 = StackGANv1Stage2Generator(
            model.stage1_size,
            model.image_size,
            model.generator_filters,
            model.embedding_dim,
            model.conditioning_dim,
            model.num_residual_blocks,
            read_text=model.text_at_stage2,
            conditioning_augmentation=model.augments_stage2,
            name="stage2",
            **_generator_keywords(model),
        )
    return StackGANv1Generator(stage1, stage2, dtype=model.dtype_policy, name=name)


def make_discriminator(model, size, stage):
    """The discriminator of stage 1 or 2."""
    paper = model.form == "paper"
    initializer = model.discriminator_kernel_initializer
    if initializer is None and model.discriminator_normalization == "batch":
        initializer = model.kernel_initializer
    return StackGANv1Discriminator(
        size,
        width_of_stage(model.discriminator_filters, stage - 1),
        model.discriminator_max_filters,
        condition_dim=model.embedding_dim if paper else model.conditioning_dim,
        conditioning_dim=model.conditioning_dim,
        projection_dim=model.discriminator_projection_dim,
        unconditional=not paper and stage == 2,
        normalization=model.discriminator_normalization,
        kernel_initializer=initializer,
        name=f"discriminator_{size}",
        **_shared_keywords(model),
    )
