"""Small models of every kind, and their SavedModels."""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_stackgan import GAWWN, StackGANv2
from keras_stackgan.export import export_saved_model

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from small_encoder import LetterCount  # noqa: E402
from small_models import small_v1, small_v2  # noqa: E402

MAKERS = {
    "captions": lambda: with_encoder(small_v2()),
    "v1": lambda: with_encoder(small_v1()),
    "v1_pytorch": lambda: small_v1(form="pytorch"),
    "embeddings": lambda: small_v2(conditioning_augmentation=False, image_sizes=(16,)),
    "skips": lambda: small_v2(image_sizes=(16, 32, 32), image_skips=True),
    "labels": lambda: small_v2(embedding_dim=None, num_classes=3),
    "unconditional": lambda: small_v2(embedding_dim=None, image_sizes=(16, 16)),
    "boxes": lambda: with_encoder(GAWWN(32, 4, 4, embedding_dim=8, latent_dim=5)),
}


def with_encoder(model):
    model.text_encoder = LetterCount(8)
    return model


def moved(model):
    """Moves weights and statistics, so that pictures vary and no two networks agree."""
    rng = np.random.default_rng(11)
    # StackGAN-v1's kernels start smaller, so its pictures are paler.
    scale = 0.1 if isinstance(model, StackGANv2) else 0.25
    for weight in model.averaged_generator.weights:
        noise = rng.normal(size=weight.shape)
        positive = weight.path.endswith("moving_variance")
        weight.assign(np.exp(0.3 * noise) if positive else weight.numpy() + scale * noise)
    if model.embedding_mean is not None:
        model.embedding_mean.assign(0.2 * rng.normal(size=model.embedding_mean.shape))
        model.embedding_scale.assign(1.0 + rng.random(model.embedding_scale.shape))
    return model


class Exported:
    """A model, where its SavedModel is, and what loading that gives."""

    def __init__(self, name, directory):
        self.model = moved(MAKERS[name]())
        self.directory = directory
        export_saved_model(self.model, directory)
        self.loaded = tf.saved_model.load(str(directory))
