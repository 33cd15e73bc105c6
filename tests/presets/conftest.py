import shutil

import pytest


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """A model with its text encoder, and the preset of it, with what further training needs."""
    from toy_presets import METADATA, toy_encoder, toy_v2

    model = toy_v2()
    model.text_encoder = toy_encoder()
    directory = tmp_path_factory.mktemp("presets") / "toy"
    model.save_to_preset(directory, METADATA, include_training=True)
    return model, directory


@pytest.fixture
def preset(saved, tmp_path):
    """A copy of that preset, to be spoiled."""
    return shutil.copytree(saved[1], tmp_path / "toy")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache directory of the test's own."""
    monkeypatch.setenv("KERAS_STACKGAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
