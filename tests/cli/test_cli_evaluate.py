"""Judges trained and a run measured from the command line, at toy size."""

import json
import shutil
from types import SimpleNamespace

import pytest
from PIL import Image

from keras_stackgan.cli import evaluation_data
from keras_stackgan.cli.main import main
from keras_stackgan.data import class_names, sources, write_toy_flowers
from keras_stackgan.evaluation.seen_pictures import picture_digest

TOY = ["--image_sizes", "32", "--steps", "2", "--batch_size", "4"]
TOY += ["--generator_filters", "4", "--discriminator_filters", "4"]
TOY += ["--text_encoder", "hashed_ngrams", "--sample_caption", "a red flower"]


def refused(capsys, *arguments):
    """Runs what must fail, and returns its one line."""
    assert main(list(arguments)) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("keras-stackgan: ")
    return lines[0]


@pytest.mark.slow
def test_a_run_is_measured(tmp_path, capsys):
    flowers, judges = str(tmp_path / "flowers"), str(tmp_path / "judges")
    run, out = str(tmp_path / "run"), tmp_path / "out"
    assert main(["prepare", "toy_flowers", "--out", flowers, "--count", "80", "--size", "32"]) == 0
    learn = ["--image_size", "16", "--width", "4", "--epochs", "1"]
    assert main(["train-classifier", "--data", flowers, "--out", judges, *learn]) == 0
    assert main(["train", "--data", flowers, "--run_dir", run, *TOY]) == 0
    measure = ["--run_dir", run, "--data", flowers, "--split", "all", "--judges", judges]
    measure += ["--num_pictures", "24", "--training_split", "train", "--nomap"]
    capsys.readouterr()
    assert main(["evaluate", *measure, "--out", str(out)]) == 0
    shown, noted = capsys.readouterr()
    assert "Note: 80 of 80 pictures measured were trained on by the model." in noted
    assert "Note: 72 of 80 pictures measured were trained on by the judges." in noted
    assert "80 of 80 pictures measured were trained on" in (out / "scores.md").read_text()
    assert "| measure | by | generated | real |" in shown and "Inception Score" in shown
    lines = [json.loads(line) for line in (out / "scores.jsonl").read_text().splitlines()]
    found = {(line["metric"], line["pictures"]): line for line in lines}
    assert found["frechet_distance", "generated"]["n"] == 24
    assert lines[0]["judges_trained_on"].startswith("72 of 80 pictures measured")
    assert found["frechet_distance", "real"]["n"] == 40
    assert found["frechet_distance", "real"]["value"] >= 0
    assert {line["extractor"].split("-")[0] for line in lines} == {"plain", "separable", "ms"}
    with Image.open(out / "neighbors.png") as picture:
        assert picture.size == (7 * 32 + 8, 8 * 32)
    again = tmp_path / "again"
    arguments = [*measure, "--out", str(again), "--cache_dir", str(out / "real_features")]
    assert main(["evaluate", *arguments]) == 0
    assert (again / "scores.jsonl").read_text() == (out / "scores.jsonl").read_text()


