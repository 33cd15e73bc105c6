"""The papers' tables: verdicts by numbers."""

import math

import benchmark_path  # noqa: F401
import numpy as np
import pytest
from paper_table_material import entry
from paper_tables import rows
from paper_tables.ordering import ORDERINGS, Ordering
from paper_tables.plan import doubtful_rows
from paper_tables.results import Results
from paper_tables.student import welch
from paper_tables.verdict import (
    DOUBT,
    MISSING,
    NEITHER,
    REPRODUCED,
    REVERSED,
    Verdict,
    combined,
    compare,
    decide,
)


def spread_of(*groups):
    total = sum(((np.array(g) / np.mean(g) - 1) ** 2).sum() for g in groups if len(g))
    freedom = sum(len(g) - 1 for g in groups if g)
    return (total / freedom if freedom else math.nan), freedom


def compared(better, worse, error=0.1, higher=True):
    errors = [[error] * len(better), [error] * len(worse)]
    return compare(better, worse, spread_of(better, worse), errors, higher)


class TestVerdict:
    def test_seeds_decide(self):
        high, low = [3.0, 3.1, 2.9], [2.0, 2.1, 1.9]
        assert compared(high, low).word == REPRODUCED
        assert compared(low, high).word == REVERSED
        assert compared(low, high, higher=False).word == REPRODUCED
        assert compared([3.0, 2.0, 2.5], [2.9, 2.1, 2.4]).word == DOUBT
        found = compared(high, low)
        # 2.78 * sqrt(0.01 * (1/3 + 1/3))
        assert found.gap == pytest.approx(1.0) and found.half == pytest.approx(0.227, abs=1e-3)
        assert found.seeds == (3, 3) and found.by == "seeds"

    def test_a_row_with_one_seed_takes_the_others_spread(self):
        noisy = compare([3.0], [2.5], (0.03, 2), ([0.01], [0.01]), True)
        assert noisy.word == DOUBT and noisy.by == "seeds"
        quiet = compare([3.0], [2.5], (0.0001, 2), ([0.01], [0.01]), True)
        assert quiet.word == REPRODUCED
        # In units of each mean, and the mean of three seeds is known better than one.
        assert quiet.half == pytest.approx(4.303 * 0.01 * math.hypot(3.0, 2.5), rel=1e-3)
        three = compare([3.0] * 3, [2.5], (0.0001, 2), ([0.01] * 3, [0.01]), True)
        assert three.half == pytest.approx(4.303 * 0.01 * math.hypot(3.0 / 3**0.5, 2.5), rel=1e-3)

    def test_seeds_differ_by_no_less_than_their_pictures(self):
        blurred = compare([3.0], [2.5], (0.0001, 2), ([0.3], [0.4]), True)
        assert blurred.word == DOUBT
        assert blurred.half == pytest.approx(4.303 * 0.5, rel=1e-3)
        unknown = compare([3.0], [2.5], (0.0001, 2), ([math.nan], [math.nan]), True)
        assert unknown.word == REPRODUCED

    def test_twins_are_told_apart_as_rarely_as_promised(self):
        # A bad row beside a copy of itself, while five good ones vary a fifth as much.
        generator, decided = np.random.default_rng(0), 0
        good = np.array([50.0, 60, 70, 80, 90])
        for _ in range(400):
            table = {f"good_{k}": m * generator.normal(1, 0.02, 3) for k, m in enumerate(good)}
            table["v2"], table["v1"] = 250.0 * generator.normal(1, 0.1, (2, 3))
            entries = [
                entry(row, seed, frechet_distance=value)
                for row, values in table.items()
                for seed, value in enumerate(values)
            ]
            found = decide(Ordering("v2", "v1", "frechet_distance"), Results(entries))
            decided += combined(found) != DOUBT
        assert decided < 0.08 * 400

    def test_pictures_decide_where_no_row_has_seeds(self):
        assert compared([3.0], [2.0], error=0.1).word == REPRODUCED
        close = compared([3.0], [2.5], error=0.1)
        assert close.word == DOUBT and close.by == "pictures"
        assert close.half == pytest.approx(2 * 1.96 * math.sqrt(0.02))
        assert compared([3.0], [2.0], error=math.nan).word == DOUBT

    def test_a_gap_that_is_not_shown_decides_nothing(self):
        alike = ([1.0 + 1e-9], [1.0], (math.nan, 0), ([0.0], [0.0]), True)
        assert compare(*alike).word == REPRODUCED
        assert compare(*alike, smallest=0.005).word == DOUBT
        ordering = Ordering("v2", "v1", "inception_score")
        tight = [entry("v2", k, inception_score=1.001) for k in range(3)]
        tight += [entry("v1", k, inception_score=1.0) for k in range(3)]
        assert combined(decide(ordering, Results(tight))) == DOUBT

    def test_judges_must_agree(self):
        yes, no = Verdict(REPRODUCED), Verdict(REVERSED)
        assert combined({"a": yes, "b": yes}) == REPRODUCED
        assert combined({"a": yes, "b": no}) == DOUBT
        assert combined({"a": yes, "b": compared([], [1.0])}) == MISSING
        assert combined({}) == MISSING


