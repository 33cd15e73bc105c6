"""Judges trained and a run measured from the command line, at toy size."""

import json

import pytest
from PIL import Image

from keras_stackgan.cli.main import main

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
    shown = capsys.readouterr().out
    assert "| measure | by | generated | real |" in shown and "Inception Score" in shown
    lines = [json.loads(line) for line in (out / "scores.jsonl").read_text().splitlines()]
    found = {(line["metric"], line["pictures"]): line for line in lines}
    assert found["frechet_distance", "generated"]["n"] == 24
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
