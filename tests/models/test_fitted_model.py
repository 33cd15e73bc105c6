"""Weights files of models that are compiled, and of models that are not."""

import keras
import numpy as np
import pytest
from small_models import small_v1, small_v2, state


def other_weights(model):
    """A model like the given one, with other numbers in it."""
    keras.utils.set_random_seed(7)
    return type(model).from_config(model.get_config())


@pytest.mark.parametrize("make", [small_v2, small_v1])
def test_models_that_were_never_compiled_load_weights(make, tmp_path):
    model = make()
    model.save_weights(tmp_path / "plain.weights.h5")
    loaded = other_weights(model)
    loaded.load_weights(tmp_path / "plain.weights.h5")
    for old, new in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_model_that_is_not_compiled_takes_the_networks_alone(tmp_path):
    model = small_v2(image_sizes=(16,))
    model.compile(run_eagerly=True)
    model.save_weights(tmp_path / "compiled.weights.h5")
    loaded = other_weights(model)
    loaded.load_weights(tmp_path / "compiled.weights.h5")
    for old, new in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_file_without_optimizers_is_an_error_that_says_so_and_changes_nothing(tmp_path):
    model = small_v2(image_sizes=(16,))
    model.save_weights(tmp_path / "plain.weights.h5")
    loaded = other_weights(model)
    loaded.compile(run_eagerly=True)
    before = state(loaded)
    with pytest.raises(ValueError, match="no state of an optimizer.*Load before `compile`"):
        loaded.load_weights(tmp_path / "plain.weights.h5")
    for old, new in zip(before, state(loaded), strict=True):
        np.testing.assert_array_equal(old, new)