class TestNeitherLearned:
    def verdicts(self, better, worse, metric="inception_score", names=("v2", "v1")):
        """Of rows whose intervals are of ± 0.1 (see `entry`)."""
        entries = [
            entry(name, seed, **values)
            for name, seeds in zip(names, (better, worse), strict=True)
            for seed, values in enumerate(seeds)
        ]
        return decide(Ordering(*names, metric), Results(entries))

    def test_rows_with_text_by_their_precision(self):
        better = [{"inception_score": 4.0, "r_precision_100": 0.1}]
        worse = [{"inception_score": 1.08, "r_precision_100": 0.012}]
        found = self.verdicts(better, worse)
        # Intervals from 0.0 and from -0.088, and chance is 0.01.
        assert combined(found) == NEITHER and found["plain"].gap == pytest.approx(2.92)
        assert combined(self.verdicts(worse, better)) == NEITHER
        better[0]["r_precision_100"] = 0.112
        assert combined(self.verdicts(better, worse)) == REPRODUCED
        assert combined(self.verdicts(worse, better)) == REVERSED

    def test_the_precision_itself_decides_nothing_then(self):
        rows = [{"r_precision_100": 0.0099}], [{"r_precision_100": 0.0001}]
        assert combined(self.verdicts(*rows, "r_precision")) == NEITHER

    def test_one_seed_that_learned_is_enough(self):
        nothing = {"inception_score": 2.0, "r_precision_100": 0.01}
        better = [{"inception_score": 4.0, "r_precision_100": 0.5}, nothing]
        assert combined(self.verdicts(better, [nothing, nothing])) == DOUBT
        assert combined(self.verdicts([nothing] * 2, [nothing] * 2)) == NEITHER

    def test_rows_without_text_by_their_score(self):
        names = ("v2_unconditional", "v2_no_color")
        better, worse = {"inception_score": 1.49}, {"inception_score": 1.08}
        assert combined(self.verdicts([better], [worse], names=names)) == NEITHER
        better["inception_score"] = 1.5
        assert combined(self.verdicts([better], [worse], names=names)) == REPRODUCED
        colors = [{"inception_score": 1.1, "color_distance": d} for d in (0.01, 0.9)]
        found = self.verdicts(colors[:1], colors[1:], "color_distance", names)
        assert combined(found) == NEITHER

    def test_what_is_not_measured_is_not_judged(self):
        better, worse = {"inception_score": 1.2}, {"inception_score": 1.05}
        assert combined(self.verdicts([better], [worse])) == DOUBT
        assert combined(self.verdicts([{**better, "r_precision_100": 0.01}], [])) == MISSING

    def test_no_more_seeds_are_trained(self):
        learned = {"v2": {"r_precision_100": 0.5}, "v1": {"r_precision_100": 0.5}}
        for values, wanted in ((learned, ["v2", "v1"]), ({}, [])):
            entries = [
                entry(row, 0, inception_score=1.2, **values.get(row, {"r_precision_100": 0.01}))
                for row in ("v2", "v1")
            ]
            assert doubtful_rows(Results(entries), rows.names()) == wanted


class TestStudent:
    def test_welch_is_the_published_test(self):
        stats = pytest.importorskip("scipy.stats")
        first, second = [3.0, 3.4, 2.1], [2.0, 2.1, 1.9, 2.2]
        found = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
        assert welch(first, second) == pytest.approx((found.high - found.low) / 2, rel=1e-5)
        assert welch([1.0, 1.0], [2.0, 2.0]) == 0.0


class TestResults:
    def test_spread_is_in_units_of_each_mean(self):
        small = [entry("v2", k, frechet_distance=v) for k, v in enumerate((49.0, 50.0, 51.0))]
        large = [entry("v1", k, frechet_distance=v) for k, v in enumerate((245.0, 250.0, 255.0))]
        nothing = [entry("dcgan", k, frechet_distance=0.0) for k in range(3)]
        for entries, freedom in ((small, 2), (small + large, 4), (small + large + nothing, 4)):
            found = Results(entries).seed_spread("frechet_distance", "plain")
            assert found == (pytest.approx(0.02**2), freedom)

    def test_orderings_are_decided_from_entries(self):
        seeds = [entry("v2", k, inception_score=4.0 + 0.01 * k) for k in range(3)]
        results = Results([*seeds, entry("v1", 0, inception_score=3.0)])
        assert results.measurers("inception_score") == ["plain", "separable"]
        assert results.values("v2", "inception_score", "plain") == [4.0, 4.01, 4.02]
        found = decide(ORDERINGS[0], results)
        assert combined(found) == REPRODUCED and found["plain"].seeds == (3, 1)
        assert combined(decide(Ordering("v1", "v2", "inception_score"), results)) == REVERSED
        assert combined(decide(Ordering("v1", "gawwn", "inception_score"), results)) == MISSING

    def test_rows_in_doubt_get_more_seeds(self):
        values = {"v2": 4.0, "v1": 3.0, "gan_int_cls": 2.95, "v1_no_ca": 2.0}
        entries = [entry(row, 0, inception_score=value) for row, value in values.items()]
        entries += [entry("stage1", 0, inception_score=2.0)]
        entries += [entry("stage1_no_ca", 0, inception_score=2.0)]
        found = doubtful_rows(Results(entries), rows.names())
        assert found == ["v1", "gan_int_cls", "v1_no_ca", "stage1", "stage1_no_ca"]
        assert doubtful_rows(Results(entries[:2]), rows.names()) == []
