"""Heads of discriminators whose weight is 0: the other one trains alone."""

import keras
import numpy as np
import pytest
from small_models import dataset, small_v1, small_v2

from keras_stackgan import DCGAN


def values(variables):
    return [variable.numpy() for variable in variables]


def paths_that_moved(before, network):
    pairs = zip(before, network.trainable_variables, strict=True)
    return {variable.path for old, variable in pairs if np.any(old != variable.numpy())}


TEXT = ("text_weight", {"joint", "conditional_logit"}, "g_conditional_loss_32")
ALONE = ("unconditional_weight", {"unconditional_logit"}, "g_unconditional_loss_32")


@pytest.mark.parametrize(
    ("off", "own", "terms", "jit_compile"),
    [(*TEXT, False), (*ALONE, False), pytest.param(*TEXT, True, marks=pytest.mark.slow)],
)
def test_a_head_without_weight_stays_as_it_is(off, own, terms, jit_compile):
    model = small_v2()
    model.compile(**{off: 0.0}, jit_compile=jit_compile)
    discriminator = model.discriminators[1]
    before = values(discriminator.trainable_variables), values(model.generator.trainable_variables)
    logs = model.fit(dataset(), verbose=0).history
    moved = paths_that_moved(before[0], discriminator)
    still = {variable.path for variable in discriminator.trainable_variables} - moved
    assert {path.split("/")[2] for path in still} == own
    assert paths_that_moved(before[1], model.generator) == {
        variable.path for variable in model.generator.trainable_variables
    }
    assert terms not in logs and np.isfinite(logs["d_gradient_norm_32"][0])


@pytest.mark.parametrize(
    ("off", "own", "penalty"),
    [
        (*TEXT[:2], {"gradient_penalty_weight": 10.0}),
        (*ALONE[:2], {"r1_weight": 10.0, "r1_interval": 1}),
    ],
)
def test_no_penalty_moves_it(off, own, penalty):
    model = small_v2(image_sizes=(16,))
    model.compile(**{off: 0.0}, **penalty, run_eagerly=True)
    discriminator = model.discriminators[0]
    before = values(discriminator.trainable_variables)
    model.fit(dataset(1, size=16), verbose=0)
    moved = paths_that_moved(before, discriminator)
    still = {variable.path for variable in discriminator.trainable_variables} - moved
    assert {path.split("/")[2] for path in still} == own


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (small_v2, {"text_weight": 0.0, "unconditional_weight": 0.0}),
        (lambda: small_v2(unconditional_head=False), {"text_weight": 0.0}),
        (lambda: small_v2(embedding_dim=None), {"unconditional_weight": 0.0}),
        (small_v1, {"text_weight": 0.0}),
        (
            lambda: DCGAN(image_size=16, generator_filters=4, discriminator_filters=4),
            {"unconditional_weight": 0.0},
        ),
    ],
)
def test_one_head_must_have_a_weight(make, settings):
    model = make()
    with pytest.raises(ValueError, match="must be more than 0 for a head.*Received: text_weight="):
        model.compile(**settings)
    assert model.recipe is None


def test_v1_of_the_pytorch_release_judges_pictures_alone():
    model = small_v1(form="pytorch")
    model.compile(stage=2, text_weight=0.0, run_eagerly=True)
    before = values(model.generator.stage2.trainable_variables)
    model.fit(dataset(1), verbose=0)
    assert paths_that_moved(before, model.generator.stage2)


def test_the_optimizers_of_a_loss_scale_take_it_too():
    model = small_v2(dtype="mixed_float16", image_sizes=(16,))
    model.compile(keras.optimizers.Adam(1e-3), text_weight=0.0, run_eagerly=True)
    logs = model.fit(dataset(1, size=16), verbose=0).history
    assert "d_real_unconditional_loss_16" in logs and "d_real_loss_16" not in logs
