"""`keras-stackgan export` and `publish`, from a toy preset."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_stackgan import StackGANv2
from keras_stackgan.cli import model_source
from keras_stackgan.cli.main import main
from keras_stackgan.text import HashedNgramEncoder


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """A model, and the preset that it was saved to."""
    encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=16, dim=8)
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=4, embedding_dim=encoder.dim
    )
    model.text_encoder = encoder
    directory = tmp_path_factory.mktemp("presets") / "toy"
    model.save_to_preset(directory, {"captions": ["a red bird"], "license": "CC0"})
    return directory


def test_export_saved_model(preset, tmp_path, capsys):
    out = tmp_path / "saved"
    assert main(["export", "--preset", str(preset), "--out", str(out)]) == 0
    assert "It takes sentences and a seed" in capsys.readouterr().out
    expected = StackGANv2.from_preset(preset).generate("a red bird", seed=4)
    loaded = tf.saved_model.load(str(out))
    made = loaded.generate(captions=tf.constant(["a red bird"]), seed=4)["images"].numpy()
    assert np.abs(made.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("name, package", [("onnx", "tf2onnx"), ("litert", "tensorflow")])
def test_export_files(preset, tmp_path, capsys, name, package):
    pytest.importorskip(package, reason="needs the extra onnx")
    out = tmp_path / f"generator.{name}"
    assert main(["export", "--preset", str(preset), "--format", name, "--out", str(out)]) == 0
    assert out.stat().st_size > 10_000 and str(out) in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["onnx", "litert"])
def test_a_directory_for_a_file_is_said_before_the_conversion(
    preset, tmp_path, capsys, monkeypatch, kind
):
    if kind == "onnx":
        pytest.importorskip("tf2onnx", reason="needs the extra onnx")
    monkeypatch.setattr(f"keras_stackgan.export.{kind}.Drawing", None)
    out = ["--format", kind, "--out", str(tmp_path)]
    assert main(["export", "--preset", str(preset), *out]) == 2
    assert f"Received: '{tmp_path}', which is a directory" in capsys.readouterr().err


def test_another_backend_is_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(model_source, "load", lambda values: None)
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    assert main(["export", "--preset", "p", "--out", str(tmp_path / "x")]) == 2
    assert "the backend 'jax'. Save the model" in capsys.readouterr().err


def test_publish(preset, tmp_path, capsys, monkeypatch):
    common = ["publish", "--preset", str(preset), "--folder", str(tmp_path), "--name", "toy"]
    assert main(common) == 0
    index = json.loads((tmp_path / "index.json").read_text())
    entry = index["models"]["toy"]["1"]
    assert entry["license"] == "CC0" and entry["sha256"] in capsys.readouterr().out
    assert (tmp_path / entry["samples"][0]).is_file()
    assert main(common) == 2
    assert "Publish the next one" in capsys.readouterr().err
    # A shell leaves the ~ of --folder=~/hub to the program.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main([*common, "--folder=~"]) == 2
    assert "Publish the next one" in capsys.readouterr().err and not (tmp_path / "~").exists()
    more = ["--version", "3", "--caption", "a blue bird", "--seed", "5"]
    assert main([*common, *more, "--description", "Mine.", "--license", "MIT"]) == 0
    entry = json.loads((tmp_path / "index.json").read_text())["models"]["toy"]["3"]
    assert (entry["description"], entry["license"]) == ("Mine.", "MIT")
    shown = np.asarray(Image.open(tmp_path / entry["samples"][0]))
    expected = StackGANv2.from_preset(preset).generate("a blue bird", seed=5)[0]
    np.testing.assert_array_equal(shown, expected)


def test_the_batch_size_of_a_litert_file(preset, tmp_path):
    litert = pytest.importorskip("ai_edge_litert.interpreter", reason="needs the extra litert")
    out = tmp_path / "generator.litert"
    given = ["export", "--preset", str(preset), "--format", "litert", "--out", str(out)]
    assert main([*given, "--batch_size", "3"]) == 0
    interpreter = litert.Interpreter(str(out))
    assert {tuple(entry["shape"])[0] for entry in interpreter.get_input_details()} == {3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "--out", "x"], "--run_dir or --preset"),
        (["export", "--preset", "p"], "--out"),
        (["export", "--preset", "p", "--out", "x", "--batch_size", "2"], "litert's"),
        (["export", "--preset", "p", "--out", "x", "--format", "pickle"], "saved_model|onnx"),
        (["export", "--preset", "nowhere", "--out", "x"], "nowhere"),
        (["publish", "--preset", "p"], "--folder and --name"),
        (["publish", "--run_dir", "nowhere", "--folder", "f", "--name", "n"], "folder of a run"),
    ],
)
def test_an_error_of_the_user_is_one_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and message in lines[0]
    assert not list(tmp_path.iterdir())


def test_dry_runs(capsys):
    assert main(["export", "--preset", "p", "--out", "x", "--dry_run"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "saved_model"
    given = ["publish", "--preset", "p", "--folder", "f", "--name", "n", "--dry_run"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
