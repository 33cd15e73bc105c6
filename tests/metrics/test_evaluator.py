"""All measures in one pass over batches, against the functions that they are."""

import numpy as np
import pytest
from small_judges import color_extractor, read_colors, two_colored

from keras_stackgan import metrics
from keras_stackgan.metrics import Evaluator, FeatureSet, InceptionScoreStream, Score


def batches(images, numbers=None, size=32):
    for first in range(0, len(images), size):
        rows = slice(first, first + size)
        batch = {"pictures": images[rows]}
        if numbers is not None:
            batch["captions"] = [f"{a} and {b}" for a, b in numbers[rows]]
            batch["targets"] = numbers[rows]
            batch["mentioned"] = np.ones(numbers[rows].shape, bool)
        yield batch


def vectors_of_pictures(pictures):
    numbers = read_colors(pictures)
    return np.eye(3)[numbers].reshape(len(pictures), 6)


def vectors_of_captions(captions):
    numbers = np.array([[int(caption[0]), int(caption[-1])] for caption in captions])
    return np.eye(3)[numbers].reshape(len(captions), 6)


def evaluator(**options):
    return Evaluator(
        [color_extractor()],
        {"reader": read_colors},
        ["left", "right"],
        {"pair": (vectors_of_pictures, vectors_of_captions)},
        candidates=9,
        **options,
    )


def by_metric(scores):
    return {score.metric: score for score in scores}


class TestEvaluator:
    def test_gives_what_the_functions_give(self):
        real, numbers = two_colored(200)
        fake, fake_numbers = two_colored(160, seed=1)
        extractor = color_extractor()
        measured = evaluator()
        measured.set_reference(batches(real))
        found = by_metric(measured.evaluate("generated", batches(fake, fake_numbers), 160))
        features = extractor(real), extractor(fake)
        expected = metrics.frechet_distance(*features)
        assert found["frechet_distance"].value == pytest.approx(expected, rel=1e-5, abs=1e-9)
        kernel = metrics.kernel_distance(*features)
        assert found["kernel_distance"].value == pytest.approx(kernel, abs=1e-7)
        overlap = metrics.manifold_coverage(features[0][:160], features[1])
        for name, value in overlap.items():
            assert found[name].value == pytest.approx(value)
        _, chances = extractor.features_and_probabilities(fake)
        score = metrics.inception_score(chances)[0]
        assert found["inception_score"].value == pytest.approx(score)
        assert found["attribute_accuracy"].value == 1.0
        assert found["attribute_accuracy/left"].value == 1.0
        assert 0.2 < found["attribute_accuracy_other_captions"].value < 0.5
        assert found["r_precision_9"].value == 1.0
        assert found["clip_score"].value == pytest.approx(2.5)

    def test_says_of_every_number_what_it_is(self):
        real, numbers = two_colored(120)
        measured = evaluator(seed=3)
        measured.set_reference(batches(real))
        for score in measured.evaluate("real", batches(real, numbers), 120):
            assert (score.pictures, score.seed) == ("real", 3) and score.n > 0
            assert score.extractor in ("colors", "reader", "pair")
            if score.metric != "frechet_distance_extrapolated":
                assert score.low <= score.value <= score.high

    def test_pictures_that_are_wrong_score_worse(self):
        real, numbers = two_colored(200)
        measured = evaluator()
        measured.set_reference(batches(real[:100]))
        right = by_metric(measured.evaluate("real", batches(real[100:], numbers[100:]), 100))
        gray = np.full_like(real[100:], 128)
        wrong = by_metric(measured.evaluate("generated", batches(gray, numbers[100:]), 100))
        assert wrong["frechet_distance"].low > right["frechet_distance"].high
        assert wrong["attribute_accuracy"].high < right["attribute_accuracy"].low
        assert wrong["recall"].value == 0.0 and wrong["r_precision_9"].value < 0.5

    def test_keeps_no_more_than_it_says(self):
        real, numbers = two_colored(100)
        measured = evaluator(keep=30, gallery=10)
        measured.set_reference(batches(real))
        found = by_metric(measured.evaluate("real", batches(real, numbers), 100))
        assert measured.pictures["real"].shape[0] == 10
        assert measured.features["real"]["colors", "none"].rows.shape == (30, 6)
        assert (found["frechet_distance"].n, found["kernel_distance"].n) == (100, 30)

    def test_finds_features_of_real_pictures_again(self, tmp_path):
        real, _ = two_colored(60)
        first = evaluator(cache_dir=tmp_path)
        first.set_reference(batches(real), key="these")
        again = evaluator(cache_dir=tmp_path)
        again.set_reference(iter(()), key="these")
        kept, found = [x.reference["colors", "none"] for x in (first, again)]
        np.testing.assert_array_equal(kept.rows, found.rows)
        np.testing.assert_allclose(kept.statistics().mean, found.statistics().mean)
        with pytest.raises(ValueError, match="at least 20 real pictures"):
            evaluator(cache_dir=tmp_path).set_reference(iter(()), key="others")

    def test_says_what_is_wrong(self):
        real, _ = two_colored(40)
        measured = evaluator()
        with pytest.raises(ValueError, match="40 pictures were announced. Received: 20"):
            measured.evaluate("real", batches(real[:20]), 40)
        with pytest.raises(ValueError, match="`count` must be a whole number of at least 20"):
            measured.evaluate("real", batches(real[:10]), 10)
        with pytest.raises(ValueError, match=r"Received twice: \[\('colors', 'none'\)\]"):
            Evaluator([color_extractor(), color_extractor("other"), color_extractor()])
        with pytest.raises(ValueError, match="`attributes` must name .* judges \\['reader'\\]"):
            Evaluator([], {"reader": read_colors})
        real, numbers = two_colored(20)
        measured = Evaluator([], {"reader": read_colors}, ["left"])
        with pytest.raises(ValueError, match="Received: 2 columns, 1 attributes"):
            measured.evaluate("real", batches(real, numbers), 20)

    def test_features_of_another_size_are_others(self, tmp_path):
        real, _ = two_colored(60)

        def made(size):
            def means(pictures):
                return np.asarray(pictures)[:, :2].mean(axis=(1, 2))

            return metrics.FeatureExtractor("means", means, 3, image_size=size, resize="area")

        found = []
        for size in (8, 4):
            measured = Evaluator([made(size)], cache_dir=tmp_path)
            measured.set_reference(batches(real), key="these")
            found.append(measured.reference["means", "area"].rows)
        np.testing.assert_array_equal(found[1], made(4)(real))
        assert np.abs(found[1] - found[0]).max() > 1

    def test_a_reference_is_of_one_data_set(self):
        real, _ = two_colored(60)
        measured = evaluator()
        measured.set_reference(batches(real), key="these")
        before = measured.reference
        with pytest.raises(ValueError, match="at least 20 real pictures"):
            measured.set_reference(batches(real[:10]), key="others")
        assert measured.reference is before and measured.reference_key == "these"


