"""Kind and color read off a model's flowers: right for one that draws them, wrong for another."""

import json

import benchmark_path  # noqa: F401
import flower_quality
import numpy as np
import pytest
from absl import flags
from PIL import Image

from keras_stackgan.cli import model_source
from keras_stackgan.data import write_toy_flowers
from keras_stackgan.data.center_pictures import center_picture

SIZES = (16, 32)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Painted flowers whose lines name the color of the petals."""
    folder = tmp_path_factory.mktemp("flowers")
    write_toy_flowers(folder, count=160, size=32)
    path = folder / "captions.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line["color"] = line["captions"][0].split()[1]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


class Copier:
    """A stand-in for a model: draws a photograph of the caption, or of another."""

    output_sizes = SIZES

    def __init__(self, data, shift):
        records, _, asked = flower_quality.read(data)
        shifted = [*asked[shift:], *asked[:shift]]
        self.records = dict(zip(shifted, records, strict=True))

    def generate(self, captions, num_images=1, seed=0, stages="last"):
        del seed
        captions = [captions] if isinstance(captions, str) else captions
        records = [self.records[caption] for caption in captions for _ in range(num_images)]
        drawn = [np.stack([center_picture(r, size) for r in records]) for size in SIZES]
        return drawn if stages == "all" else drawn[-1]


def run(data, out, judges, model, monkeypatch):
    values = flags.FlagValues()
    flower_quality.define(values)
    command = ["flower_quality", f"--data={data}", f"--out={out}", f"--judges={judges}"]
    values([*command, "--run_dir=unused", "--num_pictures=60", "--epochs=12"])
    monkeypatch.setattr(model_source, "load", lambda values: model)
    return {figure["name"]: figure for figure in flower_quality.measure(values)}


def value(figures, start):
    return next(each["value"] for name, each in figures.items() if name.startswith(start))


def test_right_and_wrong_flowers(data, tmp_path, monkeypatch):
    right = run(data, tmp_path / "a", tmp_path / "judges", Copier(data, 0), monkeypatch)
    wrong = run(data, tmp_path / "b", tmp_path / "judges", Copier(data, 7), monkeypatch)
    for start in ("kind as asked, by judge 'plain', 32", "color as asked, by judge 'plain', 32"):
        assert value(right, start) > value(wrong, start) + 0.2
    # One photograph a caption: nothing varies.
    assert value(right, "MS-SSIM") == pytest.approx(1.0, abs=1e-4)
    assert len(right) == 2 * 2 * len(SIZES) + 1
    assert all(0 <= each["interval"][0] <= each["value"] for each in right.values())
    assert json.loads((tmp_path / "a" / "figures.json").read_text())[0]["n"] == 60
    for name in ("captions.png", "neighbors.png"):
        with Image.open(tmp_path / "a" / name) as image:
            assert np.asarray(image).std() > 10


def test_the_photographs_are_needed():
    values = flags.FlagValues()
    flower_quality.define(values)
    values(["flower_quality", "--run_dir=unused"])
    with pytest.raises(ValueError, match="Give --data"):
        flower_quality.measure(values)
