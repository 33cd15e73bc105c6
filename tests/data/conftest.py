"""Small data folders and a small encoder for the tests of the data part."""

import hashlib
import json

import numpy as np
import pytest
from PIL import Image


class CountingEncoder:
    """An encoder whose vectors come from the caption's bytes; it remembers what it was asked."""

    dim = 6

    def __init__(self, name="counting"):
        self.name = name
        self.seen = []

    def fingerprint(self):
        return self.name

    def __call__(self, captions):
        self.seen += captions
        return np.stack([self.vector(caption) for caption in captions])

    def vector(self, caption):
        digest = hashlib.sha256((self.name + caption).encode()).digest()
        return np.frombuffer(digest[: self.dim], "uint8").astype("float32") / 255


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def make_folder(tmp_path):
    """A function that writes pictures, each of one color that tells its number, and captions."""

    def make(count=7, size=(24, 20), labels=None, captions=2, name="data"):
        folder = tmp_path / name
        (folder / "pictures").mkdir(parents=True)
        lines = []
        for number in range(count):
            file = f"pictures/{number}.png"
            Image.new("RGB", size, (10 * number, 0, 255 - 10 * number)).save(folder / file)
            line = {"file": file, "captions": [f"caption {number} {i}" for i in range(captions)]}
            if labels is not None:
                line["label"] = labels[number]
            lines.append(json.dumps(line))
        (folder / "captions.jsonl").write_text("\n".join(lines) + "\n")
        return folder

    return make
