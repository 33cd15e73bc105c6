"""The arguments of `StackGANv1`, checked."""

from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models.network_checks import (
    check_count,
    check_image_size,
    check_number,
    check_optional_count,
    check_stage_widths,
    check_switch,
)
from keras_stackgan.models.stackgan_v1.forms import FORMS

SIZES = ("stage1_size", "image_size")
COUNTS = ("generator_filters", "embedding_dim", "conditioning_dim", "latent_dim")
OPTIONAL_COUNTS = ("discriminator_max_filters", "discriminator_projection_dim")
CHOICES = {
    "form": tuple(FORMS),
    "generator_normalization": ("batch", "bias"),
    "discriminator_normalization": ("batch", None),
}
SWITCHES = (
    "conditioning_augmentation",
    "stage2_conditioning_augmentation",
    "text_at_stage2",
    "synchronized_batch_norm",
)
NUMBERS = ("augmentation_mean_scale", "augmentation_log_variance_bias")
# All of them, in the order of the configuration.
NAMES = (
    "stage1_size image_size generator_filters discriminator_filters embedding_dim "
    "conditioning_dim latent_dim num_residual_blocks form conditioning_augmentation "
    "stage2_conditioning_augmentation text_at_stage2 discriminator_max_filters "
    "generator_normalization discriminator_normalization discriminator_projection_dim "
    "augmentation_mean_scale augmentation_log_variance_bias synchronized_batch_norm "
    "kernel_initializer discriminator_kernel_initializer"
).split()


def set_arguments(model, given):
    """Makes the constructor's arguments attributes of a model, checked.

    Args:
        model: `StackGANv1`.
        given: dict with a value for each of `NAMES`.

    Raises:
        ValueError: If one is not as `StackGANv1` describes it.
    """
    given = {name: given[name] for name in NAMES}
    sizes = {name: check_image_size(name, given[name]) for name in SIZES}
    checked = {
        **sizes,
        **{name: check_count(name, given[name]) for name in COUNTS},
        "discriminator_filters": check_stage_widths(
            "discriminator_filters", given["discriminator_filters"], len(set(sizes.values()))
        ),
        "num_residual_blocks": check_count(
            "num_residual_blocks", given["num_residual_blocks"], minimum=0
        ),
        **{name: check_optional_count(name, given[name]) for name in OPTIONAL_COUNTS},
        **{name: check_choice(name, given[name], allowed) for name, allowed in CHOICES.items()},
        **{name: check_switch(name, given[name]) for name in SWITCHES},
        **{name: check_number(name, given[name]) for name in NUMBERS},
    }
    for name, value in {**given, **checked}.items():
        setattr(model, name, value)


def check_stage(stage, fine_tune_stage1, output_sizes):
    """Returns `compile`'s `stage` and `fine_tune_stage1` as settings, or raises a `ValueError`."""
    stages = list(range(1, len(output_sizes) + 1))
    if stage not in stages:
        raise ValueError(
            f"`stage` must be one of {stages} for pictures of {output_sizes} pixels. "
            f"Received: stage={stage!r}."
        )
    fine_tune_stage1 = check_switch("fine_tune_stage1", fine_tune_stage1)
    if fine_tune_stage1 and stage == 1:
        raise ValueError("`fine_tune_stage1` belongs to `stage=2`. Received: stage=1.")
    return {"stage": int(stage), "fine_tune_stage1": fine_tune_stage1}
