"""Commands take a preset behind an address, with its checksum."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan import StackGANv2
from keras_stackgan.cli import demo, rank
from keras_stackgan.cli.main import main
from keras_stackgan.text import HashedNgramEncoder

sys.path.insert(0, str(Path(__file__).parents[1] / "presets"))

from toy_presets import pack, serve  # noqa: E402


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A model, the address of its preset on this machine, and the checksum."""
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=4, embedding_dim=encoder.dim
    )
    model.text_encoder = encoder
    folder = tmp_path_factory.mktemp("served")
    preset = tmp_path_factory.mktemp("presets") / "toy"
    model.save_to_preset(preset, {"captions": ["a red bird"], "license": "CC0"})
    checksum = pack(preset, folder / "toy.tar.gz")
    with serve(folder) as (url, _):
        yield preset, f"{url}/toy.tar.gz", checksum


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_STACKGAN_CACHE", str(tmp_path / "cache"))


def test_generate(archive, cache, tmp_path):
    preset, url, checksum = archive
    out = tmp_path / "pictures"
    given = ["generate", "--preset", url, "--sha256", checksum, "--caption", "a red bird"]
    assert main([*given, "--seed", "4", "--out", str(out)]) == 0
    expected = StackGANv2.from_preset(preset).generate("a red bird", seed=4)[0]
    np.testing.assert_array_equal(np.asarray(Image.open(out / "000_a_red_bird.png")), expected)


def test_info(archive, cache, capsys):
    _, url, checksum = archive
    assert main(["info", url, "--sha256", checksum]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Preset toy:") and "license: CC0" in shown


def test_export_and_publish(archive, cache, tmp_path):
    _, url, checksum = archive
    given = ["--preset", url, "--sha256", checksum]
    assert main(["export", *given, "--out", str(tmp_path / "saved")]) == 0
    assert (tmp_path / "saved" / "saved_model.pb").is_file()
    assert main(["publish", *given, "--folder", str(tmp_path / "hub"), "--name", "toy"]) == 0
    entry = json.loads((tmp_path / "hub" / "index.json").read_text())["models"]["toy"]["1"]
    assert entry["license"] == "CC0"


def test_demo_and_rank(archive, cache, tmp_path, capsys):
    preset, url, checksum = archive
    values, _ = demo.COMMAND.parse(["--preset", url, "--sha256", checksum])
    assert demo.about(values)["name"] == "toy"
    (tmp_path / "captions.txt").write_text("a red bird\n")
    models = ["--preset", f"far={url}", "--sha256", f"far={checksum}", "--preset", str(preset)]
    given = ["rank", "prepare", *models, "--captions", str(tmp_path / "captions.txt")]
    assert main([*given, "--out", str(tmp_path / "study")]) == 0
    assert "1 captions, 2 models" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "--preset", "URL", "--caption", "a"], "`sha256` must be the archive's"),
        (["generate", "--preset", "URL", "--sha256", "0" * 64, "--caption", "a"], "thrown away"),
        (
            ["generate", "--preset", "PRESET", "--sha256", "0" * 64, "--caption", "a"],
            "leave it out",
        ),
        (["export", "--run_dir", "r", "--sha256", "0" * 64, "--out", "x"], "belongs to --preset"),
        (["info", "URL"], "`sha256` must be the archive's"),
        (["info", "--sha256", "0" * 64], "belongs to a preset"),
        (["info", "RUN", "--sha256", "0" * 64], "Received: the run"),
        (["info", "https://example.invalid/Vögel.tar.gz", "--sha256", "0" * 64], "V%C3%B6gel"),
        (["info", "stackgan_v2_cub", "--sha256", "0" * 64], "`sha256` is the checksum"),
    ],
)
def test_an_error_of_the_user_is_one_line(
    archive, cache, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text("{}")
    places = {"URL": archive[1], "PRESET": str(archive[0]), "RUN": "run"}
    assert main([places.get(text, text) for text in arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and message in lines[0]


@pytest.fixture
def preset(archive, tmp_path):
    """A copy of the preset, to be spoiled."""
    return shutil.copytree(archive[0], tmp_path / "toy")


def test_info_of_a_preset_without_metadata(preset, capsys):
    (preset / "metadata.json").unlink()
    assert main(["info", str(preset)]) == 2
    line = capsys.readouterr().err
    assert line.count("must be a whole preset") == 1 and "metadata.json cannot be read" in line


def test_control_characters_of_a_preset_do_not_reach_the_terminal(preset, capsys):
    path = preset / "metadata.json"
    metadata = json.loads(path.read_text())
    hostile = "bir\x1b[2Jds\x07 \x9b31m\ud800 Vögel"
    metadata.update(description=hostile, license=hostile, training={hostile: hostile})
    metadata["figures"] = [{"name": hostile, "value": 1, "command": hostile}]
    path.write_text(json.dumps(metadata))
    assert main(["info", str(preset)]) == 0
    shown = capsys.readouterr().out
    assert r"license: bir\x1b[2Jds\x07 \x9b31m\ud800 Vögel" in shown
    metadata["files"] = {"\x1b[2J": {"bytes": 0, "sha256": ""}, **metadata["files"]}
    path.write_text(json.dumps(metadata))
    assert main(["generate", "--preset", str(preset), "--caption", "a"]) == 2
    shown += capsys.readouterr().err
    assert r"\x1b[2J is missing" in shown
    assert all(c == "\n" or c.isprintable() for c in shown)


@pytest.mark.parametrize("checksums", [["other=0"], ["0" * 64], ["toy=0", "toy=1"]])
def test_a_checksum_belongs_to_a_preset_of_the_study(checksums):
    given = [text for checksum in checksums for text in ("--sha256", checksum)]
    values, _ = rank.COMMAND.parse(["prepare", "--preset", "toy=a", "--folder", "b", *given])
    with pytest.raises(ValueError, match="must be NAME=... with the name of one of the presets"):
        rank.checksums(values, rank.named_sources(values))
