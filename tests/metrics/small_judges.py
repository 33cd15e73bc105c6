"""Pictures of two colors, and what stands for a network that reads them."""

import numpy as np

from keras_stackgan.metrics import FeatureExtractor

COLORS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]])


def two_colored(count, size=16, seed=0):
    """Pictures whose left and right halves have one of three colors, and the colors' numbers."""
    generator = np.random.default_rng(seed)
    numbers = generator.integers(3, size=(count, 2))
    images = np.repeat(COLORS[numbers], size // 2, axis=1)[:, None].repeat(size, axis=1)
    noise = generator.integers(-40, 40, images.shape)
    return np.clip(images + noise, 0, 255).astype("uint8"), numbers.astype("int32")


def read_colors(pictures):
    """The numbers of the colors, right up to noise."""
    half = pictures.shape[2] // 2
    means = [pictures[:, :, :half].mean((1, 2)), pictures[:, :, half:].mean((1, 2))]
    return np.stack([np.argmax(mean, axis=1) for mean in means], axis=1)


def color_features(pictures):
    """Six means, and probabilities of the left color."""
    half = pictures.shape[2] // 2
    left, right = pictures[:, :, :half].mean((1, 2)), pictures[:, :, half:].mean((1, 2))
    return np.concatenate([left, right], axis=1) / 255.0, left / left.sum(axis=1, keepdims=True)


def color_extractor(name="colors"):
    return FeatureExtractor(name, color_features, 6)
