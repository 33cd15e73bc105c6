"""The commands that look after data, without training."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.cli.main import main


@pytest.fixture
def pets(tmp_path):
    """Forty pictures in two folders of classes, one of them broken."""
    rng = np.random.default_rng(0)
    for number in range(40):
        path = tmp_path / f"my pets/{('cat', 'big_dog')[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 256, (4, 4, 3), dtype="uint8")
        Image.fromarray(coarse).resize((16, 16)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    return tmp_path / "my pets"


def files(folder):
    lines = (Path(folder) / "captions.jsonl").read_text().splitlines()
    return [json.loads(line)["file"] for line in lines]


def test_what_an_audit_writes_is_both_splits(pets, capsys, tmp_path):
    audit = ["audit", "--data", str(pets), "--source", "class_folder", "--image_size", "16"]
    assert main(audit) == 1
    assert " and 4 for testing:" in capsys.readouterr().out
    assert main([*audit, "--skip_bad", "--out", str(tmp_path / "good")]) == 0
    assert f"39 of 40 pictures are in '{tmp_path / 'good'}'." in capsys.readouterr().out
    assert "pictures/cat/0.png" in files(tmp_path / "good")
    train = [*audit, "--skip_bad", "--split", "train", "--out", str(tmp_path / "train")]
    assert main(train) == 0
    assert "35 of 36 pictures of the train split are in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("cub --data x --caption_template a", "`prepare cub` takes no --caption_template."),
        ("folder --data x --caption_template a", "takes no --caption_template. Leave it out"),
        ("folder --data x --count 3", "takes no --count"),
        ("folder --data x --builder zz", "--data, --out, --split, --check_counts."),
        ("class_folder --data x --size 64", "takes no --size"),
        ("toy_flowers --out x --count 1 --split test", "takes no --split"),
        ("toy_flowers --out x --data y --dry_run", "takes no --data"),
        ("painted_birds --out x --count 1 --size 8 --nocheck_counts", "takes no --check_counts"),
        ("tfds --builder zz --out x --seed 5", "takes no --seed"),
    ],
)
def test_flags_of_other_kinds_are_refused(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(["prepare", *arguments.split()]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_template_that_cannot_be_filled_is_one_line(pets, capsys):
    arguments = ["--data", str(pets), "--caption_template", "a {label} {x}"]
    assert main(["prepare", "class_folder", *arguments]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("keras-stackgan: `caption_template` must hold '{label}'")


def test_the_lines_that_prepare_suggests_work(pets, capsys, tmp_path, monkeypatch):
    template = """it's a "{label}" """
    arguments = ["--data", str(pets), "--caption_template", template, "--nocheck_counts"]
    assert main(["prepare", "class_folder", *arguments]) == 0
    audit, train = map(shlex.split, capsys.readouterr().out.splitlines()[1:])
    assert main([*audit[1:], "--image_size", "16"]) == 1
    assert "1 pictures that are cut short" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)
    toy = "--image_sizes 16 --steps 1 --batch_size 4 --generator_filters 4 --skip_bad "
    toy += "--discriminator_filters 4 --text_encoder hashed_ngrams"
    assert main([*train[1:], *toy.split()]) == 0
    config = json.loads((tmp_path / "runs/my pets/config.json").read_text())
    assert config["data"]["options"] == {"caption_template": template}
    assert config["data"]["check_counts"] is False
    assert config["run"]["sample_captions"][0] in ('it\'s a "cat" ', 'it\'s a "big dog" ')
