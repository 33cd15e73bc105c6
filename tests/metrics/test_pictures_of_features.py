"""The map of pictures and the sheet of nearest neighbors."""

import importlib.util

import numpy as np
import pytest

from keras_stackgan.metrics import nearest_neighbors, neighbor_sheet, tsne_map
from keras_stackgan.metrics.tsne_map import GENERATED, REAL


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("sklearn") is None, reason="scikit-learn is not installed"
)
def test_the_map_keeps_what_differs_apart():
    generator = np.random.default_rng(0)
    real = np.zeros((12, 16, 16, 3), "uint8")
    fake = np.full((12, 16, 16, 3), 255, "uint8")
    features = generator.normal(size=(12, 5)), generator.normal(size=(12, 5)) + 50.0
    drawn = tsne_map(real, features[0], fake, features[1], size=200, thumbnail=20)
    assert drawn.shape == (200, 200, 3) and drawn.dtype == np.uint8
    places = [np.argwhere((drawn == color).all(axis=-1)) for color in (REAL, GENERATED)]
    assert all(len(place) > 100 for place in places)
    apart = np.linalg.norm(places[0].mean(axis=0) - places[1].mean(axis=0))
    assert apart > places[0].std(axis=0).mean()
    again = tsne_map(real, features[0], fake, features[1], size=200, thumbnail=20)
    np.testing.assert_array_equal(drawn, again)


def test_the_map_says_what_is_wrong():
    pictures, features = np.zeros((3, 8, 8, 3), "uint8"), np.zeros((3, 2))
    with pytest.raises(ValueError, match="10 or more together"):
        tsne_map(pictures, features, pictures, features)
    pictures = np.zeros((6, 8, 8, 3), "uint8")
    equal = np.full((6, 2), 0.3)
    # Otherwise the process ends, and no test says so.
    with pytest.raises(ValueError, match="must differ. Received: 12 equal rows"):
        tsne_map(pictures, equal, pictures, equal)
    with pytest.raises(ValueError, match="`features` must be finite"):
        tsne_map(pictures, equal, pictures, equal * np.nan)


def test_neighbors_are_the_nearest():
    training = np.random.default_rng(0).normal(size=(30, 4))
    rows, distances = nearest_neighbors(training[[7, 2]] + 1e-9, training, 3)
    assert rows[:, 0].tolist() == [7, 2] and rows.shape == (2, 3)
    np.testing.assert_allclose(distances[:, 0], 0.0, atol=1e-6)
    brute = np.linalg.norm(training - training[7], axis=1)
    np.testing.assert_array_equal(rows[0], np.argsort(brute)[:3])
    np.testing.assert_allclose(distances[0, 1:], np.sort(brute)[1:3], rtol=1e-6)
    with pytest.raises(ValueError, match="`count` must be from 1 to 30"):
        nearest_neighbors(training, training, 31)
    with pytest.raises(ValueError, match="must have shapes"):
        nearest_neighbors(training[:, :2], training)


def test_the_sheet_shows_them_in_order():
    training = np.arange(5, dtype="uint8")[:, None, None, None].repeat(4, 1).repeat(4, 2)
    training = training.repeat(3, 3)
    pictures = np.full((2, 4, 4, 3), 9, "uint8")
    rows = np.array([[3, 1], [0, 4]])
    sheet = neighbor_sheet(pictures, training, rows, gap=2)
    assert sheet.shape == (8, 14, 3)
    assert sheet[0, :, 0].tolist() == [9] * 4 + [255] * 2 + [3] * 4 + [1] * 4
    by_function = neighbor_sheet(pictures, lambda row: training[row], rows, gap=2)
    np.testing.assert_array_equal(by_function, sheet)
