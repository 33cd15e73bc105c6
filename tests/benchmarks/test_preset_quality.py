"""The aims of a text-to-image preset: each measure on pictures whose answer is known, then all."""

import importlib.util
import json
from types import SimpleNamespace

import benchmark_path  # noqa: F401
import keras
import numpy as np
import preset_quality
import pytest
from absl import flags
from PIL import Image
from quality import text_fidelity, word_changes
from quality.aim import AT_LEAST, BELOW, Aim
from quality.collecting import enlarged, fine_detail
from quality.refinement import refinement
from quality.results import Results
from quality.variety import birds_of_caption, variety

from keras_stackgan import StackGANv2
from keras_stackgan.data.painted_birds import (
    ATTRIBUTES,
    BirdSpecification,
    individual,
    make_caption,
    read_bird_attributes,
    read_painted_birds,
    write_painted_birds,
)
from keras_stackgan.evaluation import train_judges
from keras_stackgan.metrics import AttributeClassifier, FeatureExtractor, Score
from keras_stackgan.text import HashedNgramEncoder, MatchingModel

NAMES = list(ATTRIBUTES)
needs_skia = pytest.mark.skipif(
    importlib.util.find_spec("skia") is None, reason="painting needs skia-python"
)


def birds(count=60):
    return np.array([individual(index).numbers() for index in range(count)], "int32")


def stand_in_set(count=60):
    """What of an `EvaluationSet` captions are made of."""
    numbers = birds(count)
    mentioned = np.zeros(numbers.shape, bool)
    mentioned[:, NAMES.index("crown")] = mentioned[:, NAMES.index("pose")] = True

    def stated(places, rows):
        del places
        captions = [f"a {ATTRIBUTES['crown'][numbers[row, 0]]} crown" for row in rows]
        return {"captions": captions, "targets": numbers[rows], "mentioned": mentioned[rows]}

    return SimpleNamespace(
        seed=0, compared=np.arange(count), records=[None] * count, image_size=32,
        attributes=(numbers, mentioned[:, None]), stated=stated,
    )  # fmt: skip


def paint_flat(bird, seed, size):
    """A picture that holds a bird's numbers, and noise of its seed."""
    picture = np.random.default_rng(seed).integers(0, 255, (size, size, 3)).astype("uint8")
    picture[0, : len(NAMES), 0] = bird.numbers()
    return picture


def read_flat(pictures):
    return pictures[:, 0, : len(NAMES), 0].astype("int32")


class Deaf:
    """Draws one and the same picture, whatever is said."""

    output_sizes = (32,)

    def generate(self, captions, num_images=1, seed=0, batch_size=16):
        del seed, batch_size
        return np.zeros((len(captions) * num_images, 32, 32, 3), "uint8")


class TestAim:
    def test_is_met_by_its_way(self):
        aim = Aim("ratio", "judge", 0.9, 0.8, 1.0, 0.9, AT_LEAST, 10)
        assert aim.met and not aim._replace(measured=0.89).met
        assert not aim._replace(way=BELOW).met and aim._replace(way=BELOW, measured=0.5).met
        unknown = aim._replace(measured=None, low=None, high=None)
        assert unknown.met is None and unknown.cells()[2:] == [
            "no bound (10)", "at least 0.9", "not known",
        ]  # fmt: skip
        assert aim.cells()[2:] == ["0.900 [0.800, 1.000] (10)", "at least 0.9", "yes"]


