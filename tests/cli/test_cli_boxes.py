"""The commands that draw, with a model that is told where: GAWWN from training to measuring."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.cli.main import main
from keras_stackgan.data import read_records
from keras_stackgan.data.center_pictures import center_box
from keras_stackgan.training import RunFolder

TOY = ["--recipe", "gawwn_cub", "--source", "folder", "--split", "all", "--steps", "2"]
TOY += ["--batch_size", "4", "--text_encoder", "hashed_ngrams"]
TOY += ["--set", "model.config.image_size=32", "--generator_filters", "4"]
TOY += ["--discriminator_filters", "4"]
BOX = "0.5,0,0.5,0.5"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with flowers that have boxes, and a run."""
    folder = tmp_path_factory.mktemp("boxes")
    flowers = folder / "flowers"
    size = ["--count", "44", "--size", "32"]
    assert main(["prepare", "toy_flowers", "--out", str(flowers), *size]) == 0
    path = flowers / "captions.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for k, line in enumerate(lines):
        line["box"] = [k % 8, 4, 16, 12 + k % 8]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["train", "--data", str(flowers), "--run_dir", str(folder / "run"), *TOY]) == 0
    return folder


@pytest.fixture(scope="module")
def model(place):
    return RunFolder(place / "run").load_model()


def test_sample_grids_of_a_run_are_in_the_boxes_of_the_data(place, model):
    captions = RunFolder(place / "run").read_config()["run"]["sample_captions"]
    records = {record.captions[0]: record for record in read_records(place / "flowers")}
    boxes = np.stack([center_box(records[text], 32, use_boxes=False) for text in captions])
    assert np.ptp(boxes[:, 0]) > 0.1
    (path,) = (place / "run" / "samples" / "all").glob("*2_32.png")
    grid = np.asarray(Image.open(path))
    for row, (caption, box) in enumerate(zip(captions, boxes, strict=True)):
        pictures = model.generate(caption, num_images=8, boxes=box)
        shown = grid[32 * row : 32 * row + 32]
        np.testing.assert_array_equal(shown, np.concatenate(pictures, axis=1))


def test_generate_draws_into_boxes(place, model):
    out = place / "pictures"
    arguments = ["--run_dir", str(place / "run"), "--out", str(out), "--box", BOX]
    assert main(["generate", *arguments, "--caption", "a rose", "--caption", "a tulip"]) == 0
    expected = model.generate(["a rose", "a tulip"], boxes=[0.5, 0, 0.5, 0.5])
    for path, picture in zip(sorted(out.glob("*.png")), expected, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), picture)


def test_boxes_that_do_not_fit_are_one_line(place, capsys):
    arguments = ["generate", "--run_dir", str(place / "run"), "--caption", "a rose"]
    for boxes, message in (
        (["--box", "0.7,0,0.5,0.5"], "inside of the picture"),
        (["--box", BOX] * 2, "shape (2, 4) for 1 pictures"),
    ):
        assert main([*arguments, *boxes]) == 2
        error = capsys.readouterr().err.strip().splitlines()
        assert message in error[-1]


def test_evaluate_draws_into_the_boxes_of_the_held_out_pictures(place, monkeypatch):
    from keras_stackgan.models import GAWWN

    judges, seen = place / "judges", []
    learn = ["--image_size", "16", "--width", "4", "--epochs", "1", "--out", str(judges)]
    assert main(["train-classifier", "--data", str(place / "flowers"), *learn]) == 0
    generate = GAWWN.generate

    def spy(self, captions, boxes=None, **kwargs):
        seen.extend(zip(captions, np.round(boxes, 5).tolist(), strict=True))
        return generate(self, captions, boxes=boxes, **kwargs)

    monkeypatch.setattr(GAWWN, "generate", spy)
    measure = ["--run_dir", str(place / "run"), "--data", str(place / "flowers"), "--split", "all"]
    measure += ["--judges", str(judges), "--nomap", "--out", str(place / "measured")]
    assert main(["evaluate", *measure, "--training_split", "all"]) == 0
    known = {
        (text, tuple(np.round(center_box(record, 32, use_boxes=False), 5).tolist()))
        for record in read_records(place / "flowers")
        for text in record.captions
    }
    assert len(seen) >= 22 and {(text, tuple(box)) for text, box in seen} <= known


def test_data_without_boxes_is_refused(place, tmp_path, capsys):
    flowers, size = str(tmp_path / "flowers"), ["--count", "40", "--size", "32"]
    assert main(["prepare", "toy_flowers", "--out", flowers, *size]) == 0
    measure = ["--run_dir", str(place / "run"), "--data", flowers, "--split", "all"]
    assert main(["evaluate", *measure, "--judges", str(place / "judges")]) == 2
    assert "draws into boxes, and pictures of this data set have none" in capsys.readouterr().err
