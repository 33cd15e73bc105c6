"""Starting a model with more stages from one with fewer."""

from keras_stackgan.models import ema, network_checks


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
    grown = type(model).from_config({**model.get_config(), "image_sizes": sizes, "name": None})
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
    if model.embedding_mean is not None:
        grown.embedding_mean.assign(model.embedding_mean)
        grown.embedding_scale.assign(model.embedding_scale)
    grown.text_encoder = model.text_encoder
    return grown
