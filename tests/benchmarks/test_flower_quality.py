"""Kind and color read off a model's flowers: right for one that draws them, wrong for another."""

import json
from types import SimpleNamespace

import benchmark_path  # noqa: F401
import flower_quality
import numpy as np
import pytest
from absl import flags
from PIL import Image

from keras_stackgan import metrics
from keras_stackgan.cli import model_source
from keras_stackgan.data import write_toy_flowers
from keras_stackgan.data.center_pictures import center_picture
from keras_stackgan.metrics import proportion_interval

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


def test_intervals_are_of_shares_and_of_captions(data):
    records, colors, _ = flower_quality.read(data)
    rows = list(range(20)) * 3
    records, colors = [records[row] for row in rows], [colors[row] for row in rows]
    names = sorted(set(colors))
    judge = SimpleNamespace(
        cardinalities={"color": len(names), "label": 2},
        predict_values=lambda colors: np.array([[names.index(color), 0] for color in colors]),
    )
    choices = {"color": names, "label": sorted({record.label for record in records})}
    about = {"accuracy": {"mine": {"color": 0.9, "label": 0.9}}}
    parts = flower_quality.read_off({"mine": judge}, choices, about, colors, records, colors)
    found = {name: interval for name, _, interval, _ in parts}
    # All right: the interval of a mean would have no width.
    assert found["color as asked, by judge 'mine'"] == (1.0, *proportion_interval(1.0, 20))


def test_variety_compares_the_same_kinds_and_colors(data, monkeypatch):
    records, colors, asked = flower_quality.read(data)
    model = Copier(data, 0)
    seen = []
    monkeypatch.setattr(
        metrics, "caption_diversity", lambda x, _: seen.append(len(x)) or [0.1, 0.2]
    )
    monkeypatch.setattr(flower_quality, "CAPTIONS", 3)
    monkeypatch.setattr(flower_quality, "PER_CAPTION", 2)
    assert flower_quality.variety(model, records, colors, asked, 0)[-1] == 3
    assert seen == [3, 3]
    monkeypatch.setattr(flower_quality, "PER_CAPTION", 10**6)
    assert flower_quality.variety(model, records, colors, asked, 0) is None


def test_figures_are_written_without_variety(data, tmp_path, monkeypatch):
    monkeypatch.setattr(flower_quality, "find_judges", lambda *given: ({}, {}, {}))
    right = np.ones(60, bool)
    monkeypatch.setattr(
        flower_quality, "read_off", lambda *given: [("right", right, (1.0, 0.9, 1.0), 0.8)]
    )
    sheets = []
    monkeypatch.setattr(flower_quality, "write_sheets", lambda *given: sheets.append(given))
    monkeypatch.setattr(flower_quality, "PER_CAPTION", 10**6)
    run(data, tmp_path, tmp_path / "judges", Copier(data, 0), monkeypatch)
    written = json.loads((tmp_path / "figures.json").read_text())
    assert [each["name"] for each in written] == [
        f"right, {size} pixels (photographs 0.800)" for size in SIZES
    ]
    assert len(sheets) == 1


def test_the_photographs_are_needed():
    values = flags.FlagValues()
    flower_quality.define(values)
    values(["flower_quality", "--run_dir=unused"])
    with pytest.raises(ValueError, match="Give --data"):
        flower_quality.measure(values)
