"""The serving example as a user runs it: a process, requests, pictures."""

import io
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan import StackGANv2
from keras_stackgan.text import HashedNgramEncoder

SCRIPT = Path(__file__).parents[2] / "examples" / "serve_savedmodel.py"


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, SCRIPT, *arguments],
        cwd=folder,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(address, **parameters):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}?{urllib.parse.urlencode(parameters)}", timeout=60) as answer:
        return answer.headers["Content-Type"], answer.read()


@pytest.mark.slow
def test_pictures_over_http(tmp_path):
    model = StackGANv2(
        image_sizes=(16,), generator_filters=4, discriminator_filters=4, embedding_dim=8
    )
    model.text_encoder = HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)
    model.export_saved_model(tmp_path / "birds")
    process = start(tmp_path, "--model", "birds", "--port", "0")
    try:
        address = process.stdout.readline().split("?")[0]
        assert address.startswith("http://127.0.0.1:"), process.stderr.read()
        kind, body = ask(address, caption="a red bird", seed=3)
        assert kind == "image/png"
        picture = np.asarray(Image.open(io.BytesIO(body))).astype(int)
        expected = model.generate("a red bird", seed=3)[0]
        assert np.abs(picture - expected).max() <= 1
        for wrong in ({}, {"caption": "x" * 501}, {"caption": "a", "seed": -1}):
            with pytest.raises(urllib.error.HTTPError, match="400"):
                ask(address, **wrong)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            ask(address.replace("/picture", "/"))
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_a_directory_that_is_none(tmp_path):
    process = start(tmp_path, "--model", "nowhere", "--port", "0")
    _, printed = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "nowhere" in printed and "Traceback" not in printed
