"""Starting a model with more stages from one with fewer."""

import keras
from keras import ops

from keras_stackgan.models import ema, network_checks
from keras_stackgan.models.unit_scale import PICTURE_SCALE, ROWS, scaled


def grow(model, image_sizes):
    """See `StackGANv2.grow`."""
    sizes = network_checks.check_image_sizes(image_sizes)
    count = len(model.image_sizes)
    if sizes[:count] != model.image_sizes or model.supervised != "all":
        raise ValueError(
            "`image_sizes` must begin with this model's own, all supervised: "
            f"{model.image_sizes}. Received: image_sizes={sizes}, "
            f"supervised={model.supervised!r}."
        )
    changes = {"image_sizes": sizes, "name": None}
    # The network itself: its configuration has no weights.
    changes["discriminator_features"] = model.discriminator_features
    grown = type(model).from_config({**model.get_config(), **changes})
    pairs = list(zip(model.discriminators, grown.discriminators, strict=False))
    for small, large in (
        (model.generator, grown.generator),
        (model.averaged_generator, grown.averaged_generator),
    ):
        if model.conditional:
            pairs.append((small.conditioning, large.conditioning))
        pairs += zip(small.stages, large.stages, strict=False)
        pairs += zip(small.image_heads, large.image_heads, strict=False)
    for small, large in pairs:
        ema.copy_weights(small, large)
    if model.generator_normalization == "bias":
        scale_stages(grown.generator, count)
    if model.image_skips:
        # A new stage begins as the picture before it, enlarged.
        for head in grown.generator.image_heads[count:]:
            head.convolution.kernel.assign(ops.zeros_like(head.convolution.kernel))
    for small, large in (
        (grown.generator.stages, grown.averaged_generator.stages),
        (grown.generator.image_heads, grown.averaged_generator.image_heads),
    ):
        for new, averaged in zip(small[count:], large[count:], strict=True):
            ema.copy_weights(new, averaged)
    if model.embedding_mean is not None:
        grown.embedding_mean.assign(model.embedding_mean)
        grown.embedding_scale.assign(model.embedding_scale)
    grown.text_encoder = model.text_encoder
    return grown


def scale_stages(generator, first):
    """Brings the outputs of fresh convolutions without batch norm to a standard deviation of 1.

    Trained stages hand on features of any size. See `unit_scale`.

    Args:
        generator: `StackGANv2Generator` with `normalization="bias"`.
        first: int. The first stage that is fresh.
    """
    code = first_inputs = keras.random.normal((ROWS, generator.latent_dim), seed=0)
    if generator.conditioning is not None:
        embeddings = keras.random.normal((ROWS, generator.embedding_dim), seed=1)
        code = generator.conditioning(embeddings, None)[0]
        first_inputs = ops.concatenate([code, ops.cast(first_inputs, code.dtype)], axis=-1)
    x = generator.stages[0](first_inputs, training=False)
    for k, stage in enumerate(generator.stages[1:], start=1):
        if k < first:
            x = stage(x, code, training=False)
            continue
        x = scaled(stage.joint, x, code)
        for residual in stage.residuals:
            x = x + scaled(residual.second, scaled(residual.first, x))
        x = scaled(stage.last, x)
        scaled(generator.image_heads[k], x, scale=PICTURE_SCALE)
