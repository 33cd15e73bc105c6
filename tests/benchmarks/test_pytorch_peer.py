"""The PyTorch model that our speed is measured by computes the same function."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from pytorch_peer.networks import Discriminator, Generator  # noqa: E402
from pytorch_peer.training_step import TrainingStep  # noqa: E402
from pytorch_peer.weights import load_from_keras  # noqa: E402

from keras_stackgan import StackGANv2  # noqa: E402

SIZES, WIDTH, DIM, ROWS = (64, 128), 4, 6, 4


def pair():
    """Our model and its peer in float64, with the same weights."""
    keras.utils.set_random_seed(0)
    model = StackGANv2(SIZES, WIDTH, WIDTH, embedding_dim=DIM, dtype="float64")
    generator = Generator(SIZES, WIDTH, DIM).double()
    discriminators = [Discriminator(size, WIDTH).double() for size in SIZES]
    load_from_keras(generator, model.generator)
    for module, network in zip(discriminators, model.discriminators, strict=True):
        load_from_keras(module, network)
    return model, generator, discriminators


def batch():
    random = np.random.default_rng(0)
    return {
        "images": random.uniform(-1, 1, (ROWS, 128, 128, 3)),
        "embeddings": random.normal(size=(ROWS, DIM)),
        "noise": random.normal(size=(ROWS, 100)),
        "augmentation_noise": random.normal(size=(ROWS, 128)),
    }


def as_torch(images):
    return torch.from_numpy(np.asarray(images)).permute(0, 3, 1, 2).contiguous()


def test_first_step_equals_ours():
    model, generator, discriminators = pair()
    model.compile(mismatched="text")
    values = batch()
    large = values["images"]
    small = large.reshape(ROWS, 64, 2, 64, 2, 3).mean(axis=(2, 4))
    step = TrainingStep(generator, discriminators, None)
    rest = [torch.from_numpy(values[n]) for n in ("noise", "embeddings", "augmentation_noise")]
    losses, generator_loss = step([as_torch(small), as_torch(large)], *rest)
    logs = model.train_on_batch({**values, "images": [small, large]}, return_dict=True)
    assert float(losses[0]) == pytest.approx(float(logs["d_loss_64"]), rel=1e-5)
    assert float(losses[1]) == pytest.approx(float(logs["d_loss_128"]), rel=1e-5)
    assert float(generator_loss) == pytest.approx(float(logs["g_loss"]), rel=1e-4)


def test_pictures_equal_ours():
    model, generator, _ = pair()
    values = {key: value for key, value in batch().items() if key != "images"}
    ours = model.generator(values, training=True)["images"]
    order = ("noise", "embeddings", "augmentation_noise")
    theirs, _, _ = generator(*[torch.from_numpy(values[name]) for name in order])
    for image, expected in zip(theirs, ours, strict=True):
        found = image.detach().permute(0, 2, 3, 1).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_weights_of_another_width_are_refused():
    model, _, _ = pair()
    with pytest.raises(ValueError, match="for"):
        load_from_keras(Generator(SIZES, 2 * WIDTH, DIM), model.generator)
