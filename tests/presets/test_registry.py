"""What is built in, what there is to know of a preset, and the wheel."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from toy_presets import METADATA, contents, toy_v1

import keras_stackgan
from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.presets import available, describe, registry
from keras_stackgan.presets.preset_directory import PresetDirectory

ROOT = Path(__file__).parents[2]


@pytest.fixture
def builtin(saved, tmp_path, monkeypatch):
    """Two presets as if the package carried them."""
    monkeypatch.setattr(registry, "BUILTIN", tmp_path / "builtin")
    shutil.copytree(saved[1], tmp_path / "builtin" / "toy_birds")
    toy_v1().save_to_preset(tmp_path / "builtin" / "toy_v1")
    (tmp_path / "builtin" / "no_preset").mkdir()


def test_built_in_presets_have_names(builtin):
    v1 = "A StackGANv1 that draws pictures of 16, 32 pixels."
    assert available() == {"toy_birds": "Toy birds.", "toy_v1": v1}
    assert StackGANv2.presets == {"toy_birds": "Toy birds."}
    assert StackGANv1.presets == {"toy_v1": v1}
    assert type(keras_stackgan.from_preset("toy_v1")) is StackGANv1
    assert StackGANv2.from_preset("toy_birds").generate("a red bird").shape == (1, 32, 32, 3)


def test_models_with_presets_are_saved_as_ever(builtin, tmp_path):
    import keras

    model = StackGANv2.from_preset("toy_birds")
    model.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").presets == {"toy_birds": "Toy birds."}


def test_nothing_may_be_built_in(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "BUILTIN", tmp_path / "none")
    assert available() == {} == StackGANv2.presets
    with pytest.raises(ValueError, match="none in this version.*'birds', which is none of them"):
        StackGANv2.from_preset("birds")


def test_every_preset_of_the_package_is_whole():
    for name, directory in registry.builtin().items():
        PresetDirectory(directory).verify(but=())
        assert sum(len(content) for content in contents(directory).values()) <= 20e6, name


def test_names_that_are_none(builtin, tmp_path):
    with pytest.raises(ValueError, match=r"\('toy_birds', 'toy_v1'\).*'bird', which is none"):
        keras_stackgan.from_preset("bird")
    (tmp_path / "x.h5").write_text("")
    with pytest.raises(ValueError, match="which is a file"):
        keras_stackgan.from_preset(tmp_path / "x.h5")
    with pytest.raises(ValueError, match="config.json cannot be read"):
        keras_stackgan.from_preset(tmp_path)
    for wrong in (None, 3, b"toy_birds"):
        with pytest.raises(TypeError, match="named by a string or a path"):
            keras_stackgan.from_preset(wrong)


def test_description_is_plain_data(preset):
    found = describe(preset)
    assert found["class_name"] == "StackGANv2" and found["text_encoder"] == "HashedNgramEncoder"
    assert found["config"]["image_sizes"] == [16, 32] and found["has_training_weights"]
    sizes = {name: len(content) for name, content in contents(preset).items()}
    assert found["bytes"] == sum(sizes.values()) - sizes["metadata.json"]
    metadata = found["metadata"]
    assert metadata["figures"][0]["value"] == 0.5 and metadata["training"]["steps"] == 12
    assert set(metadata["versions"]) == {"keras_stackgan", "keras", "tensorflow"}
    assert metadata["parameters"] > 1000
    assert set(metadata["files"]) == set(sizes) - {"metadata.json"}
    assert found["damaged"] == []
    (preset / "README.md").write_text("")
    (preset / "model.weights.h5").unlink()
    assert describe(preset)["damaged"] == ["README.md", "model.weights.h5"]


def test_the_card_says_what_the_metadata_say(saved):
    card = (saved[1] / "README.md").read_text()
    assert card.startswith("# toy\n\nToy birds.\n")
    for text in (
        "## What it knows\n\n- colors of birds\n",
        "- a red bird\n- a blue bird\n",
        "model = StackGANv2.from_preset('toy')",
        "model.generate('a red bird', num_images=4, seed=0)",
        "| accuracy, n 100 | 0.5 | `a \\| b` |",
        "- command: `train --steps 12`\n- steps: 12\n",
        "- credit: nobody\n- license: CC0\n- name: toys\n",
        "## Limits\n\n- It was never trained.\n",
        "## License\n\nCC BY 4.0\n",
        "arXiv:1710.10916",
        "with the discriminators of its training",
    ):
        assert text in card


def test_the_code_on_the_card_runs(saved, tmp_path, monkeypatch):
    card = (saved[1] / "README.md").read_text()
    code = card.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(saved[1].parent)
    names = {}
    exec(code, names)
    assert names["pictures"].shape == (4, 32, 32, 3)


def test_a_card_without_metadata_leaves_sections_out(tmp_path):
    toy_v1().save_to_preset(tmp_path / "bare")
    card = (tmp_path / "bare" / "README.md").read_text()
    titles = [line[3:] for line in card.splitlines() if line.startswith("## ")]
    assert titles == ["How to load it", "License", "How to cite", "Made with"]
    assert "Not stated." in card and "generate" not in card and METADATA["license"] not in card


@pytest.mark.slow
def test_the_wheel_carries_built_in_presets(saved, tmp_path):
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "keras_stackgan", source / "keras_stackgan", ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    preset = source / "keras_stackgan" / "presets" / "builtin" / "toy_birds"
    shutil.copytree(saved[1], preset)
    # Of the kind that SentenceEncoder keeps its vocabulary in.
    (preset / "text_encoder" / "vocab.txt").write_text("words")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    start = "keras_stackgan/presets/builtin/toy_birds/"
    with zipfile.ZipFile(wheel) as packed:
        found = {n.removeprefix(start): packed.read(n) for n in packed.namelist() if start in n}
    assert found == contents(preset)


def test_a_name_that_means_two_presets(builtin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    toy_v1().save_to_preset("toy_birds")
    with pytest.raises(ValueError, match="must mean one preset.*Write './toy_birds'"):
        keras_stackgan.from_preset("toy_birds")
    assert type(keras_stackgan.from_preset("./toy_birds")) is StackGANv1
    assert type(keras_stackgan.from_preset(Path("toy_birds"))) is StackGANv1
    # A folder that is no preset is in nobody's way.
    (tmp_path / "toy_v1").mkdir()
    assert type(keras_stackgan.from_preset("toy_v1")) is StackGANv1
