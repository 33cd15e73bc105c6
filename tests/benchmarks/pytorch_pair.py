"""Our model and PyTorch's of the same function, with the same weights."""

import benchmark_path  # noqa: F401
import keras
import numpy as np
import torch
from pytorch_peer.networks import Discriminator, Generator
from pytorch_peer.weights import load_from_keras

from keras_stackgan import StackGANv2

# The peer's discriminators begin at 64 pixels; width 4 leaves the last stage one channel.
SIZES, WIDTH, DIM, ROWS = (64, 128, 256), 4, 6, 3


def pair():
    """Both in float64."""
    keras.utils.set_random_seed(0)
    model = StackGANv2(SIZES, WIDTH, WIDTH, embedding_dim=DIM, dtype="float64")
    generator = Generator(SIZES, WIDTH, DIM).double()
    discriminators = [Discriminator(size, WIDTH).double() for size in SIZES]
    load_from_keras(generator, model.generator)
    for module, network in zip(discriminators, model.discriminators, strict=True):
        load_from_keras(module, network)
    return model, generator, discriminators


def batch(seed=0):
    """What a step takes, the pictures of all sizes."""
    random = np.random.default_rng(seed)
    large = random.uniform(-1, 1, (ROWS, SIZES[-1], SIZES[-1], 3))
    return {
        "images": [pooled(large, SIZES[-1] // size) for size in SIZES],
        "embeddings": random.normal(size=(ROWS, DIM)),
        "noise": random.normal(size=(ROWS, 100)),
        "augmentation_noise": random.normal(size=(ROWS, 128)),
    }


def pooled(images, factor):
    rows, size, _, channels = images.shape
    side = size // factor
    return images.reshape(rows, side, factor, side, factor, channels).mean(axis=(2, 4))


def as_torch(images):
    return torch.from_numpy(np.asarray(images)).permute(0, 3, 1, 2).contiguous()


def inputs_of(values):
    """The peer's generator takes them in this order."""
    return [torch.from_numpy(values[n]) for n in ("noise", "embeddings", "augmentation_noise")]


def give_statistics(module, network):
    """Sets both generators' batch statistics, which are 0 and 1 at first, to the same others."""
    random = np.random.default_rng(1)
    running = [value for value in module.buffers() if value.ndim]
    for buffer, weight in zip(running, network.non_trainable_weights, strict=True):
        variance = weight.path.endswith("variance")
        value = (
            random.uniform(0.5, 2.0, weight.shape) if variance else random.normal(size=weight.shape)
        )
        weight.assign(value)
        buffer.copy_(torch.from_numpy(value))


def give_scales(network):
    """Sets our batch norms' scales and offsets to others than 1 and 0."""
    random = np.random.default_rng(2)
    for weight in network.trainable_weights:
        if weight.path.endswith(("gamma", "beta")):
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
