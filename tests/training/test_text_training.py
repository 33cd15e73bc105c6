"""Encoders and guides made from one's own data, and runs that are guided by them."""

import json
import signal

import numpy as np
import pytest
import toy_run

from keras_stackgan.callbacks import run_description
from keras_stackgan.cli.main import main
from keras_stackgan.metrics import AttributeMatcher
from keras_stackgan.presets import registry
from keras_stackgan.text import TextEncoder
from keras_stackgan.training import (
    RunFolder,
    StagedTraining,
    Stopped,
    building,
    load_guide,
    train_text_on_attributes,
)
from keras_stackgan.training.guides import load_features

COLORS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A folder with an encoder and a guide that know three colors, and what was said."""
    folder, said = tmp_path_factory.mktemp("text"), []
    numbers = np.arange(96) % 3
    images = np.array(list(COLORS.values()), "uint8")[numbers][:, None, None].repeat(16, 1)
    images = images.repeat(16, 2) // 2 + np.random.default_rng(0).integers(
        0, 60, (96, 16, 16, 3), "uint8"
    )
    captions = [[f"a {list(COLORS)[n]} thing", "some thing"] for n in numbers]
    mentioned = np.tile([[[True], [False]]], (96, 1, 1))
    train_text_on_attributes(
        images,
        captions,
        numbers[:, None],
        mentioned,
        {"color": 3},
        folder,
        guide_size=16,
        text_epochs=30,
        picture_epochs=6,
        say=said.append,
    )
    return folder, said


def test_encoder_and_guide_work_together(taught):
    folder, said = taught
    assert "100.0%" in said[0] and "plain classifier" in said[1]
    encoder = TextEncoder.load(folder / "text_encoder")
    guide = AttributeMatcher.load(folder / "guide")
    values, stated = guide.read(encoder(["a blue thing", "some thing"]))
    assert np.argmax(values[0][0]) == 2
    assert stated[0, 0] > 0.5 > stated[1, 0]
    pictures = np.full((3, 16, 16, 3), -1.0, "float32")
    for row in range(3):
        pictures[row, ..., row] = 0.2
    losses = [float(guide(pictures[[row]], encoder(["a blue thing"]))) for row in range(3)]
    assert np.argmin(losses) == 2


def test_a_folder_in_use_is_refused(taught):
    folder, _ = taught
    with pytest.raises(FileExistsError, match="is there already"):
        train_text_on_attributes([], [], [], [], {}, folder)


def test_a_trained_encoder_gets_a_guide_and_stays_as_it_is(taught, tmp_path):
    folder, _ = taught
    encoder, said = TextEncoder.load(folder / "text_encoder"), []
    before = encoder.fingerprint()
    numbers = np.arange(48) % 3
    images = np.array(list(COLORS.values()), "uint8")[numbers][:, None, None].repeat(16, 1)
    _, guide = train_text_on_attributes(
        images.repeat(16, 2) // 2,
        [[f"a {list(COLORS)[n]} thing"] for n in numbers],
        numbers[:, None],
        np.ones((48, 1, 1), bool),
        {"color": 3},
        tmp_path,
        encoder=encoder,
        guide_size=16,
        text_epochs=0,
        picture_epochs=1,
        say=said.append,
    )
    assert len(said) == 1 and "classifier" in said[0]
    assert encoder.fingerprint() == before
    assert TextEncoder.load(tmp_path / "text_encoder").fingerprint() == before
    values, _ = guide.read(encoder(["a blue thing", "a green thing"]))
    assert list(np.argmax(values[0], axis=-1)) == [2, 1]


def test_no_guide_for_an_encoder_that_is_new_and_does_not_learn(tmp_path):
    with pytest.raises(ValueError, match="give a trained `encoder`"):
        train_text_on_attributes([], [], [], [], {}, tmp_path, text_epochs=0)


def guided(folder, guide, steps=(2, 2), **config):
    """A toy run with a guide; its embeddings are those of random sentences."""
    settings = toy_run.settings(steps=steps)
    settings["guide"] = str(guide)
    settings["model"]["config"].update(config)
    for phase in settings["phases"]:
        phase["compile"]["matching_weight"] = 0.5
    records = toy_run.make(folder).records
    encoder = TextEncoder.load(guide.parent / "text_encoder")
    embeddings = encoder([f"a {list(COLORS)[k % 3]} thing" for k in range(8)])
    return StagedTraining(settings, folder / "run", records, embeddings, say=lambda line: None)


def test_guided_runs_take_a_copy_of_the_guide_and_go_on_without_the_original(taught, tmp_path):
    guide = tmp_path / "text" / "guide"
    for name in ("guide", "text_encoder"):
        source = taught[0] / name
        target = tmp_path / "text" / name
        target.mkdir(parents=True)
        for file in source.iterdir():
            (target / file.name).write_bytes(file.read_bytes())
    run = guided(tmp_path, guide)
    model = run.fit()
    assert model.recipe.matching_weight == 0.5
    lines = (tmp_path / "run" / "stats.jsonl").read_text().splitlines()
    assert all(json.loads(line)["matching_loss"] > 0 for line in lines)
    for file in guide.iterdir():
        file.unlink()
    again = guided(tmp_path, guide)
    assert again.fit().step == model.step
    assert RunFolder(tmp_path / "run").steps_done() == {"first": 2, "second": 2}


def test_a_guided_run_goes_on_where_it_was_moved_to(taught, tmp_path):
    run = guided(tmp_path, taught[0] / "guide")
    run.callbacks.append(toy_run.SignalAt(signal.SIGTERM, 3))
    with pytest.raises(Stopped):
        run.fit()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").rename(tmp_path / "elsewhere" / "run")
    assert guided(tmp_path / "elsewhere", taught[0] / "guide").fit().step == 2


def test_a_state_tells_guides_by_what_they_are_not_where(taught):
    def described(**config):
        guide = {"class_name": "AttributeMatcher", "config": config}
        return run_description.reduced({"model": {}, "compile": {"matcher": guide}, "data": {}})

    first = described(directory="here", fingerprint="1")
    moved, other = described(fingerprint="1"), described(directory="here", fingerprint="2")
    assert not list(run_description.differences(first, moved))
    (difference,) = run_description.differences(first, other)
    assert "fingerprint was '1', now '2'" in difference


def test_discriminators_look_through_the_guide_where_a_run_says_so(taught, tmp_path):
    guide = taught[0] / "guide"
    model = guided(tmp_path, guide, discriminator_features="guide").fit()
    own = AttributeMatcher.load(guide).classifier.feature_maps().get_weights()
    again = RunFolder(tmp_path / "run").load_model()
    for each in (*model.discriminators, *again.discriminators):
        for ours, theirs in zip(each.frozen_features.get_weights(), own, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    run = guided(tmp_path / "without", guide, discriminator_features="guide")
    del run.config["guide"]
    assert building.make_model(run.config["model"], {}).discriminator_features is None


def test_features_of_anything_but_the_guide_are_one_clear_error(taught, tmp_path):
    run = guided(tmp_path, taught[0] / "guide", discriminator_features="resnet")
    with pytest.raises(ValueError, match="`discriminator_features` must be"):
        run.fit()
    assert not (tmp_path / "run").exists()


def test_a_guide_that_is_none_is_one_clear_error(taught, tmp_path):
    run = toy_run.make(tmp_path)
    run.config["guide"] = str(tmp_path / "nothing")
    with pytest.raises(ValueError, match="must be a folder, as `keras-stackgan train_text`"):
        run.fit()


def test_train_text_by_pictures(tmp_path, capsys):
    flowers, out = str(tmp_path / "flowers"), str(tmp_path / "text")
    assert main(["prepare", "toy_flowers", "--out", flowers, "--count", "12", "--size", "16"]) == 0
    arguments = ["--data", flowers, "--out", out, "--image_size", "16", "--epochs", "1"]
    assert main(["train_text", *arguments]) == 0
    assert "--guide" in capsys.readouterr().out
    encoder = TextEncoder.load(tmp_path / "text" / "text_encoder")
    model = building.make_model(
        {
            "class_name": "StackGANv2",
            "config": {
                "image_sizes": (16,),
                "generator_filters": 4,
                "discriminator_filters": 4,
                "embedding_dim": encoder.dim,
            },
        },
        {},
    )
    sides = [tuple(x.shape[1:]) for x in load_features(tmp_path / "text" / "guide").outputs]
    assert [side[0] for side in sides] == [16, 8]
    matcher = load_guide(tmp_path / "text" / "guide", model)
    pictures = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 3)).astype("float32")
    assert float(matcher(pictures, encoder(["a", "b", "c", "d"]))) > 0
    assert main(["train_text", *arguments]) == 2
    assert "is there already" in capsys.readouterr().err


@pytest.mark.slow
def test_train_text_by_attributes(tmp_path, capsys):
    pytest.importorskip("skia")
    birds = str(tmp_path / "birds")
    assert main(["prepare", "painted_birds", "--out", birds, "--count", "40", "--size", "32"]) == 0
    arguments = ["--data", birds, "--source", "painted_birds", "--by", "attributes"]
    arguments += ["--out", str(tmp_path / "text"), "--image_size", "32", "--epochs", "1"]
    assert main(["train_text", *arguments]) == 0
    assert AttributeMatcher.load(tmp_path / "text" / "guide").kernel.shape[0] == 128
    assert "The encoder tells" in capsys.readouterr().out
    # For a preset's encoder, which stays as it is.
    preset, out = "stackgan_v2_painted_birds_256", tmp_path / "guide"
    assert main(["train_text", *arguments, "--text_encoder", preset, "--out", str(out)]) == 0
    kept = TextEncoder.load(registry.find(preset) / "text_encoder")
    assert TextEncoder.load(out / "text_encoder").fingerprint() == kept.fingerprint()
    assert "The encoder tells" not in capsys.readouterr().out


def test_pictures_make_a_guide_for_a_trained_encoder(tmp_path):
    flowers = str(tmp_path / "flowers")
    assert main(["prepare", "toy_flowers", "--out", flowers, "--count", "12", "--size", "16"]) == 0
    preset, out = "stackgan_v2_flowers_128", tmp_path / "guide"
    arguments = ["--data", flowers, "--out", str(out), "--image_size", "16", "--epochs", "2"]
    assert main(["train_text", *arguments, "--text_encoder", preset]) == 0
    kept = TextEncoder.load(registry.find(preset) / "text_encoder")
    assert TextEncoder.load(out / "text_encoder").fingerprint() == kept.fingerprint()
    assert [output.shape[1] for output in load_features(out / "guide").outputs] == [16, 8]


def test_attributes_need_a_data_set_that_knows_them(capsys):
    arguments = ["--data", "x", "--out", "y", "--by", "attributes"]
    assert main(["train_text", *arguments]) == 2
    assert "--source=painted_birds" in capsys.readouterr().err
