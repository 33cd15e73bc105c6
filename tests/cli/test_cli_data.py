"""The commands that look after data, without training."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.cli.main import main


@pytest.fixture
def pets(tmp_path):
    """Forty pictures in two folders of classes, one of them broken."""
    rng = np.random.default_rng(0)
    for number in range(40):
        path = tmp_path / f"my pets/{('cat', 'big_dog')[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 256, (4, 4, 3), dtype="uint8")
        Image.fromarray(coarse).resize((16, 16)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    return tmp_path / "my pets"


def files(folder):
    lines = (Path(folder) / "captions.jsonl").read_text().splitlines()
    return [json.loads(line)["file"] for line in lines]


def test_what_an_audit_writes_is_both_splits(pets, capsys, tmp_path):
    audit = ["audit", "--data", str(pets), "--source", "class_folder", "--image_size", "16"]
    assert main(audit) == 0
    assert " and 4 for testing:" in capsys.readouterr().out
    assert main([*audit, "--skip_bad", "--out", str(tmp_path / "good")]) == 0
    assert f"39 of 40 pictures are in '{tmp_path / 'good'}'." in capsys.readouterr().out
    assert "pictures/cat/0.png" in files(tmp_path / "good")
    train = [*audit, "--skip_bad", "--split", "train", "--out", str(tmp_path / "train")]
    assert main(train) == 0
    assert "35 of 36 pictures of the train split are in" in capsys.readouterr().out