class TestResults:
    def make(self, command="python a"):
        aims = [Aim("ratio", "judge", 0.91234567, 0.8, 1.0, 0.9, AT_LEAST, 10)]
        aims.append(Aim("other", "judge", None, None, None, 0.9, AT_LEAST, 10))
        scores = [Score("attribute_accuracy", kind, 0.5, 0.4, 0.6, 10, 0, "plain") for kind in "ab"]
        return Results(aims, scores, {"command": command}, "b")

    def test_card_keeps_what_others_wrote(self, tmp_path):
        path = tmp_path / "card.json"
        old = {"name": "old", "value": 1.0, "command": "python b"}
        path.write_text(json.dumps({"license": "MIT", "figures": [old]}))
        for _ in range(2):
            self.make().write_card(path)
        card = json.loads(path.read_text())
        assert card["license"] == "MIT" and card["figures"][0] == old
        assert [entry["value"] for entry in card["figures"][1:]] == [0.5, 0.9123]
        assert card["figures"][2]["name"] == "ratio, by judge (aim: at least 0.9)"
        assert card["figures"][2]["interval"] == [0.8, 1.0]
        assert [p.name for p in tmp_path.iterdir()] == ["card.json"]

    def test_what_is_no_card_is_left_alone(self, tmp_path):
        path = tmp_path / "card.json"
        path.write_text('{"no": "card"}')
        with pytest.raises(ValueError, match="`--card` must be a JSON file"):
            self.make().write_card(path)
        assert path.read_text() == '{"no": "card"}'

    def test_files_say_whether_aims_are_met(self, tmp_path):
        self.make().write(tmp_path)
        lines = [json.loads(x) for x in (tmp_path / "aims.jsonl").read_text().splitlines()]
        assert [(x["name"], x["met"], x["command"]) for x in lines] == [
            ("ratio", True, "python a"), ("other", None, "python a"),
        ]  # fmt: skip
        assert "| other | judge | no bound (10) |" in (tmp_path / "aims.md").read_text()


class TestTextFidelity:
    def test_accuracy_is_a_ratio_to_the_real_pictures(self):
        targets = birds()
        wrong = (targets + 1) % 2
        half = np.where(np.arange(60)[:, None] % 2, targets, -1)
        found = {"targets": targets, "mentioned": np.ones(targets.shape, bool)}
        for kind, reading in (("16", wrong - 5), ("32", half), ("real", targets)):
            found["reading", "judge", kind] = reading
        scores, aims = text_fidelity.accuracy(found, ["16", "32", "real"], ["judge"], 0)
        assert [aim.measured for aim in aims] == [0.0, 0.5]
        assert aims[1].low < 0.5 < aims[1].high
        values = {(score.metric, score.pictures): score.value for score in scores}
        assert values["attribute_accuracy/facing", "32"] == 0.5
        assert values["attribute_accuracy", "real"] == 1.0

    def test_a_picture_finds_its_statement(self):
        keras.utils.set_random_seed(0)
        cardinalities = {name: len(values) for name, values in ATTRIBUTES.items()}
        judge = AttributeClassifier(cardinalities, image_size=16, width=4)
        targets = birds()
        picture_vectors, text_vectors = text_fidelity.judged_pair(judge, targets)
        batch = {"targets": targets, "mentioned": np.ones(targets.shape, bool)}
        texts = text_vectors(batch)
        assert texts.sum(axis=1).tolist() == [len(NAMES)] * 60
        vectors = picture_vectors(np.zeros((3, 32, 32, 3), "uint8"))
        assert vectors.shape == (3, texts.shape[1]) and np.isfinite(vectors).all()
        found = {("texts", "pair"): texts, **batch}
        found["vectors", "pair", "real"] = texts + 0.01
        found["vectors", "pair", "32"] = np.roll(texts, 1, axis=0)
        said = text_fidelity.statements(found)
        scores, aims = text_fidelity.retrieval(found, ["32", "real"], ["pair"], said, 0)
        assert [score.value for score in scores] == [0.0, 1.0]
        assert aims[0].measured == 0.0 and aims[0].met is False

    def test_no_bound_where_nothing_is_found(self):
        nothing = np.zeros(10, bool)
        assert text_fidelity.share_ratio(~nothing, nothing, 0) == (None, None, None)


