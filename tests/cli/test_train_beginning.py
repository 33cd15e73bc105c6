"""`train --begin_from`: a run that goes on from another's generator, or a preset's."""

import json

import numpy as np
from PIL import Image

from keras_stackgan.cli.main import main
from keras_stackgan.data import write_toy_flowers
from keras_stackgan.training import RunFolder

TOY = ["--batch_size", "4", "--stats_every", "1"]
BIRDS = "stackgan_v2_painted_birds_256"


def dry_run(capsys, *arguments):
    assert main(["train", "--dry_run", "--recipe", "captions_cpu", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_generator_is_the_presets_and_the_rest_the_recipes(capsys):
    config = dry_run(capsys, "--begin_from", BIRDS, "--discriminator_filters", "8")
    assert config["begin_from"] == BIRDS
    model = config["model"]["config"]
    assert model["image_sizes"] == [64, 128, 256] and model["generator_normalization"] == "bias"
    assert model["image_skips"] is True and model["generator_filters"] == 32
    assert model["discriminator_filters"] == 8 and model["discriminator_conditioning_dim"] == 64
    assert "dtype" not in model
    assert config["text"]["encoder"].endswith(f"{BIRDS}/text_encoder")


def test_discriminators_learn_alone_before_each_stage(capsys):
    config = dry_run(capsys, "--begin_from", BIRDS, "--image_sizes", "64,128", "--steps", "9,8")
    phases = {phase["name"]: phase for phase in config["phases"]}
    assert list(phases) == ["stage_1_judges", "stage_1", "stage_2_judges", "stage_2"]
    assert [phase["steps"] for phase in phases.values()] == [300, 9, 300, 8]
    assert [phase["stages"] for phase in phases.values()] == [1, 1, 2, 2]
    rates = [phase["optimizer"]["learning_rate"] for phase in phases.values()]
    assert rates == [0.0, 5e-4, 0.0, 5e-4]
    judges = phases["stage_2_judges"]
    assert judges["discriminator_optimizer"] == phases["stage_2"]["optimizer"]
    assert judges["compile"] == phases["stage_2"]["compile"]


def test_how_long_discriminators_learn_alone(capsys):
    begin = ["--begin_from", BIRDS, "--image_sizes", "64,128", "--steps", "9"]
    config = dry_run(capsys, *begin, "--judges_alone", "12")
    assert [phase["steps"] for phase in config["phases"]] == [12, 9, 12, 9]
    config = dry_run(capsys, *begin, "--judges_alone", "0")
    assert [phase["name"] for phase in config["phases"]] == ["stage_1", "stage_2"]
    assert main(["train", "--dry_run", "--judges_alone", "12"]) == 2
    assert "`--judges_alone` needs --begin_from" in capsys.readouterr().err


def test_v1_has_its_own_recipes(capsys):
    flags = ["--begin_from", "stackgan_v1_painted_birds_256"]
    assert main(["train", "--dry_run", "--recipe", "captions_cpu", *flags]) == 2
    assert "a StackGANv1; give a --recipe of that" in capsys.readouterr().err
    recipe = ["--recipe", "stackgan_v1_painted_birds_256"]
    assert main(["train", "--dry_run", *recipe, *flags]) == 0
    config = json.loads(capsys.readouterr().out)
    stages = [phase["compile"]["stage"] for phase in config["phases"]]
    alone = [phase["optimizer"]["learning_rate"] == 0.0 for phase in config["phases"]]
    assert stages[0] == 1 and stages[-1] == 2 and sum(alone) == 2
    assert alone[0] and alone[stages.index(2)]


def test_one_size_of_v1_leaves_out_stage2_alone(capsys):
    recipe = ["--recipe", "stackgan_v1_painted_birds_256", "--image_sizes", "64"]
    assert main(["train", "--dry_run", *recipe]) == 0
    config = json.loads(capsys.readouterr().out)
    assert [phase["name"] for phase in config["phases"]] == ["stage_1", "stage_1_guided"]


def test_a_source_that_is_none_is_one_line(capsys, tmp_path):
    assert main(["train", "--dry_run", "--begin_from", str(tmp_path / "nowhere")]) == 2
    shown = capsys.readouterr().err
    assert (
        "must be the folder of a run, the directory of a preset" in shown and shown.count("\n") == 1
    )


def test_a_run_begins_with_another_and_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_toy_flowers("flowers", count=8, size=16)
    narrow = ["--generator_filters", "4", "--discriminator_filters", "4"]
    first = ["--data", "flowers", "--image_sizes", "16", "--steps", "1", *narrow, *TOY]
    assert main(["train", "--run_dir", "first", *first, "--text_encoder", "hashed_ngrams"]) == 0
    # Sizes are picked for the machine, but not those that the beginning decides.
    second = ["--data", "flowers", "--steps", "1", "--discriminator_filters", "4", *TOY]
    second += ["--judges_alone", "1"]
    assert main(["train", "--run_dir", "second", *second, "--begin_from", "first"]) == 0
    run = RunFolder("second")
    assert run.steps_done() == {"stage_1_judges": 1, "stage_1": 1}
    assert run.load_model().text_encoder.fingerprint() == (
        RunFolder("first").load_text_encoder().fingerprint()
    )
    resume = ["train", "--run_dir", "second", "--resume", "--begin_from", "first"]
    assert main([*resume, "--judges_alone", "2"]) == 2
    assert "phases[0].steps was 1, now 2" in capsys.readouterr().err
    assert main([*resume, "--more_steps", "1"]) == 0
    draw = ["generate", "--run_dir", "second", "--caption", "a red flower", "--out", "drawn"]
    assert main(draw) == 0
    (picture,) = (tmp_path / "drawn").glob("*.png")
    with Image.open(picture) as drawn:
        assert np.asarray(drawn).std() > 0
    capsys.readouterr()
    other = ["--text_encoder", "hashed_ngrams", "--seed", "7"]
    arguments = ["train", "--run_dir", "third", *second, "--begin_from", "first", *other]
    assert main(arguments) == 2
    assert "understands the text encoder that it was trained with" in capsys.readouterr().err
    assert not (tmp_path / "third" / "config.json").exists()
