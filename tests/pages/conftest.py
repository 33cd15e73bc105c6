"""A model, a study and a browser that the tests of pages share."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# The toy models of the tests of presets.
sys.path.append(str(Path(__file__).parent.parent / "presets"))


@pytest.fixture(scope="session")
def model():
    from toy_presets import toy_encoder, toy_v2

    made = toy_v2()
    made.text_encoder = toy_encoder()
    return made


@pytest.fixture(scope="session")
def drawing(model):
    """The demo of that model, on a server of this process."""
    from client import serving

    from keras_stackgan.pages import DemoPage

    about = {
        "name": "toy <b>birds</b>",
        "description": "Birds & <script>alert(1)</script>",
        "knows": ["colors of birds"],
        "captions": ["a red bird", "a blue bird"],
        "limits": ["It was never trained."],
        "files": {"model.weights.h5": 1},
        "figures": [{"name": "accuracy", "value": 0.51234, "command": "evaluate"}],
    }
    with serving(DemoPage(model, about, max_images=4, waiting=1)) as client:
        yield client


@pytest.fixture
def study(tmp_path):
    """A study of three models and four captions, whose pictures have the models' colors."""
    from keras_stackgan.pages import RankStudy, prepare_study

    sources = {}
    for name, gray in (("one", 10), ("two", 20), ("three", 30)):
        sources[name] = tmp_path / name
        sources[name].mkdir()
        for k in range(4):
            Image.fromarray(np.full((8, 8, 3), gray + k, "uint8")).save(sources[name] / f"{k}.png")
    captions = ["a red bird", "a <b>blue</b> bird", "a green bird", "a gray bird"]
    return RankStudy(prepare_study(sources, captions, tmp_path / "study"))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    import browser

    if browser.missing():
        pytest.skip(browser.missing())
    with browser.browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened
