"""Models measured on a data set: which pictures, which judges, and the report."""

import dataclasses
import json
import os
import shutil

import numpy as np
import pytest
from painted_records import Painter, color_features, read_colors, write_records
from PIL import Image

from keras_stackgan import evaluation
from keras_stackgan.data import Record
from keras_stackgan.evaluation import EvaluationSet, evaluate_model
from keras_stackgan.metrics import Evaluator, FeatureExtractor, Score


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("records"))


def make_set(known, **options):
    records, attributes = known
    return EvaluationSet(records, 16, attributes=attributes, batch_size=8, **options)


def make_evaluator(**options):
    extractor = FeatureExtractor("colors", color_features, 6)
    return Evaluator([extractor], {"reader": read_colors}, ["left", "right"], **options)


class TestEvaluationSet:
    def test_halves_share_nothing(self, known):
        pictures = make_set(known)
        assert len(pictures.reference) == len(pictures.compared) == pictures.num_pictures == 30
        assert sorted([*pictures.reference, *pictures.compared]) == list(range(60))
        assert make_set(known, seed=1).compared.tolist() != pictures.compared.tolist()
        assert make_set(known).compared.tolist() == pictures.compared.tolist()

    def test_a_model_draws_the_captions_of_the_real_pictures(self, known):
        pictures, model = make_set(known), Painter()
        real = list(pictures.real_batches())
        drawn = list(pictures.generated_batches(lambda n, seed, **given: model.generate(
            given["captions"], seed=seed)))  # fmt: skip
        for one, other in zip(real, drawn, strict=True):
            assert one["captions"] == other["captions"]
            np.testing.assert_array_equal(one["targets"], other["targets"])
            np.testing.assert_array_equal(one["mentioned"], other["mentioned"])
        for batch in real:
            stated = [["and" in caption] for caption in batch["captions"]]
            np.testing.assert_array_equal(batch["mentioned"][:, 1:], stated)
            np.testing.assert_array_equal(read_colors(batch["pictures"]), batch["targets"])
        seeds = [call["seed"] for call in model.calls]
        assert len(set(seeds)) == len(seeds)

    def test_captions_come_again_where_more_pictures_are_wanted(self, known):
        pictures, model = make_set(known, num_pictures=70), Painter()
        batches = list(pictures.generated_batches(lambda n, seed, **given: model.generate(
            given["captions"], seed=seed)))  # fmt: skip
        assert sum(len(batch["pictures"]) for batch in batches) == 70
        records = np.concatenate([batch["records"] for batch in batches])
        np.testing.assert_array_equal(records, np.resize(pictures.compared, 70))

    def test_chance_is_no_accuracy_where_captions_come_again(self, known):
        report = evaluate_model(
            Painter(), make_set(known, num_pictures=60), make_evaluator(), bound=False, bar=False
        )
        found = {score.metric: score.value for score in report.scores}
        assert found["attribute_accuracy"] == 1.0
        assert found["attribute_accuracy_other_captions"] < 0.6

    def test_key_tells_data_from_other_data(self, known):
        keys = [make_set(known).key(), make_set(known, seed=1).key()]
        keys.append(EvaluationSet(known[0], 32).key())
        assert len(set(keys)) == 3 and make_set(known, num_pictures=40).key() == keys[0]

    def test_key_changes_with_the_pictures(self, tmp_path):
        records, _ = write_records(tmp_path / "data", count=40)
        keys = [EvaluationSet(records, 16).key()]
        path = records[EvaluationSet(records, 16).reference[0]].path
        found = path.stat()
        # As many bytes, written at another time.
        path.write_bytes(path.read_bytes()[::-1])
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
        keys.append(EvaluationSet(records, 16).key())
        assert keys[0] != keys[1]

    def test_needs_enough_pictures(self, known):
        with pytest.raises(ValueError, match="at least 40 pictures"):
            EvaluationSet(known[0][:30], 16)


