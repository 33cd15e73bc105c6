"""Our own contender of the benchmarks, at a toy size, in its process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import contender
import named_model
import pytest
from contenders import ours


@pytest.mark.parametrize("kind", ["training", "generating"])
def test_ours_runs_when_it_is_told_to(kind):
    spec = {"framework": "ours", "kind": kind, "sizes": [16], "width": 4, "batch_size": 2}
    program = Path(contender.__file__)
    root = program.parent.parent
    done = subprocess.run(
        [sys.executable, program, json.dumps(spec)],
        input="run 2\n",
        env={**os.environ, "PYTHONPATH": str(root), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    start, turn = (json.loads(line) for line in done.stdout.splitlines())
    assert set(start) == {"built", "first", "step", "resident_mb", "device_mb"}
    assert 0 < turn["seconds"] < start["first"] + 60
    if sys.platform == "linux":
        # Without TensorFlow itself, and without what the process that started it holds.
        assert 1 < turn["peak_mb"] < start["resident_mb"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("program", ["contender", "profiled_step"])
def test_an_allocator_that_is_not_loaded_is_not_told_of(program):
    spec = {"framework": "ours", "kind": "training", "allocator": "tcmalloc"}
    path = Path(contender.__file__).with_name(f"{program}.py")
    done = subprocess.run([sys.executable, path, json.dumps(spec)], capture_output=True, text=True)
    assert done.returncode and "Received: 'tcmalloc', but libtcmalloc" in done.stderr


def test_a_recipe_is_made_as_it_says():
    """The networks' widths and the text's are the recipe's; the last phase's stages train."""
    name = "stackgan_v2_painted_birds_256"
    made = []

    def only_told(settings, phase):
        made.append(settings["config"])
        raise StopIteration

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keras_stackgan.training.building.make_model", only_told)
        with pytest.raises(StopIteration):
            ours.compiled_model({"recipe": name, "sizes": [64, 128, 256], "width": 32})
    (config,) = made
    assert config["discriminator_filters"] == [32, 32, 16] and config["embedding_dim"] == 128
    toy = {"sizes": [16, 32, 64], "width": 4}
    model = ours.compiled_model({"recipe": name, "toy": toy, "batch_size": 2})
    assert model.image_sizes == (16, 32, 64) and model.generator.normalization == "bias"
    assert model.frozen_stages == 2 and model.embedding_dim == 128


def test_named_models_are_told_by_their_own_settings():
    told = named_model.of_recipe("stackgan_v2_painted_birds_256")
    assert told == {
        "sizes": [64, 128, 256], "width": 32, "batch_size": 16,
        "about": "phase 'stage_3', stage 3 of 3 trains, StackGANv2, generator 32, discriminators "
        "32/32/16, embeddings of 128, no guide",
    }  # fmt: skip
    told = named_model.of_recipe("stackgan_v1_cub")
    assert told["sizes"] == [64, 256] and "stage 2 of 2 trains" in told["about"]
    assert "embeddings of 1024" in told["about"] and "guide" not in told["about"]
    assert "stages 1 to 3 train, " in named_model.of_recipe("stackgan_v2_cub")["about"]
    told = named_model.of_preset("stackgan_v1_painted_birds_256")
    assert told["sizes"] == [64, 256] and told["about"].startswith("StackGANv1, generator 32, ")
    told = named_model.of_preset("stackgan_v2_flowers_128")
    assert told["sizes"] == [64, 128] and "StackGANv2" in told["about"]
    with pytest.raises(ValueError, match="must be of a StackGAN with text. Received: .* DCGAN"):
        named_model.of_recipe("dcgan_lsun_bedroom")


def test_a_preset_of_any_class_draws(monkeypatch):
    drawn = []
    model = SimpleNamespace(embedding_dim=5, generate=lambda **given: drawn.append(given))
    monkeypatch.setattr("keras_stackgan.from_preset", lambda name: model)
    ours.generating({"preset": "any", "batch_size": 3})(2)
    assert [given["embeddings"].shape for given in drawn] == [(3, 5)] * 2
