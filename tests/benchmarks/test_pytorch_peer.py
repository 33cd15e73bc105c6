"""The PyTorch model that our speed is measured by computes the same function."""

import copy
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", exc_type=ImportError)

from pytorch_pair import (  # noqa: E402
    DIM,
    SIZES,
    WIDTH,
    as_torch,
    batch,
    give_scales,
    give_statistics,
    inputs_of,
    pair,
)
from pytorch_peer.networks import Discriminator, Generator  # noqa: E402
from pytorch_peer.training_step import TrainingStep  # noqa: E402
from pytorch_peer.weights import load_from_keras  # noqa: E402


def assert_same_weights(module, network, twin, name):
    """`twin`: a module of the same shape, for our weights in PyTorch's layout."""
    load_from_keras(twin.double(), network)
    for (path, found), expected in zip(module.named_parameters(), twin.parameters(), strict=True):
        # A step moves a weight by about 2e-4, the average by a thousandth of that. The peer's
        # losses are of float32, which is felt where a gradient is all but nothing.
        atol = 1e-8 if name == "average" else 1e-5
        found, expected = found.detach().numpy(), expected.detach().numpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=atol, err_msg=f"{name}: {path}")


def our_steps(model):
    """Makes two steps; returns the losses of each."""
    model.compile(mismatched="text")
    logs = []
    for seed in range(2):
        logs.append(model.train_on_batch(batch(seed), return_dict=True))
        model.reset_metrics()
    return logs


def their_steps(step):
    """The same in PyTorch; yields the discriminators' losses and the generator's."""
    optimizers = [step.generator_optimizer, *step.optimizers]
    epsilons = [optimizer.param_groups[0]["eps"] for optimizer in optimizers]
    for seed in range(2):
        for optimizer, epsilon in zip(optimizers, epsilons, strict=True):
            # Keras adds it before the second moment's bias is taken out, PyTorch after.
            optimizer.param_groups[0]["eps"] = epsilon / math.sqrt(1 - 0.999 ** (seed + 1))
        values = batch(seed)
        yield step([as_torch(image) for image in values["images"]], *inputs_of(values))


def test_two_steps_equal_ours():
    """The second step's losses and all weights need every update of the first."""
    model, generator, discriminators = pair()
    average = copy.deepcopy(generator)
    all_logs = our_steps(model)
    step = TrainingStep(generator, discriminators, average)
    for (losses, generator_loss), logs in zip(their_steps(step), all_logs, strict=True):
        for size, loss in zip(SIZES, losses, strict=True):
            assert float(loss) == pytest.approx(float(logs[f"d_loss_{size}"]), rel=1e-6)
        assert float(generator_loss) == pytest.approx(float(logs["g_loss"]), rel=1e-6)
    twin = Generator(SIZES, WIDTH, DIM)
    assert_same_weights(generator, model.generator, twin, "generator")
    assert_same_weights(average, model.averaged_generator, twin, "average")
    for size, module, network in zip(SIZES, discriminators, model.discriminators, strict=True):
        assert_same_weights(module, network, Discriminator(size, WIDTH), f"discriminator {size}")


@pytest.mark.parametrize("training", [True, False])
def test_pictures_equal_ours(training):
    model, generator, _ = pair()
    give_scales(model.generator)
    load_from_keras(generator, model.generator)
    give_statistics(generator, model.generator)
    values = {key: value for key, value in batch().items() if key != "images"}
    ours = model.generator(values, training=training)["images"]
    with torch.no_grad():
        theirs, _, _ = generator.train(training)(*inputs_of(values))
        last, _, _ = generator(*inputs_of(values), last_only=True)
    for image, expected in zip([*theirs, *last], [*ours, ours[-1]], strict=True):
        found = image.permute(0, 2, 3, 1).numpy()
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_weights_of_another_width_are_refused():
    model, _, _ = pair()
    with pytest.raises(ValueError, match="for"):
        load_from_keras(Generator(SIZES, 2 * WIDTH, DIM), model.generator)
