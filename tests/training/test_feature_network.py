"""Discriminators of a run that look through a network from a file."""

import keras
import numpy as np
import pytest
import toy_run

from keras_stackgan.training import RunFolder, feature_network


@pytest.fixture
def file(tmp_path):
    keras.utils.set_random_seed(7)
    x = inputs = keras.Input((16, 16, 3))
    maps = [x := keras.layers.Conv2D(4, 3, strides=2, padding="same")(x) for _ in range(2)]
    path = tmp_path / "network.keras"
    keras.Model(inputs, maps).save(path)
    return path


def run(folder, value, **keywords):
    made = toy_run.make(folder, **keywords)
    made.config["model"]["config"]["discriminator_features"] = str(value)
    return made


def test_a_run_keeps_a_copy_and_goes_on_without_the_original(file, tmp_path):
    wanted = keras.models.load_model(file).get_weights()
    model = run(tmp_path, file).fit()
    kept = RunFolder(tmp_path / "run").path / feature_network.FILE
    assert kept.read_bytes() == file.read_bytes()
    for discriminator in model.discriminators:
        for ours, theirs in zip(discriminator.frozen_features.get_weights(), wanted, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    file.unlink()
    assert run(tmp_path, file).fit().step == model.step
    again = RunFolder(tmp_path / "run").load_model()
    np.testing.assert_array_equal(
        again.discriminators[0].frozen_features.get_weights()[0], wanted[0]
    )


@pytest.mark.parametrize("value", ["nothing.keras", "guid", "network.h5"])
def test_what_is_neither_guide_nor_file_is_one_clear_error(tmp_path, value):
    with pytest.raises(ValueError, match=r"must be 'guide' or the path of a \.keras file"):
        run(tmp_path, tmp_path / value).fit()
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_no_model_is_one_clear_error(tmp_path):
    wrong = tmp_path / "wrong.keras"
    wrong.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="must name the file of a Keras model"):
        run(tmp_path, wrong).fit()
    assert not (tmp_path / "run").exists()


def test_a_network_of_other_pictures_is_one_clear_error(tmp_path):
    dense = tmp_path / "dense.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(dense)
    with pytest.raises(ValueError, match="from pictures"):
        run(tmp_path, dense).fit()
    assert not (tmp_path / "run").exists()
