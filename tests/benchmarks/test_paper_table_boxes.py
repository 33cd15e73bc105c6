"""The papers' tables: GAWWN's whole pictures beside others that are cut to boxes."""

import dataclasses
from types import SimpleNamespace

import benchmark_path  # noqa: F401
import numpy as np
import pytest
from paper_tables import rows
from paper_tables.cut_pictures import cut
from paper_tables.notes import notes
from paper_tables.options import Options
from paper_tables.results import Results
from paper_tables.scoring import Scorer

from keras_stackgan.data import write_toy_flowers
from keras_stackgan.data.center_pictures import center_picture
from keras_stackgan.evaluation import EvaluationSet

SIZE = 32


class Perfect:
    """Draws the real whole picture of a caption, and tells which boxes it was asked for."""

    takes_boxes, conditional, embedding_dim, num_classes = True, True, 8, None
    text_encoder, output_sizes = object(), (SIZE,)

    def __init__(self, records):
        self.records = {record.captions[0]: record for record in records}

    def generate(self, captions, *, boxes, seed=0, batch_size=16):
        found = [self.records[caption] for caption in captions]
        expected = np.array([record.box for record in found]) / SIZE
        np.testing.assert_allclose(boxes, expected, atol=1e-6)
        return np.stack([center_picture(record, SIZE, use_boxes=False) for record in found])


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    records = write_toy_flowers(tmp_path_factory.mktemp("flowers") / "data", count=40, size=SIZE)
    return [
        dataclasses.replace(record, captions=(f"flower {k}",), box=(4 + k % 9, 3 + k % 7, 14, 10))
        for k, record in enumerate(records)
    ]


def scorer_of(records, boxed):
    return Scorer(
        SimpleNamespace(
            options=Options(size=SIZE), judges=dict, pair=lambda: None, attributes=lambda: None,
            test=lambda boxes=False: boxed if boxes else records,
        )
    )  # fmt: skip


def test_pictures_are_cut_as_those_of_other_rows(boxed):
    scorer, row = scorer_of(boxed, boxed), rows.get("gawwn")
    drawn = scorer.drawn(Perfect(boxed), row)
    assert len(drawn) == 20
    np.testing.assert_array_equal(drawn, scorer.real(SIZE))
    whole = [center_picture(record, SIZE, use_boxes=False) for record in boxed]
    assert not any(np.array_equal(picture, other) for picture in drawn for other in whole)


def test_pictures_stay_whole_where_others_are(boxed):
    plain = [dataclasses.replace(record, box=None) for record in boxed]
    scorer = scorer_of(plain, boxed)
    np.testing.assert_array_equal(
        scorer.drawn(Perfect(boxed), rows.get("gawwn")), scorer.real(SIZE)
    )


def test_the_reference_is_that_of_other_rows(boxed, monkeypatch):
    seen = []

    def evaluate(model, pictures, *args, **kwargs):
        seen.append(pictures)
        return SimpleNamespace(scores=[])

    monkeypatch.setattr("paper_tables.scoring.evaluate_model", evaluate)
    monkeypatch.setattr(Scorer, "_evaluator", lambda self, text: None)
    scorer_of(boxed, boxed).scores(Perfect(boxed), rows.get("gawwn"))
    assert seen[0].key() == EvaluationSet(boxed, SIZE).key()
    first = next(seen[0].reference_batches())["pictures"][0]
    np.testing.assert_array_equal(first, center_picture(boxed[seen[0].reference[0]], SIZE))


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (0.9, 0.5, 0.1, 0.2), (0, 0.97, 0.03, 0.03)])
def test_cut_pictures_keep_their_size(box):
    picture = np.zeros((SIZE, SIZE, 3), "uint8")
    assert cut(picture, np.float32(box)).shape == picture.shape


def test_the_page_says_what_is_cut():
    painted, birds = (
        "\n".join(notes(Options(data=data), Results([]))) for data in ("painted_birds", "cub")
    )
    told = "GAWWN is told the box of the picture that a caption belongs to, in training and when it"
    assert told in painted and told in birds
    assert "cut to that box" in birds and "cut to that box" not in painted
    assert "into the middle" not in birds