class TestVariety:
    def test_painted_birds_are_what_the_caption_says(self):
        pictures = stand_in_set()
        stated = pictures.stated(None, np.arange(3))
        found = birds_of_caption(pictures, stated, 1)
        assert len(found) == 6 and len(set(found)) == 6
        own = BirdSpecification.from_numbers(stated["targets"][1])
        assert {(bird.crown, bird.pose) for bird in found} == {(own.crown, own.pose)}

    def test_a_model_of_one_picture_has_none(self):
        def difference(first, second):
            return np.abs(first.astype("float32") - second).mean(axis=(1, 2, 3))

        arguments = (Deaf(), stand_in_set(), {"lpips": ("difference", difference)})
        scores, aims = variety(*arguments, paint_flat, "32")
        assert [aim.measured for aim in aims] == [0.0]
        values = {(score.metric, score.pictures): score.value for score in scores}
        assert values["lpips", "32"] == 0.0 and values["lpips", "real"] > 10
        assert values["lpips/one_bird", "real"] > 10
        scores, aims = variety(*arguments, None, "32")
        assert aims[0].met is None and {score.pictures for score in scores} == {"32"}


class TestWordChanges:
    def test_one_value_changes_and_the_sentence_stays(self):
        changes = word_changes.make_changes(stand_in_set(), 33)
        assert [change.attribute for change in changes] == [*word_changes.CHANGED] * 3
        for change in changes:
            before, after = (bird.numbers() for bird in change.birds)
            column = NAMES.index(change.attribute)
            assert [k for k in range(len(NAMES)) if before[k] != after[k]] == [column]
            one, other = change.captions
            assert change.attribute in one.mentioned and one.mentioned == other.mentioned
            assert one.text != other.text

    def test_what_a_pose_hides_is_not_asked_for(self):
        swimmer = next(
            bird for bird in map(individual, range(200)) if bird.pose == "swimming"
        )  # fmt: skip
        generator = np.random.default_rng(0)
        assert word_changes.change_of(swimmer, "belly", generator, "key") is None
        assert "belly" not in make_caption(swimmer, "key").mentioned

    def test_both_pictures_must_be_read_right(self):
        changes = word_changes.make_changes(stand_in_set(), 22)
        asked = [np.array([x.birds[side].numbers() for x in changes]) for side in (0, 1)]
        followed, kept, rest = word_changes.outcome(changes, asked)
        assert followed.all() and (kept == rest).all() and rest.sum() > 22
        followed, kept, rest = word_changes.outcome(changes, [asked[0], asked[0]])
        assert not followed.any() and (kept == rest).all()
        followed, kept, rest = word_changes.outcome(changes, [asked[0], asked[1] + 1])
        assert not followed.any() and not kept.any()

    def test_a_deaf_model_follows_nothing(self):
        arguments = (Deaf(), stand_in_set(), 11, {"judge": read_flat})
        _, aims, (changes, drawn) = word_changes.word_changes(
            *arguments, paint_flat, "32", bar=False
        )
        assert drawn.shape == (2, 11, 32, 32, 3) and len(changes) == 11
        assert aims[0].measured == 0.0 and aims[0].met is False
        scores, aims, _ = word_changes.word_changes(*arguments, None, "32", bar=False)
        assert [aim.met for aim in aims] == [None, None]
        assert {score.pictures for score in scores} == {"32"}


class TestRefinement:
    def test_detail_is_lost_by_enlarging(self):
        pictures = np.random.default_rng(0).integers(0, 255, (2, 16, 16, 3)).astype("uint8")
        large = np.random.default_rng(1).integers(0, 255, (2, 32, 32, 3)).astype("uint8")
        assert enlarged(large, 32) is large
        assert (fine_detail(enlarged(pictures, 32), 9) < 0.2 * fine_detail(large, 9)).all()
        assert fine_detail(np.zeros((1, 32, 32, 3), "uint8"), 4).tolist() == [0.0]

    def test_nearer_stages_fall(self):
        generator = np.random.default_rng(0)
        found = {("features", "reference"): generator.normal(size=(40, 3))}
        for kind, shift in (("16", 5.0), ("32", 1.0), ("real", 0.0)):
            found["features", kind] = generator.normal(shift, size=(40, 3))
            found["detail", kind] = np.full(40, 1.0 + shift)
        extractor = FeatureExtractor("toy", None, 3)
        scores, aims = refinement(found, ["16", "32", "real"], extractor, 32, 0)
        assert [aim.met for aim in aims] == [True] and 0 < aims[0].measured < 0.2
        details = [score.value for score in scores if score.extractor == "spectrum"]
        assert details == [6.0, 2.0, 1.0]


