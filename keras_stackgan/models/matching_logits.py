"""The discriminator's view of real, mismatched and generated pictures in one step."""

from keras import ops


def matching_logits(
    discriminator,
    real,
    fake,
    condition,
    mismatched_images=None,
    mismatched_conditions=(),
    training=True,
):
    """Judges real, mismatched and fake pairs in the order of the published code.

    The order matters for the moving batch statistics. A mismatched picture takes a pass of its
    own; mismatched text only takes another pass through the head, on the real pictures' features.

    Args:
        discriminator: network with `features(images)` and `head(features, condition)`.
        real: float tensor `(batch, size, size, 3)`.
        fake: float tensor of the same shape.
        condition: float tensor `(batch, dim)` or `None`.
        mismatched_images: float tensor of `real`'s shape, or `None`.
        mismatched_conditions: float tensors `(rows, dim)`, each judged with the first `rows` real
            pictures.
        training: bool. Whether batch statistics are used.

    Returns:
        `(real, mismatched, fake)`: a dict of logits, a list of such dicts, a dict of logits.
    """
    features = discriminator.features(real, training=training)
    real_logits = discriminator.head(features, condition, training=training)
    mismatched = []
    if mismatched_images is not None:
        mismatched.append(discriminator(mismatched_images, condition, training=training))
    for other in mismatched_conditions:
        rows = ops.shape(other)[0]
        judged = discriminator.head(features[:rows], other, training=training)
        mismatched.append({"conditional": judged["conditional"]})
    if mismatched_conditions and "unconditional" in real_logits:
        # Without its text the mismatched pair is the real picture itself.
        mismatched[0]["unconditional"] = real_logits["unconditional"]
    return real_logits, mismatched, discriminator(fake, condition, training=training)
