"""The conditioning augmentation of StackGAN-v1's generators."""

from keras_stackgan.layers import ConditioningAugmentation
from keras_stackgan.models.stackgan_v1 import forms


def make_conditioning(generator, kernel_initializer):
    """Makes the layer as a generator's form and arguments say."""
    form = forms.get(generator.form)
    return ConditioningAugmentation(
        generator.conditioning_dim,
        activation=form.augmentation_activation,
        spread=form.augmentation_spread,
        stochastic=generator.conditioning_augmentation,
        mean_scale=generator.augmentation_mean_scale,
        log_variance_bias=generator.augmentation_log_variance_bias,
        kernel_initializer=kernel_initializer,
        dtype=generator.dtype_policy,
        name="conditioning_augmentation",
    )