def test_a_given_pair_stands_before_the_judges():
    given = {"mine": (len, lambda captions: [caption.upper() for caption in captions])}
    evaluator = SimpleNamespace(pairs=given)
    pairs, of_judges = preset_quality.caption_pairs(evaluator, {}, None)
    assert pairs["mine"][1]({"captions": ["a bird"]}) == ["A BIRD"] and not of_judges
    evaluator.pairs = {}
    judges = {"judge 'plain'": SimpleNamespace(classifier=None)}
    pairs, of_judges = preset_quality.caption_pairs(evaluator, judges, stand_in_set())
    assert list(pairs) == ["judge 'plain' and known statements"] and of_judges


def parse(*arguments):
    values = flags.FlagValues()
    preset_quality.define(values)
    values(["preset_quality", *arguments])
    return values


def test_flags_that_do_not_fit_together():
    with pytest.raises(ValueError, match="--run_dir or --preset"):
        preset_quality.check(parse("--judges", "x"))
    with pytest.raises(ValueError, match="Give --judges"):
        preset_quality.check(parse("--preset", "x"))
    with pytest.raises(ValueError, match="Give --data"):
        preset_quality.check(parse("--preset", "x", "--judges", "x"))
    with pytest.raises(ValueError, match="must have judges"):
        preset_quality.check(
            parse("--preset=x", "--judges=x", "--data=x", "--extractors=fid_inception")
        )


@needs_skia
@pytest.mark.slow
def test_a_preset_is_measured(tmp_path, capsys):
    data, out = tmp_path / "birds", tmp_path / "out"
    write_painted_birds(data, count=240, size=32, split="test", workers=1, progress=False)
    records = read_painted_birds(data, "test")
    numbers, _ = read_bird_attributes(data, records)
    train_judges(
        records, tmp_path / "judges", numbers, ATTRIBUTES,
        image_size=16, width=4, epochs=1, bar=False, say=str,
    )  # fmt: skip
    model = StackGANv2(
        image_sizes=(16, 32), generator_filters=4, discriminator_filters=4, embedding_dim=8,
        conditioning_dim=6, latent_dim=5,
    )  # fmt: skip
    model.text_encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)
    model.save_to_preset(tmp_path / "preset", {})
    keras.utils.set_random_seed(0)
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)
    (tmp_path / "pair").mkdir()
    MatchingModel(encoder, dim=8, image_size=16).save(tmp_path / "pair" / "matching.keras")
    arguments = [f"--preset={tmp_path / 'preset'}", f"--data={data}", f"--out={out}", "--nobar"]
    arguments += [f"--judges={tmp_path / 'judges'}", "--extractors=judges"]
    arguments += [f"--card={tmp_path / 'card.json'}", "--num_changes=11"]
    with pytest.raises(ValueError, match="at most half of the held-out pictures, 30"):
        preset_quality.measure(parse(*arguments, "--num_pictures=31"))
    arguments += [f"--pair={tmp_path / 'pair'}", "--num_pictures=24"]
    results = preset_quality.measure(parse(*arguments))
    shown = capsys.readouterr().out
    assert "| aim | by | measured | wanted | met |" in shown and "command: " in shown
    kinds = {score.pictures for score in results.report.scores}
    assert kinds == {"16", "32", "real"}
    names = [aim.name for aim in results.aims]
    assert names.count("attribute accuracy at 32, over the real pictures'") == 2
    found = [aim.by for aim in results.aims if aim.name.startswith("R-precision (1 of 24) at ")]
    assert found == ["pair/matching.keras"] * 2
    assert names[-1] == "Frechet distance at 32, over that at 16"
    with Image.open(out / "captions.png") as sheet:
        assert sheet.size == (270 + 6 * 38, 9 * 38 + 6)
    with Image.open(out / "changes.png") as sheet:
        assert sheet.size == (270 + 2 * 38, 11 * 38 + 6)
    card = json.loads((tmp_path / "card.json").read_text())
    model.save_to_preset(tmp_path / "again", card)