class TestCountSeen:
    def test_copies_count_and_other_pictures_do_not(self, known, tmp_path):
        records = known[0]
        copy = Record(tmp_path, "another_name.png", ("a",))
        shutil.copy(records[3].path, copy.path)
        assert evaluation.count_seen(records, records[:20]) == 20
        assert evaluation.count_seen([copy, *records[:3]], records[3:]) == 1
        absent = Record(tmp_path, "absent.png", ("a",))
        assert evaluation.count_seen([copy], [absent, *records[:3]]) == 0


class TestEvaluateModel:
    def test_a_right_model_reaches_the_bound_and_a_wrong_one_does_not(self, known, tmp_path):
        reports = {}
        for wrong in (False, True):
            report = evaluate_model(
                Painter(wrong=wrong), make_set(known), make_evaluator(), bar=False
            )
            reports[wrong] = {(x.pictures, x.metric): x.value for x in report.scores}
        right, wrong = reports[False], reports[True]
        assert right["generated", "attribute_accuracy"] == 1.0
        assert right["real", "attribute_accuracy"] == 1.0
        assert wrong["generated", "attribute_accuracy"] == 0.0
        assert right["real", "frechet_distance"] == wrong["real", "frechet_distance"]

    def test_the_bound_can_be_left_out(self, known):
        evaluator = make_evaluator()
        for _ in range(2):
            report = evaluate_model(Painter(), make_set(known), evaluator, bound=False, bar=False)
        assert {score.pictures for score in report.scores} == {"generated"}

    def test_one_evaluator_measures_two_data_sets(self, known, tmp_path):
        records, _ = known
        blue = [record for record in records if record.label == "blue"]
        sets = [make_set(known), EvaluationSet(blue * 4, 16, batch_size=8)]
        used, found = make_evaluator(), []
        for pictures in [*sets, *sets[:1]]:
            reports = [
                evaluate_model(Painter(), pictures, each, bound=False, bar=False)
                for each in (used, make_evaluator())
            ]
            distances = [
                next(x.value for x in report.scores if x.metric == "frechet_distance")
                for report in reports
            ]
            assert distances[0] == distances[1]
            found.append(distances[0])
        assert found[0] == found[2] != found[1]
        # A reference of one's own, without a key, stays.
        own = make_evaluator()
        own.set_reference(sets[1].reference_batches())
        reference = own.reference
        evaluate_model(Painter(), sets[0], own, bound=False, bar=False)
        assert own.reference is reference

    def test_diversity_has_real_classes_beside_it(self, known):
        def different(first, second):
            return np.abs(first.astype(float) - second).mean(axis=(1, 2, 3))

        report = evaluate_model(
            Painter(), make_set(known), make_evaluator(), bar=False,
            distances={"difference": ("pixels", different)},
        )  # fmt: skip
        found = {x.pictures: x for x in report.scores if x.metric == "difference"}
        assert found["generated"].n == 20 and found["real"].n == 3
        assert 0 < found["generated"].value < found["real"].high

    def test_draws_what_the_model_takes(self, known):
        model = Painter()
        model.num_classes, model.embedding_dim = 3, None
        pictures = make_set(known, class_names=["blue", "green", "red"])
        evaluate_model(model, pictures, make_evaluator(), bound=False, bar=False)
        labels = np.concatenate([call["labels"] for call in model.calls])
        expected = [known[0][row].label for row in pictures.compared]
        assert [["blue", "green", "red"][label] for label in labels] == expected

    def test_says_what_is_missing(self, known):
        model = Painter()
        model.num_classes = 3
        with pytest.raises(ValueError, match="draws labels"):
            evaluate_model(model, make_set(known), make_evaluator())
        model = Painter()
        model.text_encoder = None
        with pytest.raises(ValueError, match="--text_encoder"):
            evaluate_model(model, make_set(known), make_evaluator())


