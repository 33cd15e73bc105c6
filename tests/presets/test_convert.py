"""`keras-stackgan convert`: from the originals' files to a preset."""

import json
from pathlib import Path

import numpy as np
import pytest

from keras_stackgan import from_preset
from keras_stackgan.cli.main import main
from keras_stackgan.convert import model_from_original
from keras_stackgan.presets import describe
from keras_stackgan.presets.preset_directory import file_sha256

DATA = Path(__file__).parents[1] / "convert" / "data"
GENERATOR = DATA / "netG_3.pth"
JUDGES = [DATA / f"netD{k}.pth" for k in range(3)]


def test_files_become_a_preset_with_a_report(tmp_path, capsys):
    out = tmp_path / "birds"
    judges = ",".join(map(str, JUDGES))
    arguments = ["convert", str(GENERATOR), "--discriminators", judges, "--out", str(out)]
    assert main([*arguments, "--license", "MIT"]) == 0
    printed = capsys.readouterr().out
    model, report = model_from_original(GENERATOR, JUDGES)
    assert str(report) in printed and f"Preset '{out}'" in printed
    assert (out / "conversion.txt").read_text() == f"{report}\n"
    described = describe(out)
    assert described["has_training_weights"] and described["damaged"] == []
    training = described["metadata"]["training"]
    assert training["converted from netG_3.pth"] == f"sha256 {file_sha256(GENERATOR)}"
    assert len(training) == 4 and described["metadata"]["license"] == "MIT"
    assert "generate(embeddings=...)" in (out / "README.md").read_text()
    embeddings = np.random.default_rng(0).normal(size=(2, model.embedding_dim))
    again = from_preset(out, trainable=True)
    pictures = [m.generate(embeddings=embeddings).astype(int) for m in (model, again)]
    assert pictures[0].std() > 2 and np.abs(pictures[0] - pictures[1]).max() <= 1
    first = model.discriminators[2].weights[0].numpy()
    np.testing.assert_array_equal(again.discriminators[2].weights[0].numpy(), first)


def test_discriminators_may_be_missing(tmp_path):
    out, judges = tmp_path / "birds", f"{JUDGES[0]},,{JUDGES[2]}"
    arguments = ["convert", str(GENERATOR), "--discriminators", judges, "--out", str(out)]
    assert main(arguments) == 0
    described = describe(out)
    assert described["has_training_weights"]
    assert len(described["metadata"]["training"]) == 3
    assert main(["convert", str(GENERATOR), "--discriminators", ",,", "--out", str(out)]) == 0
    assert not describe(out)["has_training_weights"]


def test_the_text_encoder_comes_along(tmp_path):
    from keras_stackgan.text import HashedNgramEncoder

    HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=32).save(tmp_path / "encoder")
    out = str(tmp_path / "birds")
    arguments = ["convert", str(GENERATOR), "--out", out]
    assert main([*arguments, "--text_encoder", str(tmp_path / "encoder")]) == 0
    assert from_preset(out).generate("a red bird").shape == (1, 256, 256, 3)
    assert not describe(out)["has_training_weights"]


def wrong(tmp_path, capsys, arguments, match):
    assert main(["convert", *map(str, arguments), "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.strip().splitlines()
    assert line.startswith("keras-stackgan: ") and all(word in line for word in match), line
    assert not (tmp_path / "out").exists() and printed.out == ""


def test_wrong_files_are_one_line(tmp_path, capsys):
    (tmp_path / "cut.pth").write_bytes(GENERATOR.read_bytes()[:5000])
    (tmp_path / "page.pth").write_text("<html>")
    for arguments, match in (
        ([tmp_path / "none.pth"], ["none.pth", "No such file"]),
        ([tmp_path / "cut.pth"], ["cut.pth", "cannot be read"]),
        ([tmp_path / "page.pth"], ["page.pth", "cannot be read"]),
        ([JUDGES[0]], ["netD0.pth", "of a discriminator and not of a generator"]),
        ([GENERATOR, "--discriminators", JUDGES[0]], ["3 discriminators", "Received: 1"]),
        (
            [GENERATOR, "--discriminators", ",".join(map(str, reversed(JUDGES)))],
            ["must fit the model", "netD2.pth"],
        ),
        ([GENERATOR, "--text_encoder", tmp_path], ["text encoder", str(tmp_path)]),
    ):
        wrong(tmp_path, capsys, arguments, match)


def test_an_encoder_of_another_width_is_one_line(tmp_path, capsys):
    from keras_stackgan.text import HashedNgramEncoder

    HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=9).save(tmp_path / "encoder")
    arguments = [GENERATOR, "--text_encoder", tmp_path / "encoder"]
    wrong(tmp_path, capsys, arguments, ["embedding_dim=32. Received: dim=9"])


def test_what_is_missing_is_said(capsys):
    assert main(["convert"]) == 2 and "--out" in capsys.readouterr().err
    assert main(["convert", "netG.pth"]) == 2 and "--out" in capsys.readouterr().err


def test_dry_run_and_help(capsys, tmp_path):
    assert main(["convert", "netG.pth", "--out", str(tmp_path / "x"), "--dry_run"]) == 0
    assert json.loads(capsys.readouterr().out)["generator"] == "netG.pth"
    assert main(["convert", "--help"]) == 0
    assert "keras-stackgan convert NETG.pth [flags]" in capsys.readouterr().out
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_the_command_converts_in_a_process_of_its_own(tmp_path, run_in_new_process):
    printed = run_in_new_process(
        f"""
        import runpy, sys
        # As `python -m keras_stackgan` begins, where the package leaves its models out.
        sys.argv = ["keras-stackgan", "convert", {str(GENERATOR)!r}, "--out", "birds"]
        try:
            runpy.run_module("keras_stackgan", run_name="__main__")
        except SystemExit as stop:
            print(stop.code, "torch" in sys.modules)
        """
    )
    assert printed.splitlines()[-1] == "0 False"
    assert (tmp_path / "birds" / "conversion.txt").exists()
