"""From a run to a preset on the command line."""

import json

import numpy as np
import pytest

import keras_stackgan
from keras_stackgan.cli.main import main
from keras_stackgan.training import RunFolder

TOY = ["--image_sizes", "16", "--steps", "2", "--batch_size", "4", "--generator_filters", "4"]
TOY += ["--discriminator_filters", "4", "--text_encoder", "hashed_ngrams"]


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("save_preset")
    flowers = str(folder / "flowers")
    assert main(["prepare", "toy_flowers", "--out", flowers, "--count", "8", "--size", "16"]) == 0
    assert main(["train", "--data", flowers, "--run_dir", str(folder / "run"), *TOY]) == 0
    return folder / "run"


def test_a_run_becomes_a_preset(run_dir, tmp_path, capsys):
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"description": "Tiny flowers.", "training": {"hours": 0.1}}))
    out = tmp_path / "preset"
    arguments = ["--run_dir", str(run_dir), "--out", str(out), "--recalibrate", "3"]
    assert main(["save_preset", *arguments, "--metadata", str(card), "--include_training"]) == 0
    assert "gray levels at 16" in capsys.readouterr().out
    metadata = json.loads((out / "metadata.json").read_text())
    assert metadata["description"] == "Tiny flowers."
    assert metadata["training"] == {"steps": {"stage_1": 2}, "hours": 0.1}
    model = keras_stackgan.from_preset(out, trainable=True)
    assert model.generate("a red flower").shape == (1, 16, 16, 3)
    assert (out / "training.weights.h5").is_file()


def test_recalibration_changes_the_pictures(run_dir, tmp_path):
    pictures = []
    for steps in ("0", "5"):
        out = tmp_path / steps
        arguments = ["--run_dir", str(run_dir), "--out", str(out), "--recalibrate", steps]
        assert main(["save_preset", *arguments]) == 0
        pictures.append(keras_stackgan.from_preset(out).generate("a red flower"))
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() > 0


def test_a_card_that_is_no_object_is_one_clear_error(run_dir, tmp_path, capsys):
    card = tmp_path / "card.json"
    card.write_text("[1, 2]")
    arguments = ["--run_dir", str(run_dir), "--out", str(tmp_path / "x"), "--metadata", str(card)]
    assert main(["save_preset", *arguments]) == 2
    assert "must be a JSON file with one object" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("card", "said"), [({"licence": "MIT"}, "licence"), ({"training": "an hour"}, "no dict")]
)
def test_a_wrong_card_is_refused_at_once(run_dir, tmp_path, monkeypatch, capsys, card, said):
    monkeypatch.setattr(RunFolder, "load_model", lambda folder: pytest.fail("too late"))
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card))
    arguments = ["--run_dir", str(run_dir), "--out", str(tmp_path / "x"), "--metadata", str(path)]
    assert main(["save_preset", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_what_holds_something_else_is_refused_at_once(run_dir, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(RunFolder, "load_model", lambda folder: pytest.fail("too late"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert main(["save_preset", "--run_dir", str(run_dir), "--out=~/mine"]) == 2
    assert "which holds something else" in capsys.readouterr().err


def test_a_first_stage_gets_the_later_ones_of_another(run_dir, tmp_path, capsys):
    grown = ["--data", str(run_dir.parent / "flowers"), "--run_dir", str(tmp_path / "grown")]
    assert main(["train", *grown, *TOY, "--image_sizes", "16,32", "--learning_rate", "0.05"]) == 0
    out = str(tmp_path / "joined")
    join = ["save_preset", "--run_dir", str(run_dir), "--out", out, "--recalibrate", "0"]
    assert main([*join, "--later_stages", str(tmp_path / "grown")]) == 0
    first = RunFolder(run_dir).load_model().generate("a red flower", seed=1)
    whole = (
        RunFolder(tmp_path / "grown").load_model().generate("a red flower", seed=1, stages="all")
    )
    joined = keras_stackgan.from_preset(out).generate("a red flower", seed=1, stages="all")
    assert [pictures.shape[1] for pictures in joined] == [16, 32]
    # float16 on disk rounds them.
    np.testing.assert_allclose(joined[0].astype(int), first, atol=2)
    assert np.abs(joined[0].astype(int) - whole[0]).max() > 9
    capsys.readouterr()
    both = [*join, "--later_stages", str(tmp_path / "grown"), "--include_training"]
    assert main(both) == 2
    assert "Leave one out" in capsys.readouterr().err
