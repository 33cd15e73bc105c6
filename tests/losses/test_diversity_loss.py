"""The diversity term against its formula."""

import numpy as np
import pytest

from keras_stackgan import losses


def sample():
    random = np.random.default_rng(0)
    images, twins = random.normal(size=(2, 4, 8, 8, 3))
    noise, others = random.normal(size=(2, 4, 5))
    ratios = np.abs(images - twins).mean((1, 2, 3)) / np.abs(noise - others).mean(1)
    return (images, twins, noise, others), ratios


def test_mean_ratio_of_distances():
    arguments, ratios = sample()
    assert float(losses.diversity(*arguments)) == pytest.approx(ratios.mean(), rel=1e-6)


def test_bound_cuts_each_picture_alone():
    arguments, ratios = sample()
    bound = float(np.median(ratios))
    assert float(losses.diversity(*arguments, bound=bound)) == pytest.approx(
        np.minimum(ratios, bound).mean(), rel=1e-6
    )


def test_same_noise_is_finite():
    (images, twins, noise, _), _ = sample()
    assert np.isfinite(float(losses.diversity(images, images, noise, noise)))
    assert float(losses.diversity(images, images, noise, noise)) == 0.0
