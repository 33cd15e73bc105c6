"""The command line, called in this process at toy size."""

import dataclasses
import importlib
import json
import os
import re
import shutil
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan import StackGANv2, from_preset
from keras_stackgan.cli.main import COMMANDS, main, run
from keras_stackgan.data.records import LAYOUT
from keras_stackgan.text import HashedNgramEncoder
from keras_stackgan.training import RunFolder

TOY = ["--image_sizes", "16", "--steps", "3", "--batch_size", "4"]
TOY += ["--generator_filters", "4", "--discriminator_filters", "4"]
TOY += ["--text_encoder", "hashed_ngrams", "--stats_every", "1", "--sample_caption", "a red flower"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with painted flowers and a finished run."""
    folder = tmp_path_factory.mktemp("cli")
    flowers = str(folder / "flowers")
    assert main(["prepare", "toy_flowers", "--out", flowers, "--count", "12", "--size", "16"]) == 0
    assert main(["train", "--data", flowers, "--run_dir", str(folder / "run"), *TOY]) == 0
    return folder


def refused(capsys, *arguments):
    """Runs what must fail, and returns its one line."""
    assert main(list(arguments)) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("keras-stackgan: ")
    return lines[0]


def test_without_a_text_encoder_one_is_trained_on_the_captions(place, capsys):
    run_dir = place / "taught"
    toy = [word for word in TOY if word not in ("--text_encoder", "hashed_ngrams")]
    assert main(["train", "--data", str(place / "flowers"), "--run_dir", str(run_dir), *toy]) == 0
    assert "Training a text encoder" in capsys.readouterr().err
    config = json.loads((run_dir / "config.json").read_text())
    taught = Path(config["text"]["encoder"])
    assert taught.name == "text_encoder" and taught.parent.parent == run_dir / "text"
    arguments = ["--run_dir", str(run_dir), "--caption", "a red flower"]
    assert main(["generate", *arguments, "--out", str(place / "taught_pictures")]) == 0
    assert main(["train", "--run_dir", str(run_dir), "--resume"]) == 0


# === The process ===


@pytest.mark.parametrize("given, seen", [(None, "false"), ("true", "true")])
def test_prepared_convolutions_are_kept_unless_the_user_says_otherwise(monkeypatch, given, seen):
    name, found = "TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE", []
    # Set first, so that what `main` sets is taken back too.
    monkeypatch.setenv(name, "")
    monkeypatch.delenv(name) if given is None else monkeypatch.setenv(name, given)
    info = importlib.import_module("keras_stackgan.cli.info")
    watched = dataclasses.replace(info.COMMAND, run=lambda *args: found.append(os.environ[name]))
    monkeypatch.setattr(info, "COMMAND", watched)
    assert main(["info"]) == 0
    assert found == [seen]


def test_what_an_error_leaves_over_is_deleted_before_the_process_ends(monkeypatch, capsys):
    class Pipeline:
        pass

    left = []

    def fail():
        pipeline = Pipeline()
        pipeline.itself = pipeline
        left.append(weakref.ref(pipeline))
        raise RuntimeError("a fault of the program")

    monkeypatch.setattr("keras_stackgan.cli.main.main", fail)
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 1 and left[0]() is None
    assert "RuntimeError: a fault of the program" in capsys.readouterr().err


# === Help and errors ===


def test_help_names_every_command(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in shown
        assert main([name, "--help"]) == 0
        own = capsys.readouterr().out
        assert "Examples:" in own and f"keras-stackgan {name}" in own
        assert "--[no]dry_run" in own and "--[no]debug" in own


def test_help_shows_defaults_and_how_often_flags_may_be_given(capsys):
    assert main(["generate", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--seed: Of the noise. (default: 0)" in shown and "repeat this option" not in shown
    assert main(["train", "--help"]) == 0
    assert "the data's. May be given several times.\n" in capsys.readouterr().out


def test_steps_of_rank_have_help_of_their_own(capsys):
    assert main(["rank", "serve", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "  keras-stackgan rank serve [flags]" in shown and "--port" in shown
    assert "--captions" not in shown and "rank report" not in shown


def test_examples_of_the_help_parse():
    for name in COMMANDS:
        command = importlib.import_module(f"keras_stackgan.cli.{name}").COMMAND
        for example in command.examples:
            words = example.split("#")[0].rstrip("\\").split()[2:]
            if '"' not in example and "'" not in example and words[:1] != ["--caption_template"]:
                command.parse(words)


def test_without_a_command_it_says_how(capsys):
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sing"], "Unknown command 'sing'. It must be one of prepare, audit"),
        (["trian"], "Unknown command 'trian'. Did you mean 'train'?"),
        (["rank"], "`rank` needs what to do: prepare, serve, report. See --help."),
        (["rank", "sreve"], "Received: 'sreve'. Did you mean 'serve'?"),
        (["prepare", "toyflowers"], "Did you mean 'toy_flowers'?"),
        (
            ["evaluate", "--preset", "x", "--data", "x", "--judges", "nosuch"],
            "`--judges` must be the folder that train_classifier wrote. Received: 'nosuch'",
        ),
        (["train"], "--data"),
        (["train", "--colour", "red"], "colour"),
        (["train", "more"], "Unexpected argument 'more'"),
        (["train", "--recipe", "nothing", "--dry_run"], "Received: 'nothing'"),
        (["train", "--dry_run", "--steps", "1,2"], "--steps"),
        (["train", "--dry_run", "--steps", "many"], "whole numbers"),
        (["train", "--dry_run", "--batch_size", "0"], "batch_size"),
        (["train", "--dry_run", "--recipe", "captions_cpu", "--set", "a.b=1"], "--set"),
        (["generate", "--caption", "a red bird"], "--run_dir or --preset"),
        (["generate", "--run_dir", "nowhere", "--caption", "a"], "must be the folder of a run"),
        (["generate", "--run_dir", "nowhere", "--stages", "some"], "--stages"),
        (["generate", "--run_dir", "nowhere", "--stages", "²"], "--stages` must be last"),
        (["generate", "--preset", "nowhere", "--caption", "a"], "nowhere"),
        (
            ["generate", "--run_dir", "x", "--box", "0,0,1"],
            "left,top,width,height. Received: '0,0,1'",
        ),
        (
            ["publish", "--preset", "x", "--folder", "f", "--name", "n", "--box", "all"],
            "four numbers",
        ),
        (["prepare"], "folder, tfds. See --help."),
        (["prepare", "cub"], "Nothing is downloaded"),
        (["prepare", "cub", "--data", "nowhere"], "nowhere"),
        (["prepare", "toy_flowers"], "--out"),
        (["prepare", "toy_flowers", "--out", "f", "--hybrids", "0.5"], "takes no --hybrids"),
        (["audit"], "--data"),
        (["info", "nothing"], "Received: 'nothing'"),
    ],
)
def test_an_error_of_the_user_is_one_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in refused(capsys, *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["encode", "--text_encoder", "hashed_ngrams"],
        ["prepare", "folder"],
        ["train", "--run_dir", "run"],
    ],
)
@pytest.mark.parametrize("made, line", [(False, "does not exist."), (True, "No captions.jsonl or")])
def test_a_data_folder_of_another_form_is_told_the_form(
    capsys, tmp_path, monkeypatch, arguments, made, line
):
    monkeypatch.chdir(tmp_path)
    if made:
        (tmp_path / "mine").mkdir()
    whole = ["--recipe", "captions_cpu"] if arguments[0] == "train" else []
    code = main([*arguments, *whole, "--data", "mine"])
    shown = capsys.readouterr().err
    # An audit looks at folders without captions: it finds no pictures.
    said = "holds no pictures" if arguments[0] == "audit" and made else line
    assert code == 2 and said in shown
    assert LAYOUT in shown and shown.count("The folder wanted:") == 1


def test_debug_shows_the_traceback(tmp_path):
    with pytest.raises(FileNotFoundError):
        main(["audit", "--data", str(tmp_path / "nowhere"), "--debug"])


@pytest.mark.parametrize("kind", ["cub", "flowers", "coco", "lsun_bedroom", "imagenet_dog"])
def test_prepare_says_how_to_get_files(capsys, kind):
    assert main(["prepare", kind]) == 2
    shown = capsys.readouterr().out
    assert re.search(r"https?://", shown) and "License" in shown and "FOLDER" in shown


# === Configuration ===


def dry_run(capsys, *arguments):
    assert main(["train", "--dry_run", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_guide_has_a_weight_in_every_recipe(capsys):
    def weights(recipe):
        config = dry_run(capsys, "--recipe", recipe, "--guide", "runs/text/guide")
        assert config["guide"] == "runs/text/guide"
        return [phase["compile"].get("matching_weight") for phase in config["phases"]]

    assert set(weights("captions_cpu")) == {0.5}
    assert weights("stackgan_v2_painted_birds_256")[:2] == [0.7, 2.0]


def test_dry_run_resolves_flags(capsys):
    config = dry_run(
        capsys,
        *("--recipe", "captions_cpu", "--image_sizes", "16,32", "--steps", "7,5", "--noflip"),
        *("--learning_rate", "0.1", "--set", "phases.1.compile.r1_weight=0.25", "--seed", "3"),
    )
    assert config["model"]["config"]["image_sizes"] == [16, 32]
    assert [phase["steps"] for phase in config["phases"]] == [7, 5]
    assert [phase["optimizer"]["learning_rate"] for phase in config["phases"]] == [0.1, 0.1]
    assert config["phases"][1]["compile"]["r1_weight"] == 0.25
    assert config["data"]["batches"] == {"flip": False} and config["run"]["seed"] == 3


def test_sizes_are_picked_for_the_machine_and_the_pictures(capsys, place):
    data = ("--data", str(place / "flowers"))
    assert main(["train", "--dry_run", *data, "--generator_filters", "8"]) == 0
    shown = capsys.readouterr()
    config = json.loads(shown.out)
    # What was given was not picked.
    assert ". Picked: --discriminator_filters " in shown.err
    assert " --image_sizes 16,32 --batch_size " in shown.err and "--generator" not in shown.err
    # Pictures of 16 pixels make no stage of 64.
    assert config["model"]["config"]["image_sizes"] == [16, 32]
    assert config["model"]["config"]["generator_filters"] == 8
    assert "core" in config["machine"] and config["phases"][0]["batch_size"] >= 16


def test_published_recipes_take_flags_of_their_form(capsys):
    config = dry_run(capsys, "--recipe", "stackgan_v1_cub", "--image_sizes", "32,128")
    assert config["model"]["config"]["image_size"] == 128
    config = dry_run(capsys, "--recipe", "stackgan_v2_cub", "--image_sizes", "64,128")
    assert config["phases"][0]["stages"] == 2
    config = dry_run(capsys, "--recipe", "dcgan_lsun_bedroom", "--image_sizes", "128")
    assert config["model"]["config"]["image_size"] == 128
    assert main(["train", "--dry_run", "--recipe", "gawwn_cub", "--image_sizes", "64,128"]) == 2
    assert "GAWWN has one" in capsys.readouterr().err
    assert main(["train", "--dry_run", "--recipe", "stackgan_v2_cub", "--flip"]) == 2


# === The whole way ===


def test_the_run_is_whole(place, capsys):
    run = place / "run"
    config = json.loads((run / "config.json").read_text())
    assert config["recipe"] == "captions_cpu" and len(config["phases"]) == 1
    assert config["model"]["config"]["embedding_dim"] == 128
    assert len((run / "stats.jsonl").read_text().splitlines()) == 3
    with Image.open(run / "samples" / "stage_1" / "0000003_16.png") as grid:
        assert grid.size == (8 * 16, 16)
    assert main(["info", str(run)]) == 0
    assert "stage_1: 3 of 3 steps" in capsys.readouterr().out


def test_a_finished_run_is_refused_or_gone_on_with(place, capsys):
    run = str(place / "run")
    data = ["--data", str(place / "flowers"), "--run_dir", run]
    assert "holds a run already (stage_1 at step 3)" in refused(capsys, "train", *data, *TOY)
    more = refused(capsys, "train", "--run_dir", run, "--data", "x", "--more_steps", "2")
    assert more.endswith("add --resume.")
    line = refused(capsys, "train", "--run_dir", run, "--resume", "--batch_size", "8")
    assert "batch_size was 4, now 8" in line
    before = {path: path.stat().st_mtime_ns for path in (place / "run").rglob("*.npz")}
    assert main(["train", "--run_dir", run, "--resume", *TOY]) == 0
    assert {path: path.stat().st_mtime_ns for path in (place / "run").rglob("*.npz")} == before


def test_a_run_that_has_ended_gets_more_steps(place, capsys, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(place / "run", run)
    more = ["train", "--run_dir", str(run), "--resume", "--more_steps", "2"]
    before = (run / "config.json").read_bytes()
    assert main([*more, "--dry_run"]) == 0
    assert json.loads(capsys.readouterr().out)["phases"][-1]["name"] == "more_1"
    assert (run / "config.json").read_bytes() == before
    old = RunFolder(run).load_model()
    assert main([*more, "--learning_rate", "1e-2"]) == 0
    phases = json.loads((run / "config.json").read_text())["phases"]
    assert phases[:-1] == json.loads(before)["phases"]
    assert phases[-1]["optimizer"]["learning_rate"] == 1e-2
    assert {**phases[-1], "optimizer": None} == {
        **phases[-2], "optimizer": None, "name": "more_1", "steps": 2, "steps_per_epoch": 2
    }  # fmt: skip
    assert RunFolder(run).steps_done()["more_1"] == 2
    new = RunFolder(run).load_model()
    assert new.step == old.step + 2
    first, later = (model.generator.get_weights()[0] for model in (old, new))
    assert (first != later).any()
    # From an interruption the run goes on like any other, and ends once more.
    state = sorted((run / "states" / "more_1").iterdir())[-1]
    state.unlink()
    capsys.readouterr()
    assert "has 2 left. Go on with it first" in refused(capsys, *more)
    assert main(["train", "--run_dir", str(run), "--resume"]) == 0
    assert RunFolder(run).steps_done()["more_1"] == 2


def test_more_steps_need_a_run(place, capsys, tmp_path):
    line = refused(capsys, "train", "--run_dir", str(tmp_path / "none"), "--data",
                   str(place / "flowers"), "--more_steps", "2")  # fmt: skip
    assert "needs a run that has ended" in line and not (tmp_path / "none").exists()


def test_generate_draws(place, capsys, tmp_path):
    out = tmp_path / "pictures"
    arguments = ["--run_dir", str(place / "run"), "--out", str(out), "--num_images", "2"]
    captions = ["--caption", "a red flower", "--caption", "Blue! petals"]
    assert main(["generate", *arguments, *captions, "--seed", "1"]) == 0
    names = sorted(path.name for path in out.glob("*.png"))
    assert names == [
        f"{k:03d}_{w}.png" for k, w in enumerate(["a_red_flower"] * 2 + ["blue_petals"] * 2)
    ]
    again = tmp_path / "again"
    arguments[3] = str(again)
    assert main(["generate", *arguments, *captions, "--seed", "1", "--stages", "1"]) == 0
    assert (again / names[0]).read_bytes() == (out / names[0]).read_bytes()
    assert "--caption" in refused(capsys, "generate", *arguments)


def test_generate_writes_the_stages_that_are_asked_for(tmp_path):
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = StackGANv2((16, 32), 4, 4, embedding_dim=encoder.dim)
    model.text_encoder = encoder
    model.save_to_preset(tmp_path / "toy")
    given = ["generate", "--preset", str(tmp_path / "toy"), "--caption", "a red bird"]
    assert main([*given, "--stages", "all", "--out", str(tmp_path / "all")]) == 0
    small, large = from_preset(tmp_path / "toy").generate("a red bird", stages="all")

    def read(name):
        return np.asarray(Image.open(tmp_path / name))

    np.testing.assert_array_equal(read("all/000_a_red_bird_stage1_16.png"), small[0])
    np.testing.assert_array_equal(read("all/000_a_red_bird_stage2_32.png"), large[0])
    assert read("all/000_a_red_bird_stages.png").shape == (32, 64, 3)
    assert main([*given, "--stages", "1", "--out", str(tmp_path / "one")]) == 0
    np.testing.assert_array_equal(read("one/000_a_red_bird.png"), small[0])


def test_a_model_draws_by_no_other_text_encoder_than_its_own(place, capsys, tmp_path):
    draw = ["generate", "--run_dir", str(place / "run"), "--caption", "a red flower"]
    draw += ["--out", str(tmp_path / "drawn")]
    assert "--text_encoder` is for models that have none" in refused(
        capsys, *draw, "--text_encoder", "char_cnn_rnn"
    )
    assert not (tmp_path / "drawn").exists()
    assert main([*draw, "--text_encoder", str(place / "run" / "text_encoder")]) == 0


def test_training_leaves_bad_pictures_out(place, capsys, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(place / "flowers", whole)
    broken = sorted(whole.rglob("*.png"))[0]
    broken.write_bytes(broken.read_bytes()[:100])
    train = ["train", "--data", str(whole), "--run_dir", str(tmp_path / "run"), *TOY]
    assert main([*train, "--skip_bad"]) == 0
    assert "11 pictures of" in capsys.readouterr().out


def test_a_bad_picture_in_mid_training_is_one_line(place, capsys, tmp_path):
    flowers = tmp_path / "flowers"
    shutil.copytree(place / "flowers", flowers)
    broken = sorted(flowers.rglob("*.png"))[0]
    broken.write_bytes(broken.read_bytes()[:60])
    uncached = ["--set", "data.batches.cache=false"]
    train = ["train", "--data", str(flowers), "--run_dir", str(tmp_path / "run"), *TOY, *uncached]
    assert main(train) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith(f"keras-stackgan: '{broken}' cannot be decoded: it is cut short")
    assert last.endswith("remove it. Or leave such pictures out: --skip_bad, in another --run_dir.")


def test_audit_and_encode(place, capsys, tmp_path):
    flowers = place / "flowers"
    assert main(["audit", "--data", str(flowers), "--image_size", "16"]) == 0
    assert "Audit of 12 pictures" in capsys.readouterr().out
    # No size is wanted unless one is said, and what stays is not told how to be left out.
    assert main(["audit", "--data", str(flowers)]) == 0
    assert "below the size wanted" not in capsys.readouterr().out
    assert main(["audit", "--data", str(flowers), "--image_size", "17"]) == 0
    shown = capsys.readouterr().out
    assert "12 pictures below the size wanted" in shown and "leave these out" not in shown
    common = ["--data", str(flowers), "--text_encoder", "hashed_ngrams"]
    assert main(["encode", *common, "--cache_dir", str(tmp_path)]) == 0
    assert "60 captions of 12 pictures, 128 numbers" in capsys.readouterr().out
    assert list(tmp_path.glob("*.npy"))


def test_audit_leaves_bad_pictures_out(place, capsys, tmp_path):
    whole = tmp_path / "whole"
    assert main(["prepare", "folder", "--data", str(place / "flowers"), "--out", str(whole)]) == 0
    broken = sorted(whole.rglob("*.png"))[0]
    broken.write_bytes(broken.read_bytes()[:100])
    good = str(tmp_path / "good")
    assert main(["audit", "--data", str(whole)]) == 1
    assert "To leave these out: audit --skip_bad" in capsys.readouterr().out
    assert main(["audit", "--data", str(whole), "--skip_bad", "--out", good]) == 0
    assert "11 of 12 pictures are in" in capsys.readouterr().out
    assert len(list(Path(good).rglob("*.png"))) == 11
    assert main(["prepare", "folder", "--data", good]) == 0
    assert "Split all: 11 pictures, 55 captions, 3 classes." in capsys.readouterr().out


def test_class_folders_get_captions(place, capsys, tmp_path):
    pets = tmp_path / "pets"
    for kind in ("cat", "big_dog"):
        (pets / kind).mkdir(parents=True)
        Image.new("RGB", (16, 16), "red").save(pets / kind / "1.png")
    out = tmp_path / "captioned"
    template = ["--caption_template", "a photo of a {label}"]
    assert main(["prepare", "class_folder", "--data", str(pets), "--out", str(out), *template]) == 0
    assert "a photo of a big dog" in (out / "captions.jsonl").read_text()
    line = refused(capsys, "prepare", "class_folder", "--data", str(pets), "--out", str(out))
    assert "choose another name" in line


def test_info_shows_what_there_is(capsys):
    assert main(["info"]) == 0
    shown = capsys.readouterr().out
    assert "keras_stackgan " in shown and "Machine: " in shown and "stackgan_v2_cub: " in shown
    assert main(["info", "stackgan_v2_cub"]) == 0
    shown = capsys.readouterr().out
    assert "4.04" in shown and "keras-stackgan train --recipe stackgan_v2_cub" in shown
    # A recipe, and the preset that was trained with it.
    assert main(["info", "stackgan_v2_painted_birds_256"]) == 0
    shown = capsys.readouterr().out
    assert "keras-stackgan train --recipe stackgan_v2_painted_birds_256" in shown
    assert "Preset stackgan_v2_painted_birds_256: StackGAN-v2 of painted birds" in shown
    assert "\n    python benchmarks/preset_quality.py --preset stackgan_v2_painted" in shown
    assert "      Attribute accuracy (higher is better), by judge 'plain'" in shown


# === Classes ===


def test_models_of_classes_draw_labels(tmp_path, capsys):
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=4, latent_dim=4,
        embedding_dim=None, num_classes=3,
    )  # fmt: skip
    model.save_to_preset(tmp_path / "classes")
    arguments = ["--preset", str(tmp_path / "classes"), "--out", str(tmp_path / "drawn")]
    assert main(["generate", *arguments, "--label", "2", "--label", "0", "--seed", "4"]) == 0
    names = sorted(path.name for path in (tmp_path / "drawn").glob("*.png"))
    assert names == ["000_class_2.png", "001_class_0.png"]
    drawn = np.stack([np.asarray(Image.open(tmp_path / "drawn" / name)) for name in names])
    saved = from_preset(tmp_path / "classes")
    np.testing.assert_array_equal(drawn, saved.generate(labels=[2, 0], seed=4))
    capsys.readouterr()
    assert "draws 3 classes. Give --label" in refused(capsys, "generate", *arguments)
    assert "0 to 2" in refused(capsys, "generate", *arguments, "--label", "3")
    assert "in place of --caption" in refused(capsys, "generate", *arguments, "--caption", "a")


def test_models_of_sentences_take_no_label(place, capsys):
    run = ["--run_dir", str(place / "run"), "--caption", "a red flower"]
    assert "knows no classes" in refused(capsys, "generate", *run, "--label", "1")
