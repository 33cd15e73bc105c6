"""The examples that begin with a preset, on a toy one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from keras_stackgan import StackGANv1, StackGANv2, from_preset
from keras_stackgan.callbacks import load_newest_weights
from keras_stackgan.data.toy_flowers import write_toy_flowers
from keras_stackgan.presets import describe
from keras_stackgan.text import HashedNgramEncoder

ROOT = Path(__file__).parents[2]


def run(script, folder, *arguments):
    return subprocess.run(
        [sys.executable, ROOT / "examples" / script, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        text=True,
        timeout=500,
    )


def save_toy(directory, model_class=StackGANv2, **arguments):
    keras.utils.set_random_seed(0)
    model = model_class(
        generator_filters=4, discriminator_filters=4, embedding_dim=8, latent_dim=4, **arguments
    )
    model.text_encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)
    model.save_to_preset(directory)
    return model


def test_generate_draws_rows_of_sentences(tmp_path):
    model = save_toy(tmp_path / "toy", image_sizes=(16, 32))
    captions = ["--caption", "a red bird", "--caption", "a blue bird"]
    done = run("generate.py", tmp_path, "--preset", "toy", *captions, "--num_images", "3")
    assert done.returncode == 0, done.stderr[-2000:]
    with Image.open(tmp_path / "picture.png") as file:
        picture = np.asarray(file).astype(int)
    assert picture.shape == (64, 96, 3) and "6 pictures of 32 pixels" in done.stdout
    expected = model.generate(["a red bird", "a blue bird"], num_images=3)
    assert np.abs(picture[:32, :32] - expected[0]).max() <= 1


def test_generate_says_what_it_wants(tmp_path):
    missing = run("generate.py", tmp_path)
    assert missing.returncode != 0 and "Presets that the package carries" in missing.stdout
    unknown = run("generate.py", tmp_path, "--preset", "nowhere")
    assert unknown.returncode != 0 and "'nowhere'" in unknown.stderr
    assert "Traceback" not in missing.stderr + unknown.stderr


def live_weights(model):
    return [weight.numpy() for weight in model.generator.trainable_weights]


def test_a_killed_fine_tuning_goes_on_to_the_same_bits(tmp_path):
    save_toy(tmp_path / "toy", image_sizes=(16,))
    write_toy_flowers(tmp_path / "flowers", count=8, size=32)
    # A process of its own: the script's flags have names that other tests' programs have too.
    done = run("../tests/examples/killed_fine_tuning.py", tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    whole, parts = (from_preset(tmp_path / name, trainable=True) for name in ("whole", "parts"))
    for a, b in zip(whole.weights, parts.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=a.path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "model_class, arguments",
    [
        (StackGANv2, {"image_sizes": (16, 32)}),
        (StackGANv1, {"stage1_size": 16, "image_size": 32, "num_residual_blocks": 1}),
    ],
)
def test_a_preset_is_fine_tuned_twice(tmp_path, model_class, arguments):
    save_toy(tmp_path / "toy", model_class, **arguments)
    write_toy_flowers(tmp_path / "flowers", count=12, size=48)
    common = ["--data", "flowers", "--batch_size", "4", "--steps", "2", "--judges_alone", "2"]
    first = run("fine_tune.py", tmp_path, *common, "--preset", "toy", "--output", "tuned")
    assert first.returncode == 0, first.stderr[-2000:]
    assert "learn alone for 2 steps" in first.stdout
    with Image.open(tmp_path / "tuned.png") as picture:
        assert picture.size[0] == 4 * 32
    described = describe(tmp_path / "tuned")
    assert described["has_training_weights"] and described["text_encoder"]
    assert described["metadata"]["training"]["steps"] == 2
    # The judges learned alone, then the generator too.
    begun, after = (from_preset(tmp_path / name, trainable=True) for name in ("toy", "tuned"))
    old, new = (live_weights(model) for model in (begun, after))
    load_newest_weights(begun, tmp_path / "tuned_run" / "judges")
    for a, b in zip(old, live_weights(begun), strict=True):
        np.testing.assert_array_equal(a, b)
    assert 5e-5 < max(np.abs(a - b).max() for a, b in zip(old, new, strict=True)) < 1e-3
    # Killed after the training: nothing is trained again, and the preset is the same.
    shutil.rmtree(tmp_path / "tuned")
    states = {path: path.stat().st_mtime_ns for path in (tmp_path / "tuned_run").rglob("*.npz")}
    assert len(states) >= 2
    last = run("fine_tune.py", tmp_path, *common, "--preset", "toy", "--output", "tuned")
    assert last.returncode == 0, last.stderr[-2000:]
    found = {path: path.stat().st_mtime_ns for path in (tmp_path / "tuned_run").rglob("*.npz")}
    assert found == states
    same = from_preset(tmp_path / "tuned")
    pairs = zip(after.averaged_generator.weights, same.averaged_generator.weights, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)
    # With its own judges there is nothing for them to catch up on.
    again = run("fine_tune.py", tmp_path, *common, "--preset", "tuned", "--output", "more")
    assert again.returncode == 0, again.stderr[-2000:]
    assert "learn alone" not in again.stdout


def test_fine_tuning_says_what_it_wants(tmp_path):
    missing = run("fine_tune.py", tmp_path, "--preset", "toy")
    assert missing.returncode != 0 and "--data and --output" in missing.stderr
    assert "Traceback" not in missing.stderr
