"""Small models and batches that the model tests share."""

import keras
import numpy as np
import tensorflow as tf

from keras_stackgan import StackGANv1, StackGANv2

SMALL = {
    "image_sizes": (16, 32),
    "generator_filters": 4,
    "discriminator_filters": 4,
    "embedding_dim": 8,
    "conditioning_dim": 6,
    "latent_dim": 5,
}


def small_v2(**changes):
    keras.utils.set_random_seed(1)
    return StackGANv2(**{**SMALL, **changes})


def small_v1(**changes):
    keras.utils.set_random_seed(1)
    sizes = {"stage1_size": 16, "image_size": 32, "num_residual_blocks": 1}
    base = {k: v for k, v in SMALL.items() if k != "image_sizes"}
    return StackGANv1(**{**base, **sizes, **changes})


def batch(size=32, rows=4, seed=0, **more):
    """A batch as a data set would yield it, with two kinds of optional keys in `more`."""
    rng = np.random.default_rng(seed)
    made = {
        "images": rng.integers(0, 256, (rows, size, size, 3)).astype("uint8"),
        "embeddings": rng.normal(size=(rows, 8)).astype("float32"),
    }
    return {**made, **more}


def dataset(batches=2, rows=4, **kwargs):
    """A data set of different batches."""
    made = [batch(rows=rows, seed=k, **kwargs) for k in range(batches)]
    stacked = tf.nest.map_structure(lambda *xs: np.stack(xs), *made)
    return tf.data.Dataset.from_tensor_slices(stacked)


def state(model):
    """Every number that training changes, as one list of arrays."""
    optimizers = [model.generator_optimizer, *model.discriminator_optimizers]
    variables = [*model.weights, *(v for o in optimizers for v in o.variables)]
    return [v.numpy() for v in variables]


def assert_same_state(first, second, atol=0.0):
    for a, b in zip(state(first), state(second), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)
