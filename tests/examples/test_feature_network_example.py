"""The example that makes discriminators a network to look through."""

import importlib.util

import keras
import numpy as np
import pytest
from test_examples import run

from keras_stackgan.cli.main import main
from keras_stackgan.layers import FrozenFeatures
from keras_stackgan.training import efficientnet_lite0
from keras_stackgan.training.published_features import PACKAGE

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec(PACKAGE) is None,
    reason="EfficientNet-Lite0's weights are not installed (make setup does it).",
)


def test_a_run_trains_with_it(tmp_path, capsys):
    assert main(["prepare", "toy_flowers", "--out", str(tmp_path / "flowers"), "--count", "12",
                 "--size", "32"]) == 0  # fmt: skip
    flags = ["--data", "flowers", "--out", "f.keras", "--image_size", "32", "--stage_size", "16"]
    done = run("feature_network.py", tmp_path, *flags, "--num_pictures", "8")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "maps of 8x8x24, 4x4x40, 2x2x112" in done.stdout
    made = keras.models.load_model(tmp_path / "f.keras", compile=False)
    for after, before in zip(
        FrozenFeatures(made)(np.zeros((1, 16, 16, 3), "float32")),
        FrozenFeatures(efficientnet_lite0(32, 16))(np.zeros((1, 16, 16, 3), "float32")),
        strict=True,
    ):
        assert after.shape == before.shape and np.abs(after - before).max() > 0
    arguments = ["--data", str(tmp_path / "flowers"), "--run_dir", str(tmp_path / "run")]
    arguments += ["--image_sizes", "16", "--steps", "1", "--text_encoder", "hashed_ngrams"]
    arguments += ["--generator_filters", "4", "--discriminator_filters", "4"]
    setting = f"model.config.discriminator_features={tmp_path / 'f.keras'}"
    assert main(["train", *arguments, "--set", setting]) == 0
    assert (tmp_path / "run" / "discriminator_features.keras").is_file()
    capsys.readouterr()


def test_without_data_it_says_what_it_wants(tmp_path):
    done = run("feature_network.py", tmp_path)
    assert done.returncode != 0 and "Give --data" in done.stderr
