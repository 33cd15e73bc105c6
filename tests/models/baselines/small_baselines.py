"""Small models of the systems that StackGAN is compared with, and batches for them."""

import keras
import numpy as np
import tensorflow as tf

from keras_stackgan import DCGAN, GANINTCLS, GAWWN, WGANGP

WIDTHS = {"generator_filters": 4, "discriminator_filters": 4, "latent_dim": 5}
TEXT = {"embedding_dim": 8, "conditioning_dim": 6}
MODELS = {
    "dcgan": (DCGAN, {"image_size": 16, **WIDTHS}),
    "wgan_gp": (WGANGP, {"image_size": 16, **WIDTHS}),
    "gan_int_cls": (GANINTCLS, {"image_size": 16, **WIDTHS, **TEXT}),
    "gawwn": (GAWWN, {"image_size": 32, **WIDTHS, **TEXT}),
}


def small(name, **changes):
    keras.utils.set_random_seed(1)
    make, arguments = MODELS[name]
    return make(**{**arguments, **changes})


def batch_for(model, rows=4, seed=0):
    """A batch as a data set would yield it."""
    rng = np.random.default_rng(seed)
    size = model.image_size
    made = {"images": rng.integers(0, 256, (rows, size, size, 3)).astype("uint8")}
    if model.conditional:
        made["embeddings"] = rng.normal(size=(rows, 8)).astype("float32")
    if isinstance(model, GAWWN):
        starts = rng.uniform(0.0, 0.4, (rows, 2))
        sizes = rng.uniform(0.3, 0.6, (rows, 2))
        made["boxes"] = np.concatenate([starts, sizes], 1).astype("float32")
    return made


def dataset_for(model, batches=2, rows=4):
    made = [batch_for(model, rows, seed) for seed in range(batches)]
    stacked = tf.nest.map_structure(lambda *xs: np.stack(xs), *made)
    return tf.data.Dataset.from_tensor_slices(stacked)


def condition_for(model, rows=2):
    """Arguments of `generate`: what the model draws."""
    if not model.conditional:
        return {}
    return {"embeddings": np.random.default_rng(5).normal(size=(rows, 8)).astype("float32")}


def inputs_for(model, rows=4, seed=0, training=True):
    """What the losses take, with new pictures as tensors."""
    batch = tf.nest.map_structure(tf.convert_to_tensor, batch_for(model, rows, seed))
    return model.prepare(batch, 0, training=training)


def move_weights(model, seed=11, scale=0.1):
    """Gives every weight a value that no fresh one has, so that nothing is zero by chance."""
    rng = np.random.default_rng(seed)
    networks = (model.generator, model.averaged_generator, *model.discriminators)
    for weight in (weight for network in networks for weight in network.weights):
        noise = rng.normal(size=weight.shape)
        positive = weight.path.endswith("moving_variance")
        weight.assign(np.exp(0.3 * noise) if positive else weight.numpy() + scale * noise)


def softplus(x):
    return np.logaddexp(0.0, np.asarray(x, "float64"))


def cross_entropy(logits, real):
    """Mean cross-entropy against one label, by NumPy in float64."""
    logits = np.asarray(logits, "float64")
    return softplus(-logits if real else logits).mean()
