"""The scale that a fresh Stage-II without batch norm begins at."""

import keras
from keras import ops

from keras_stackgan.models import ema
from keras_stackgan.models.unit_scale import PICTURE_SCALE, ROWS, scaled


def scale_stage2(model):
    """See `StackGANv1.scale_stage2`."""
    stage1, stage2 = model.generator.stage1, model.generator.stage2
    if stage2 is None:
        raise ValueError(
            "`scale_stage2` needs a model with two stages. Received: pictures of "
            f"{model.output_sizes} pixels."
        )
    biases = [ops.any(v != 0) for v in stage2.variables if v.name == "bias"]
    if model.generator_normalization == "batch" or any(biases):
        return
    inputs = {
        "noise": keras.random.normal((ROWS, model.latent_dim), seed=0),
        "embeddings": keras.random.normal((ROWS, model.embedding_dim), seed=1),
    }
    x = stage1(inputs, training=False)["image"]
    for layer in stage2.encoder:
        x = scaled(layer, x)
    code = (stage2.conditioning(inputs["embeddings"])[0],) if stage2.read_text else ()
    x = scaled(stage2.joint, x, *code)
    for residual in stage2.decoder[: stage2.num_residual_blocks]:
        x = ops.relu(x + scaled(residual.second, scaled(residual.first, x)))
    for layer in stage2.decoder[stage2.num_residual_blocks :]:
        x = scaled(layer, x)
    scaled(stage2.image_head, x, scale=PICTURE_SCALE)
    ema.copy_weights(stage2, model.averaged_generator.stage2)
