"""Measures of features against the figures that the reference packages gave for the same data."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_stackgan import metrics
from keras_stackgan.metrics import FeatureStatistics
from keras_stackgan.metrics.kernel_distance import kernel_interval

frechet_distance = sys.modules["keras_stackgan.metrics.frechet_distance"]

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def recorded():
    with np.load(DATA / "features.npz", allow_pickle=False) as file:
        return {name: file[name] for name in ("features_real", "features_fake", "logits")}


def softmax(logits):
    shifted = np.exp(logits.astype("float64") - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


class TestInceptionScore:
    def test_equals_the_published_formulas(self):
        recorded = json.loads((DATA / "inception_score.json").read_text())
        predictions = np.array(recorded["predictions"])
        for splits, name in ((10, "inception_score_10_splits"), (1, "inception_score_1_split")):
            found = metrics.inception_score(predictions, splits)
            np.testing.assert_allclose(found, recorded[name], rtol=1e-6)

    def test_equals_torch_fidelity(self, recorded):
        probabilities = softmax(recorded["logits"])
        found = metrics.inception_score(probabilities)
        np.testing.assert_allclose(found, (2.432092315, 0.170444069), rtol=1e-6)
        shuffled = metrics.inception_score(probabilities, shuffle_seed=2020)
        np.testing.assert_allclose(shuffled, (2.490834831, 0.198221643), rtol=1e-6)

    def test_zeros_are_no_trouble(self):
        assert metrics.inception_score(np.eye(5)[np.arange(50) % 5])[0] == pytest.approx(5.0)

    @pytest.mark.parametrize("wrong", [np.ones((20, 3)), np.ones(20), np.full((5, 2), 0.5)])
    def test_says_what_is_wrong(self, wrong):
        with pytest.raises(ValueError, match="`probabilities` must"):
            metrics.inception_score(wrong)


class TestFrechetDistance:
    def test_equals_the_reference_packages(self, recorded):
        found = metrics.frechet_distance(recorded["features_real"], recorded["features_fake"])
        assert found == pytest.approx(9.287126625168582, rel=1e-8)

    def test_streams(self, recorded):
        real = FeatureStatistics("a")
        for first in range(0, 300, 7):
            real.update(recorded["features_real"][first : first + 7])
        np.testing.assert_allclose(
            real.covariance, np.cov(recorded["features_real"].astype("float64"), rowvar=False)
        )
        fake = FeatureStatistics("a").update(recorded["features_fake"])
        assert metrics.frechet_distance(real, fake) == pytest.approx(9.287126625168582, rel=1e-8)

    def test_is_stable_far_from_zero(self, recorded):
        far = recorded["features_real"].astype("float64") + 1e6
        found = FeatureStatistics("a").update(far[:100]).update(far[100:]).covariance
        np.testing.assert_allclose(found, np.cov(far, rowvar=False), atol=1e-6)

    def test_refuses_to_mix_extractors_and_resize_modes(self, recorded):
        a = FeatureStatistics("inception", "bilinear").update(recorded["features_real"])
        for other in (("mine", "bilinear"), ("inception", "bicubic")):
            b = FeatureStatistics(*other).update(recorded["features_fake"])
            with pytest.raises(ValueError, match="same `(extractor|resize)`"):
                metrics.frechet_distance(a, b)

    def test_of_equal_sets_is_zero_also_where_features_outnumber_rows(self):
        few = np.random.default_rng(0).normal(size=(5, 32))
        assert metrics.frechet_distance(few, few) == pytest.approx(0.0, abs=1e-6)

    def test_extrapolation_removes_the_bias(self):
        real, fake = np.random.default_rng(0).normal(size=(2, 4000, 16))
        plain = metrics.frechet_distance(real, fake[:400])
        extrapolated = metrics.frechet_distance_extrapolated(real, fake[:400])
        assert abs(extrapolated) < 0.3 * plain

    @pytest.mark.parametrize("dim", [16, 64])
    def test_extrapolation_of_as_few_rows_as_are_taken_is_near(self, dim):
        generator = np.random.default_rng(0)
        real = FeatureStatistics("given")
        real.count, real.mean, real._scatter = 10**9, np.zeros(dim), np.eye(dim) * (10**9 - 1)
        fakes = generator.normal(size=(4, 10 * dim, dim))
        plain = np.mean([metrics.frechet_distance(real, fake) for fake in fakes])
        found = [metrics.frechet_distance_extrapolated(real, fake) for fake in fakes]
        assert abs(np.mean(found)) < 0.25 * plain
        with pytest.raises(ValueError, match="10 for each feature"):
            metrics.frechet_distance_extrapolated(real, fakes[0][:-1])

    def test_extrapolation_begins_where_the_bias_is_a_line(self, recorded, monkeypatch):
        counts = []
        distance = frechet_distance._distance_of_rows
        monkeypatch.setattr(
            frechet_distance, "_distance_of_rows",
            lambda real, root, rows: counts.append(len(rows)) or distance(real, root, rows),
        )  # fmt: skip
        fake = np.random.default_rng(0).normal(size=(200, 20))
        metrics.frechet_distance_extrapolated(fake, fake)
        assert (counts[0], counts[-1]) == (60, 200)

    def test_statistics_are_kept_in_a_file(self, recorded, tmp_path):
        statistics = FeatureStatistics("a", "b").update(recorded["features_real"])
        statistics.save(tmp_path / "deep" / "real.npz")
        loaded = FeatureStatistics.load(tmp_path / "deep" / "real.npz")
        assert (loaded.extractor, loaded.resize, loaded.count) == ("a", "b", 300)
        assert metrics.frechet_distance(statistics, loaded) == pytest.approx(0.0, abs=1e-8)
        assert [path.name for path in (tmp_path / "deep").iterdir()] == ["real.npz"]

    def test_a_damaged_file_is_one_clear_error(self, tmp_path):
        (tmp_path / "real.npz").write_bytes(b"PK nonsense")
        with pytest.raises(ValueError, match="FeatureStatistics.save wrote"):
            FeatureStatistics.load(tmp_path / "real.npz")

    def test_says_what_is_wrong(self):
        statistics = FeatureStatistics("a").update(np.ones((3, 2)))
        with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
            statistics.update(np.ones((3, 4)))
        with pytest.raises(ValueError, match="must be finite"):
            statistics.update([[np.nan, 0.0]])


class TestKernelDistance:
    def test_is_the_unbiased_estimate(self, recorded):
        x, y = recorded["features_real"][:9], recorded["features_fake"][:7]
        x, y = x.astype("float64"), y.astype("float64")

        def kernel(a, b):
            return (a @ b / len(a) + 1) ** 3

        expected = np.mean(
            [kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j]
        )
        expected += np.mean(
            [kernel(a, b) for i, a in enumerate(y) for j, b in enumerate(y) if i != j]
        )
        expected -= 2 * np.mean([kernel(a, b) for a in x for b in y])
        assert metrics.kernel_distance(x, y) == pytest.approx(expected, rel=1e-10)

    def test_subsets_scatter_around_it(self, recorded):
        real, fake = recorded["features_real"], recorded["features_fake"]
        whole = metrics.kernel_distance(real, fake)
        mean, std = metrics.kernel_distance(real, fake, subsets=50, subset_size=100)
        assert abs(mean - whole) < 3 * std / np.sqrt(50) + 0.02
        # The reference packages' random subsets gave 0.203 and 0.206.
        assert whole == pytest.approx(0.204, abs=0.01)

    def test_interval_is_as_wide_as_the_distances_scatter(self):
        generator = np.random.default_rng(0)
        real, shift = generator.normal(size=(300, 6)), [0.4, 0.0, 0.0, 0.0, 0.0, 0.0]
        large = generator.normal(size=(20, 500, 6)) + shift
        truth = np.mean([metrics.kernel_distance(real, part) for part in large])
        values, widths, hits = [], [], 0
        for _ in range(60):
            fake = generator.normal(size=(300, 6)) + shift
            value, low, high = kernel_interval(real, [fake[k::10] for k in range(10)])
            assert value == pytest.approx(metrics.kernel_distance(real, fake), abs=1e-12)
            values.append(value)
            widths.append(high - low)
            hits += low < truth < high
        assert np.mean(widths) == pytest.approx(2 * 2.262 * np.std(values), rel=0.25)
        assert hits >= 51

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match="must have shapes"):
            metrics.kernel_distance(np.ones((3, 2)), np.ones((3, 4)))
        for subsets, size, named in ((0, 9, "subsets"), (3, 1, "subset_size")):
            with pytest.raises(ValueError, match=f"`{named}` must be a whole number"):
                metrics.kernel_distance(np.ones((9, 2)), np.ones((9, 2)), subsets, size)
        with pytest.raises(ValueError, match="`groups` must be at least two"):
            kernel_interval(np.ones((9, 2)), [np.ones((9, 2))])
        with pytest.raises(ValueError, match="whichever group is left out"):
            kernel_interval(np.ones((9, 2)), [np.ones((1, 2))] * 2)


@pytest.mark.parametrize(
    "measure",
    [metrics.kernel_distance, metrics.manifold_coverage, metrics.nearest_neighbors],
)
def test_features_that_are_no_numbers_are_refused(measure):
    good = np.random.default_rng(0).normal(size=(12, 3))
    bad = good.copy()
    bad[3, 1], bad[5] = np.inf, np.nan
    for given in ((good, bad), (bad, good)):
        with pytest.raises(ValueError, match="must be finite. Received: NaN .* in 2 of 12 rows"):
            measure(*given)


class TestManifoldCoverage:
    def test_equals_prdc(self, recorded):
        found = metrics.manifold_coverage(recorded["features_real"], recorded["features_fake"])
        expected = {
            "precision": 0.5846153846153846,
            "recall": 0.9666666666666667,
            "density": 0.4023076923076923,
            "coverage": 0.7266666666666667,
        }
        assert found == pytest.approx(expected, rel=1e-12)

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match="neighbors=5"):
            metrics.manifold_coverage(np.ones((5, 2)), np.ones((9, 2)))


class TestRetrievalPrecision:
    def test_of_the_right_pairs_and_of_chance(self):
        vectors = np.random.default_rng(0).normal(size=(600, 16))
        assert metrics.retrieval_precision(vectors, vectors) == 1.0
        wrong = metrics.retrieval_precision(vectors, vectors[::-1], candidates=20)
        assert 0.02 < wrong < 0.09

    def test_equal_captions_do_not_compete(self):
        vectors = np.repeat(np.eye(4), 3, axis=0)
        captions = np.repeat(list("abcd"), 3)
        assert metrics.retrieval_precision(vectors, vectors, captions, candidates=4) == 1.0
        assert metrics.retrieval_precision(vectors, vectors, candidates=12) == 0.0

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match="number of different captions, 5"):
            metrics.retrieval_precision(np.eye(5), np.eye(5))


class TestBootstrap:
    def test_interval_of_a_mean(self):
        values = np.random.default_rng(0).normal(3.0, 2.0, size=400)
        value, low, high = metrics.bootstrap_interval(np.mean, values)
        assert value == pytest.approx(values.mean())
        assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.15)

    def test_says_what_is_wrong(self):
        with pytest.raises(ValueError, match="`level` must lie between"):
            metrics.bootstrap_interval(np.mean, np.ones(3), level=1.0)
        for nothing in ((), (np.zeros(0),)):
            with pytest.raises(ValueError, match="at least one, of at least one row"):
                metrics.bootstrap_interval(np.mean, *nothing)
        with pytest.raises(ValueError, match="`resamples` must be a whole number"):
            metrics.bootstrap_interval(np.mean, np.ones(3), resamples=0)
