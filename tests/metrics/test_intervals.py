"""Intervals: of means, shares, distances and few splits."""

import numpy as np
import pytest
from small_judges import color_extractor, two_colored

from keras_stackgan import metrics
from keras_stackgan.metrics.confidence import student_quantile


@pytest.mark.parametrize("splits", [2, 3])
def test_the_interval_of_few_splits_is_students(splits):
    images, _ = two_colored(40)
    measure = metrics.FeatureMeasure(color_extractor(), None, 40, splits=splits)
    measure.update({"pictures": images})
    (score,) = measure.scores("generated")
    chances = color_extractor().features_and_probabilities(images)[1]
    _, std = metrics.inception_score(chances, splits)
    expected = {2: 12.706205, 3: 4.302653}[splits] * std / np.sqrt(splits - 1)
    assert score.high - score.value == pytest.approx(expected, rel=1e-6)


def test_the_jackknife_covers_the_truth():
    generator = np.random.default_rng(0)
    real = generator.normal(size=(4000, 3))
    hits = 0
    for _ in range(30):
        fake = generator.normal(size=(400, 3)) + [0.5, 0.0, 0.0]
        groups = [metrics.FeatureStatistics("given").update(fake[k::10]) for k in range(10)]
        value, low, high = metrics.frechet_interval(real, groups)
        assert value == pytest.approx(metrics.frechet_distance(real, fake))
        hits += low < 0.25 < high
    assert hits >= 24


def test_few_rows_of_many_features_give_the_same_distance():
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(200, 48)), generator.normal(size=(40, 48)) + 0.3
    parts = [fake[k::10] for k in range(10)]
    groups = [metrics.FeatureStatistics("given").update(part) for part in parts]
    expected = metrics.frechet_interval(real, groups)
    np.testing.assert_allclose(metrics.frechet_interval(real, parts), expected, rtol=1e-6)


def test_intervals_of_shares_and_means():
    # Wilson's own formula, worked out by hand for 50 of 100.
    np.testing.assert_allclose(metrics.proportion_interval(0.5, 100), (0.4038, 0.5962), atol=1e-4)
    assert metrics.proportion_interval(1.0, 10)[1] == 1.0
    # Two values leave one degree of freedom, for which the quantile is a tangent.
    half = np.tan(0.475 * np.pi)
    np.testing.assert_allclose(
        metrics.mean_interval([1.0, 3.0]), (2.0, 2.0 - half, 2.0 + half), rtol=1e-12
    )
    with pytest.raises(ValueError, match="`share` must lie"):
        metrics.proportion_interval(1.5, 10)
    with pytest.raises(ValueError, match="at least two"):
        metrics.mean_interval([1.0])


def test_quantiles_are_students():
    stats = pytest.importorskip("scipy.stats")
    freedoms = [1.5, 3.7, *range(1, 200), 5000]
    found = [student_quantile(freedom) for freedom in freedoms]
    np.testing.assert_allclose(found, stats.t.ppf(0.975, freedoms), rtol=1e-6)
    with pytest.raises(ValueError, match="`freedom` must be at least 1. Received: freedom=0.5"):
        student_quantile(0.5)


@pytest.mark.parametrize("count", [2, 3, 5, 20])
def test_the_interval_of_few_values_covers_their_mean(count):
    generator = np.random.default_rng(0)
    intervals = [metrics.mean_interval(generator.normal(size=count)) for _ in range(2000)]
    covered = np.mean([low <= 0.0 <= high for _, low, high in intervals])
    assert covered == pytest.approx(0.95, abs=0.015)