def test_errors_of_the_user_are_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "--data" in refused(capsys, "train_classifier")
    assert "--run_dir or --preset" in refused(capsys, "evaluate", "--judges", "nowhere")
    line = refused(capsys, "evaluate", "--run_dir", "x", "--extractors", "clip")
    assert "must be of judges, fid_inception" in line
    assert "Give --judges" in refused(capsys, "evaluate", "--run_dir", "x")
    (tmp_path / "judges").mkdir()
    arguments = ["train-classifier", "--data", "x", "--out", "judges"]
    assert "must not exist yet" in refused(capsys, *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["judges"]


def test_dry_run_shows_what_is_meant(capsys):
    arguments = ["--run_dir", "x", "--judges", "y", "--extractors", "judges,fid_inception_at_64"]
    assert main(["evaluate", "--dry_run", *arguments]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["extractors"] == ["judges", "fid_inception_at_64"] and shown["split"] == "test"


@pytest.fixture(scope="module")
def flowers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "flowers"
    write_toy_flowers(folder, count=60, size=16)
    return folder


def asked_of(flowers, tmp_path, split, **options):
    """Flags of `evaluate` for a run that was trained on a split of the flowers."""
    data = {"source": "folder", "folder": str(flowers), "split": split, "options": {}, **options}
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text(json.dumps({"format": 1, "data": data}))
    return SimpleNamespace(
        run_dir=str(tmp_path / "run"), data=str(flowers), source="folder", split="test",
        judges=None, num_pictures=None, seed=0,
    )  # fmt: skip


def read(folder, split):
    return sources.get("folder").read(folder, split)


class TestWhatWasTrainedOn:
    def test_is_counted(self, flowers, tmp_path):
        test = read(flowers, "test")
        for split, count in (("all", len(test)), ("train", 0), ("test", len(test))):
            (tmp_path / split).mkdir()
            values = asked_of(flowers, tmp_path / split, split)
            _, trained = evaluation_data.run_data(values)
            assert evaluation_data.seen(values, test, trained) == {
                "trained_on": (
                    count,
                    f"{count} of {len(test)} pictures measured were trained on by the model",
                )
            }

    def test_is_counted_for_judges(self, flowers, tmp_path):
        test = read(flowers, "test")
        values = asked_of(flowers, tmp_path, "train")
        values.run_dir, values.judges = None, str(tmp_path)
        about = tmp_path / "judges.json"
        about.write_text(json.dumps({"trained_on": [picture_digest(test[0]), "0" * 16]}))
        assert evaluation_data.seen(values, test, None)["judges_trained_on"][0] == 1
        # Judges of before this was kept.
        about.write_text("{}")
        count, said = evaluation_data.seen(values, test, None)["judges_trained_on"]
        assert count is None and said.startswith("it is not known how many of")

    def test_may_have_moved(self, flowers, tmp_path):
        values = asked_of(tmp_path / "absent", tmp_path, "all")
        values.data = str(flowers)
        assert len(evaluation_data.run_data(values)[1]) == 60
        values.source = "class_folder"
        settings, trained = evaluation_data.run_data(values)
        assert trained is None and settings["split"] == "all"
        assert evaluation_data.seen(values, [], trained)["trained_on"][0] is None


class TestClassNumbers:
    def test_are_those_of_the_runs_own_split(self, flowers, tmp_path):
        folder = tmp_path / "flowers"
        shutil.copytree(flowers, folder)
        names = sorted(record.file for record in read(folder, "test"))
        path = folder / "captions.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            # A class of which no picture is in the training split.
            line["label"] = "aster" if line["file"] == names[0] else line["label"]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        values = asked_of(folder, tmp_path, "train")
        settings, trained = evaluation_data.run_data(values)
        expected = class_names(read(folder, "train"))
        model = SimpleNamespace(num_classes=len(expected), takes_boxes=False, output_sizes=(16,))
        found = evaluation_data._class_names(values, model, settings, trained)
        assert found == expected and "aster" not in found
        # Of a preset: the split that has as many.
        assert evaluation_data._class_names(values, model, None, None) == expected
        values.split = "all"
        with pytest.raises(ValueError, match="hold the label of every record. It lacks: aster"):
            evaluation_data.evaluation_set(values, model, settings, trained)
        model.num_classes = 99
        with pytest.raises(ValueError, match=f"Received: 99 classes, {len(expected)} labels"):
            evaluation_data.evaluation_set(values, model, settings, trained)

    def test_are_those_that_the_settings_name(self, flowers, tmp_path):
        values = asked_of(flowers, tmp_path, "all", batches={"class_names": ["b", "a"]})
        model = SimpleNamespace(num_classes=2)
        given = evaluation_data.run_data(values)
        assert evaluation_data._class_names(values, model, *given) == ["b", "a"]