class TestReport:
    scores = [
        Score("frechet_distance", "generated", 5.0, 4.0, 6.0, 100, 0, "net", "area"),
        Score("attribute_accuracy", "generated", 0.5, 0.4, 0.6, 90, 0, "judge", "classifier"),
        Score("attribute_accuracy/crown", "generated", 0.25, None, None, 40, 0, "judge"),
        Score("frechet_distance", "real", 1.0, 0.5, 1.5, 100, 0, "net", "area"),
    ]

    def test_table_puts_the_bound_beside_the_model(self):
        lines = evaluation.Report(self.scores).table().splitlines()
        assert lines[0] == "| measure | by | generated | real |"
        assert "| net, area | 5 [4, 6] (100) | 1 [0.5, 1.5] (100) |" in lines[2]
        assert lines[3].endswith("| judge | 0.5 [0.4, 0.6] (90) |  |") and len(lines) == 4
        assert "0.25 (40)" in evaluation.Report(self.scores).table(attributes=True)

    def test_is_written_whole(self, tmp_path):
        report = evaluation.Report(self.scores, {"model": "mine"})
        paths = report.write(tmp_path / "deep" / "out")
        lines = [json.loads(line) for line in paths[1].read_text().splitlines()]
        assert lines[0]["model"] == "mine" and lines[0]["value"] == 5.0 and len(lines) == 4
        assert "- model: mine" in paths[0].read_text()
        with Image.open(paths[2]) as picture:
            assert picture.size[0] == 900
        assert sorted(path.name for path in (tmp_path / "deep" / "out").iterdir()) == sorted(
            path.name for path in paths
        )


class TestFigures:
    def test_show_what_was_measured(self, known, tmp_path):
        evaluator = make_evaluator()
        evaluate_model(Painter(), make_set(known), evaluator, bar=False)
        path = evaluation.write_neighbors(tmp_path, evaluator, known[0], 16, 3, 2)
        with Image.open(path) as picture:
            assert picture.size == (3 * 16 + 8, 3 * 16)
        with Image.open(evaluation.write_samples(tmp_path, evaluator, 2, 4)) as picture:
            assert picture.size == (64, 32)

    @pytest.mark.slow
    def test_the_map_has_both_kinds(self, known, tmp_path):
        pytest.importorskip("sklearn", reason="scikit-learn is not installed")
        evaluator = make_evaluator()
        evaluate_model(Painter(), make_set(known), evaluator, bar=False)
        with Image.open(evaluation.write_map(tmp_path, evaluator, 300)) as picture:
            assert picture.size == (300, 300)


class TestJudges:
    def test_learn_attributes_and_labels(self, known, tmp_path):
        records, (numbers, _) = known
        said = []
        evaluation.train_judges(
            records, tmp_path / "judges", numbers, {"left": "rgb", "right": "rgb"},
            architectures=("plain",), image_size=16, width=4, epochs=40, bar=False, say=said.append,
        )  # fmt: skip
        judges, values = evaluation.load_judges(tmp_path / "judges")
        assert list(judges) == ["plain"]
        assert values == {
            "left": list("rgb"),
            "right": list("rgb"),
            "label": ["blue", "green", "red"],
        }
        images = np.stack([evaluation.evaluation_set.center_picture(r, 16) for r in records])
        read = evaluation.attribute_reader(judges["plain"], ["right", "left"])(images)
        assert np.mean(read == numbers[:, ::-1]) > 0.8
        about = json.loads((tmp_path / "judges" / "judges.json").read_text())
        trained = evaluation.judges_trained_on(tmp_path / "judges")
        assert len(trained) == evaluation.count_seen(records, trained) == 54
        assert about["pictures"] == 54 and set(about["accuracy"]["plain"]) >= {"left", "mean"}
        assert "Right on 6 held-out pictures, plain" in said[-1]
        with pytest.raises(ValueError, match="and not"):
            evaluation.attribute_reader(judges["plain"], ["pose"])
        with pytest.raises(FileExistsError, match="must not exist"):
            evaluation.train_judges(records, tmp_path / "judges")

    def test_say_what_is_wrong(self, known, tmp_path):
        nameless = [dataclasses.replace(record, label=None) for record in known[0]]
        with pytest.raises(ValueError, match="something to learn"):
            evaluation.train_judges(nameless, tmp_path / "judges")
        with pytest.raises(ValueError, match="train_classifier wrote"):
            evaluation.load_judges(tmp_path)
        assert not list(tmp_path.iterdir())
