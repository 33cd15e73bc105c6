"""The arguments of `StackGANv2`, checked."""

import keras

from keras_stackgan.layers.utils import check_choice
from keras_stackgan.models.network_checks import (
    check_count,
    check_image_sizes,
    check_number,
    check_optional_count,
    check_stage_widths,
    check_switch,
    check_width,
)
from keras_stackgan.models.recipe import check_weight

# Nobody gave it where it is this.
EMBEDDING_DIM = 1024
COUNTS = ("conditioning_dim", "latent_dim")
OPTIONAL_COUNTS = (
    "discriminator_max_filters",
    "num_classes",
    "embedding_dim",
    "discriminator_conditioning_dim",
    "discriminator_projection_dim",
)
CHOICES = {
    "supervised": ("all", "last"),
    "generator_normalization": ("batch", "bias"),
    "discriminator_normalization": ("batch", None),
}
SWITCHES = (
    "conditioning_augmentation",
    "unconditional_head",
    "image_skips",
    "synchronized_batch_norm",
)
NUMBERS = ("augmentation_mean_scale", "augmentation_log_variance_bias")
# All of them, in the order of the configuration.
NAMES = (
    "image_sizes generator_filters discriminator_filters embedding_dim num_classes "
    "conditioning_dim latent_dim num_residual_blocks conditioning_augmentation "
    "unconditional_head supervised image_skips discriminator_max_filters "
    "generator_normalization discriminator_normalization discriminator_conditioning_dim "
    "discriminator_projection_dim discriminator_features augmentation_mean_scale "
    "augmentation_log_variance_bias synchronized_batch_norm kernel_initializer "
    "discriminator_kernel_initializer"
).split()


def set_arguments(model, given):
    """Makes the constructor's arguments attributes of a model, checked.

    Args:
        model: `StackGANv2`.
        given: dict with a value for each of `NAMES`.

    Raises:
        ValueError: If one is not as `StackGANv2` describes it.
    """
    given = {name: given[name] for name in NAMES}
    sizes = check_image_sizes(given["image_sizes"])
    if check_optional_count("num_classes", given["num_classes"]) is not None:
        if given["embedding_dim"] not in (None, EMBEDDING_DIM):
            raise ValueError(
                "Only one of `embedding_dim` and `num_classes` can be the condition. Received: "
                f"embedding_dim={given['embedding_dim']!r}, num_classes={given['num_classes']!r}; "
                "leave one out."
            )
        given["embedding_dim"] = None
    checked = {
        "image_sizes": sizes,
        "generator_filters": check_width(
            "generator_filters", given["generator_filters"], len(sizes)
        ),
        "discriminator_filters": check_stage_widths(
            "discriminator_filters", given["discriminator_filters"], len(sizes)
        ),
        **{name: check_count(name, given[name]) for name in COUNTS},
        **{name: check_optional_count(name, given[name]) for name in OPTIONAL_COUNTS},
        **{name: check_choice(name, given[name], allowed) for name, allowed in CHOICES.items()},
        **{name: check_switch(name, given[name]) for name in SWITCHES},
        **{name: check_number(name, given[name]) for name in NUMBERS},
    }
    if checked["image_skips"] and checked["supervised"] == "last":
        raise ValueError(
            "`image_skips` needs `supervised='all'`: there are no pictures of earlier stages to "
            "add to. Received: image_skips=True, supervised='last'."
        )
    if checked["embedding_dim"] is None and checked["num_classes"] is None:
        for name in ("discriminator_conditioning_dim", "discriminator_projection_dim"):
            if checked[name] is not None:
                raise ValueError(
                    f"`{name}` is for the discriminators' view of a condition: it needs "
                    f"`embedding_dim` or `num_classes`. Received: {name}={checked[name]} without."
                )
    network = given.pop("discriminator_features")
    if isinstance(network, dict):
        network = keras.saving.deserialize_keras_object(network)
    # As an attribute of its own it would be a part of the model, which has copies of it already.
    model._given_features = lambda: network
    for name, value in {**given, **checked}.items():
        setattr(model, name, value)


def check_refinement_weight(weight, output_sizes):
    """Raises a `ValueError` unless `refinement_weight` is one and has pictures to tie."""
    check_weight("refinement_weight", weight)
    if weight and len(output_sizes) == 1:
        raise ValueError(
            "`refinement_weight` ties a stage's pictures to those of the one before it. Received: "
            f"refinement_weight={weight!r} for pictures of {output_sizes} pixels alone."
        )


def check_frozen_stages(frozen_stages, num_stages):
    """Returns `compile`'s `frozen_stages`, or raises a `ValueError`."""
    frozen_stages = check_count("frozen_stages", frozen_stages, minimum=0)
    if frozen_stages >= num_stages:
        raise ValueError(
            "`frozen_stages` must leave a stage to train. "
            f"Received: {frozen_stages} of {num_stages} stages."
        )
    return frozen_stages
