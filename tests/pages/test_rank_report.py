"""Mean ranks, intervals and agreement against what can be computed by hand."""

import itertools
import json

import numpy as np
import pytest

from keras_stackgan.pages import RankReport, VoteLog, kendall_w

ORDERED = ["one", "two", "three"]


def vote(study, votes):
    log = VoteLog(study.votes, len(study.captions), study.models)
    for rater, number, ranking in votes:
        log.add(rater, number, ranking.split())


def test_mean_ranks_by_hand(study):
    vote(
        study,
        [
            ("Ann", 0, "one two three"),
            ("Ann", 1, "two one three"),
            ("Bob", 0, "one three two"),
            ("Bob", 0, "two one three"),  # in the place of the one before
        ],
    )
    report = RankReport(study)
    found = {row["model"]: row for row in report.models}
    assert [row["model"] for row in report.models] == ["two", "one", "three"]
    assert found["two"]["mean_rank"] == pytest.approx(4 / 3)
    assert found["one"]["mean_rank"] == pytest.approx(5 / 3)
    assert found["three"] == {
        "model": "three", "mean_rank": 3.0, "low": 3.0, "high": 3.0, "first": 0.0, "votes": 3,
    }  # fmt: skip
    assert found["two"]["first"] == pytest.approx(2 / 3)
    # Captions are drawn, with all their votes: both of 0, both of 1, or one of each.
    assert (found["one"]["low"], found["one"]["high"]) == (1.5, 2.0)
    assert report.raters == {"Ann": 2, "Bob": 1}
    assert report.agreement["captions"] == 1 and report.agreement["chance"] == 0.5
    assert report.agreement["kendall_w"] == pytest.approx(0.75)


def test_the_table_and_the_lines(study):
    vote(study, [("Ann", 0, "one two three"), ("Bob", 0, "one two three")])
    report = RankReport(study)
    assert "| one | 1.00 | 1.00 to 1.00 | 100 % | 2 |" in report.table()
    assert "95 % interval" in report.table() and "Raters: 2, votes: 2 of 8." in report.table()
    assert "Kendall's W 1.00" in report.table() and "(by chance 0.50)" in report.table()
    paths = report.write(study.directory / "report")
    assert paths[0].read_text() == f"{report.table()}\n"
    lines = [json.loads(line) for line in paths[1].read_text().splitlines()]
    assert lines == report.lines()
    assert [line["metric"] for line in lines] == ["human_rank"] * 3 + ["agreement"]


def test_one_rater_agrees_with_nobody(study):
    vote(study, [("Ann", 0, "one two three")])
    report = RankReport(study)
    assert report.agreement is None and "not known" in report.table()
    assert [line["metric"] for line in report.lines()] == ["human_rank"] * 3


def test_no_votes_yet(study):
    with pytest.raises(ValueError, match="has no votes yet"):
        RankReport(study)


def test_kendall_by_hand():
    assert kendall_w([[1, 2, 3]] * 5) == 1.0
    assert kendall_w([[1, 2], [2, 1]]) == 0.0
    assert kendall_w([[1, 2, 3], [1, 3, 2]]) == pytest.approx(0.75)


def test_kendall_is_friedman_s_statistic_scaled():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    ranks = np.array([rng.permutation(5) + 1 for _ in range(4)])
    statistic = stats.friedmanchisquare(*ranks.T).statistic
    assert kendall_w(ranks) == pytest.approx(statistic / (4 * (5 - 1)))


@pytest.mark.parametrize("raters", [2, 3])
def test_chance_is_one_over_the_raters(raters):
    orders = list(itertools.permutations([1, 2, 3]))
    values = [kendall_w(given) for given in itertools.product(orders, repeat=raters)]
    assert np.mean(values) == pytest.approx(1 / raters)


@pytest.mark.parametrize(
    "ranks", [[[1, 2]], [[1], [1]], [[1, 1], [1, 2]], [[0, 1], [1, 0]], [1, 2]]
)
def test_what_is_no_ranking(ranks):
    with pytest.raises(ValueError, match="`rankings` must have a row a rater"):
        kendall_w(ranks)
