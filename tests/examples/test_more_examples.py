"""Examples that go through data sets in their published form, presets, and single layers."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_examples import run

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from small_trees import write_cub, write_pickles  # noqa: E402

from keras_stackgan.data import read_cub  # noqa: E402


def small_cub(folder):
    """CUB's folder in its published form, with released embeddings of five numbers."""
    root = write_cub(folder / "birds")
    found = {split: read_cub(root, split) for split in ("train", "test")}
    for split, records in found.items():
        keys = [r.file.split("images/")[1].removesuffix(".jpg") for r in records]
        embeddings = write_pickles(root, split, keys, [int(r.label[:3]) for r in records])
        # Of the size of real ones: training on embeddings in the hundreds overflows.
        with open(root / split / "char-CNN-RNN-embeddings.pickle", "wb") as file:
            pickle.dump(list(embeddings / embeddings.max()), file, 2)
    return root


@pytest.mark.slow
@pytest.mark.parametrize("model, epochs, steps", [("v2", (1, 2), (1, 2)), ("v1", (1, 1), (2, 2))])
def test_the_papers_run_goes_on(tmp_path, model, epochs, steps):
    small_cub(tmp_path)
    common = ["--data", "birds", "--run_dir", "run", "--model", model, "--image_sizes", "16,32"]
    common += ["--filters", "4", "--batch_size", "4", "--nocheck_counts"]
    for count, step in zip(epochs, steps, strict=True):
        done = run("train_cub.py", tmp_path, *common, "--epochs", str(count))
        assert done.returncode == 0, done.stderr[-2000:]
        assert f"Step {step};" in done.stdout
    assert (tmp_path / "run/model.keras").is_file()


def test_the_papers_run_says_what_is_absent(tmp_path):
    done = run("train_cub.py", tmp_path, "--data", "nowhere", "--run_dir", "run")
    assert done.returncode != 0
    assert "nowhere" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("captions", [("a red bird", "a blue bird"), ("a red bird",)])
def test_interpolation_between_sentences_and_noises(tmp_path, captions):
    flags = [flag for caption in captions for flag in ("--caption", caption)]
    preset = ["--preset", "stackgan_v2_painted_birds_256", "--steps", "3", "--output", "strip"]
    done = run("interpolate.py", tmp_path, *preset, *flags)
    assert done.returncode == 0, done.stderr[-2000:]
    strip = np.asarray(Image.open(tmp_path / "strip.png"))
    size = strip.shape[0]
    assert strip.shape == (size, 3 * size, 3)
    first, middle, last = np.split(strip.astype(int), 3, axis=1)
    ends = np.abs(first - last).mean()
    assert 0 < np.abs(first - middle).mean() < 1.5 * ends
    with Image.open(tmp_path / "strip.gif") as gif:
        assert gif.n_frames == 4 and gif.size == (size, size)


def test_interpolation_says_what_it_wants(tmp_path):
    done = run("interpolate.py", tmp_path, "--caption", "a red bird")
    assert done.returncode != 0 and "Give --preset" in done.stderr


def test_a_gan_of_ones_own(tmp_path):
    done = run("use_layers_in_your_gan.py", tmp_path, "--steps", "3")
    assert done.returncode == 0, done.stderr[-2000:]
    with Image.open(tmp_path / "pictures.png") as picture:
        assert picture.size == (8 * 16, 3 * 16)
        assert np.asarray(picture).std() > 5