class TestFeatureSet:
    def test_groups_add_up(self):
        rows = np.random.default_rng(0).normal(size=(2500, 4)).astype("float32")
        features = FeatureSet("a", keep=100, groups=10)
        for first in range(0, 2500, 37):
            features.update(rows[first : first + 37])
        assert features.count == 2500 and sum(x.count for x in features.groups()) == 2500
        expected = np.cov(rows.astype("float64"), rowvar=False)
        np.testing.assert_allclose(features.statistics().covariance, expected, atol=1e-9)
        np.testing.assert_array_equal(features.rows, rows[:100])
        np.testing.assert_allclose(features.groups()[3].mean, rows[3::10].mean(0), atol=1e-6)

    def test_is_of_one_extractor_and_one_way_of_resizing(self, tmp_path):
        FeatureSet("a", "b").update(np.ones((3, 2))).save(tmp_path / "x.npz")
        assert FeatureSet.load(tmp_path / "x.npz", "a", "b").count == 3
        for other in (("c", "b"), ("a", "c")):
            with pytest.raises(ValueError, match="same `(extractor|resize)`"):
                FeatureSet.load(tmp_path / "x.npz", *other)
        (tmp_path / "x.rows.npy").write_bytes(b"nonsense")
        with pytest.raises(ValueError, match="whose rows cannot be read"):
            FeatureSet.load(tmp_path / "x.npz", "a", "b")


def test_the_stream_is_the_inception_score():
    chances = np.random.default_rng(0).dirichlet(np.ones(7), size=103)
    stream = InceptionScoreStream(103)
    for first in range(0, 103, 10):
        stream.update(chances[first : first + 10])
    np.testing.assert_allclose(stream.result(), metrics.inception_score(chances))
    with pytest.raises(ValueError, match="103 rows were announced"):
        stream.update(chances[:1])
    with pytest.raises(ValueError, match="that sum to 1"):
        InceptionScoreStream(20).update(np.ones((2, 3)))


def test_no_line_is_drawn_through_few_pictures_a_feature():
    real, _ = two_colored(100)
    found = {}
    for count in (50, 70):
        measured = Evaluator([color_extractor()])
        measured.set_reference(batches(real))
        scores = by_metric(measured.evaluate("real", batches(real[:count]), count))
        found[count] = "frechet_distance_extrapolated" in scores
    assert found == {50: False, 70: True}


def test_clip_score_is_a_cosine():
    pictures = np.array([[1.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    texts = np.array([[2.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    expected = [2.5, 2.5 / np.sqrt(2), 0.0]
    np.testing.assert_allclose(metrics.clip_scores(pictures, texts), expected)
    with pytest.raises(ValueError, match="one shape"):
        metrics.clip_scores(pictures, texts[:2])


def test_a_score_is_json():
    score = Score("a", "real", float("nan"), None, np.float32(2.0), 3, 0, "b")
    assert score.as_dict()["value"] is None and score.as_dict()["high"] == 2.0
