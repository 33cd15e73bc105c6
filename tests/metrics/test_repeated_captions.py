"""Captions that are drawn again: what their pictures say of chance, and what intervals."""

import numpy as np
import pytest

from keras_stackgan.metrics import AttributeMeasure, PairMeasure, bootstrap_interval, mean_interval
from keras_stackgan.metrics.attribute_measure import rows_of_others

RECORDS, ATTRIBUTES, VALUES = 30, 4, 6


def judged(count, right=0.85, records=True, seed=0):
    """Scores of pictures that are right so often, of records whose captions come again."""
    generator = np.random.default_rng(seed)
    values = generator.integers(VALUES, size=(RECORDS, ATTRIBUTES))
    rows = np.resize(np.arange(RECORDS), count)
    # All pictures of a record are right, or wrong, together.
    wrong = (generator.random((RECORDS, ATTRIBUTES)) > right)[rows]
    read = np.where(wrong, (values[rows] + 1) % VALUES, values[rows])
    measure = AttributeMeasure("judge", lambda pictures: pictures, list("abcd"))
    for first in range(0, count, 16):
        part = slice(first, first + 16)
        batch = {"pictures": read[part], "targets": values[rows[part]]}
        batch["mentioned"] = np.ones((len(read[part]), ATTRIBUTES), bool)
        if records:
            batch["records"] = rows[part]
        measure.update(batch)
    return {score.metric: score for score in measure.scores("generated")}


@pytest.mark.parametrize("count", [30, 60, 75, 120])
def test_other_captions_are_those_of_other_records(count):
    chance = judged(count)["attribute_accuracy_other_captions"].value
    assert chance < 0.35


def test_others_are_of_other_records_and_of_all_of_them():
    records = np.resize(np.random.default_rng(0).permutation(9), 25)
    others = records[rows_of_others(records)]
    assert (others != records).all() and set(others) == set(records)
    assert rows_of_others(np.zeros(5, int)) is None
    np.testing.assert_array_equal(rows_of_others(np.array([7, 5, 3, 1])), [2, 3, 0, 1])


def test_one_record_has_no_other_captions():
    measure = AttributeMeasure("judge", lambda pictures: pictures, ["a"])
    ones = np.ones((4, 1), "int32")
    batch = {"pictures": ones, "targets": ones, "mentioned": ones, "records": np.zeros(4, int)}
    measure.update(batch)
    scores = {score.metric: score.value for score in measure.scores("generated")}
    assert scores == {"attribute_accuracy": 1.0, "attribute_accuracy/a": 1.0}


def test_more_pictures_of_a_caption_do_not_narrow_intervals():
    once, often = judged(RECORDS), judged(8 * RECORDS)
    for metric in ("attribute_accuracy", "attribute_accuracy/a"):
        widths = [scores[metric].high - scores[metric].low for scores in (once, often)]
        assert widths[1] == pytest.approx(widths[0], rel=0.15)
    assert often["attribute_accuracy/a"].n == 8 * RECORDS


def test_pairs_count_records_too():
    generator = np.random.default_rng(0)
    texts = np.eye(RECORDS)
    # Half of the records' pictures lie near another caption.
    near = np.where(np.arange(RECORDS) % 2, np.arange(RECORDS), (np.arange(RECORDS) + 1) % RECORDS)
    pictures = texts[near] + 0.2 * generator.random((RECORDS, RECORDS))
    widths = {}
    for times in (1, 8):
        measure = PairMeasure("pair", lambda rows: pictures[rows], lambda said: texts[said])
        rows = np.tile(np.arange(RECORDS), times)
        for part in np.array_split(rows, 3):
            measure.update({"pictures": part, "captions": part.tolist(), "records": part})
        for score in measure.scores("generated"):
            widths[score.metric, times] = score.high - score.low
    for metric in (f"r_precision_{RECORDS}", "clip_score"):
        assert widths[metric, 8] == pytest.approx(widths[metric, 1], rel=0.05)


def test_groups_are_drawn_whole():
    values = np.random.default_rng(0).normal(size=40)
    groups = np.random.default_rng(1).permutation(40)
    repeated, owners = np.repeat(values, 3), np.repeat(groups, 3)
    expected = mean_interval(values)
    np.testing.assert_allclose(mean_interval(values, groups), expected, rtol=1e-9)
    np.testing.assert_allclose(mean_interval(repeated, owners), expected, rtol=1e-9)
    sizes = []
    bootstrap_interval(
        lambda x: sizes.append(np.unique(x, return_counts=True)[1]) or 0.0,
        owners, groups=owners, resamples=5,
    )  # fmt: skip
    assert all((each % 3 == 0).all() for each in sizes) and sum(sizes[0]) == 120
    for wrong in (mean_interval, lambda x, groups: bootstrap_interval(np.mean, x, groups=groups)):
        with pytest.raises(ValueError, match="a number for each of 120 rows"):
            wrong(repeated, groups=groups)
    with pytest.raises(ValueError, match="of at least two `groups`"):
        mean_interval(repeated, np.zeros(120))
