"""The checked settings of a training run."""

import dataclasses
import inspect

import numpy as np
import pytest

from keras_stackgan.models.compiled_model import CompiledModel
from keras_stackgan.models.recipe import Recipe


def test_defaults_are_those_of_compile():
    parameters = inspect.signature(CompiledModel.compile).parameters
    papers = ("color_weight", "ema_decay")  # which differ from paper to paper
    for field in dataclasses.fields(Recipe):
        if field.name not in papers:
            assert parameters[field.name].default == field.default, field.name


def test_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recipe().kl_weight = 1.0


def test_r1_weight_is_one_for_all_stages_or_one_each():
    assert [Recipe(r1_weight=3.0).r1_weight_of(k, 2) for k in range(2)] == [3.0, 3.0]
    # A list, as JSON gives it back.
    recipe = Recipe(r1_weight=[1.0, 0.0, 2.0])
    assert recipe.r1_weight == (1.0, 0.0, 2.0)
    assert [recipe.r1_weight_of(k, 3) for k in range(3)] == [1.0, 0.0, 2.0]
    with pytest.raises(ValueError, match="`r1_weight` must have one weight for each of 2.*3 in"):
        recipe.r1_weight_of(0, 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"adversarial_loss": "bse"}, "`adversarial_loss` must be one of 'bce', .*='bse'"),
        ({"mismatched": "both"}, "`mismatched` must be one of 'auto', .*None.*='both'"),
        ({"kl_reduction": "max"}, "`kl_reduction` must be one of 'mean', 'sum'.*='max'"),
        ({"num_mismatched": 0}, "`num_mismatched` must be a whole number of at least 1.*=0"),
        ({"r1_interval": 0}, "`r1_interval` must be a whole number of at least 1.*=0"),
        ({"discriminator_steps": 1.5}, "`discriminator_steps` must be a whole number.*=1.5"),
        ({"unconditional_weight": -1}, "`unconditional_weight` must be 0 or more.*=-1"),
        ({"text_weight": -0.1}, "`text_weight` must be 0 or more.*=-0.1"),
        ({"kl_weight": np.nan}, "`kl_weight` must be 0 or more.*=nan"),
        ({"color_weight": -1}, "`color_weight` must be 0 or more.*=-1"),
        ({"gradient_penalty_weight": -1}, "`gradient_penalty_weight` must be 0 or more.*=-1"),
        ({"r1_weight": (1.0, -1.0)}, r"`r1_weight` must be 0 or more.*\(1.0, -1.0\)"),
        ({"ema_decay": 1.0}, "`ema_decay` must be at least 0.*below 1.*=1.0"),
        ({"ema_decay": -0.5}, "`ema_decay` must be at least 0.*below 1.*=-0.5"),
        ({"matching_weight": 1.0}, "`matching_weight` needs a `matcher`"),
        ({"kl_weight": None}, "`kl_weight` must be 0 or more, a number.*=None"),
        ({"text_weight": "a"}, "`text_weight` must be 0 or more, a number.*='a'"),
        ({"r1_weight": None}, "`r1_weight` must be 0 or more, a number.*=None"),
        ({"ema_decay": "x"}, "`ema_decay` must be at least 0.*='x'"),
        ({"ema_warmup": "no"}, "`ema_warmup` must be True or False.*='no'"),
        ({"matcher": 5}, "`matcher` must be callable.*=5"),
        ({"discriminator_augmentation": "translation"}, "`discriminator_augmentation` must be"),
        ({"discriminator_augmentation": len}, "by `noise_dim` how many numbers"),
        *(
            ({"seed": seed}, "`seed` must be a whole number from 0 to 2")
            for seed in (None, 0.5, 2**63, "a", -1, True)
        ),
    ],
)
def test_bad_settings_are_named(setting, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**setting)
