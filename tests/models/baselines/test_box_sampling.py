"""Cutting boxes out of maps and placing maps in boxes, against plain bilinear interpolation."""

import numpy as np
import pytest

from keras_stackgan.models.baselines.boxes import crop_to_box, paste_into_box

BOXES = np.array([[0.1, 0.2, 0.5, 0.6], [0.0, 0.5, 1.0, 0.5], [0.4, 0.3, 0.2, 0.1]])


def maps(size=6, seed=0):
    return np.random.default_rng(seed).normal(size=(3, size, size, 2))


def plain(features, boxes, place):
    """Bilinear interpolation with zeros around the picture, pixel by pixel."""
    count, size, _, channels = features.shape
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)))
    result = np.zeros_like(features)
    grid = np.linspace(-1, 1, size)
    for b in range(count):
        left, top, width, height = boxes[b]
        for i in range(size):
            for j in range(size):
                y = place(grid[i], 2 * top + height - 1, height)
                x = place(grid[j], 2 * left + width - 1, width)
                y, x = ((v + 1) / 2 * (size - 1) for v in (y, x))
                if not (-1 < y < size and -1 < x < size):
                    continue
                row, column = int(np.floor(y)), int(np.floor(x))
                for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
                    weight = (1 - abs(y - row - dy)) * (1 - abs(x - column - dx))
                    result[b, i, j] += weight * padded[b, row + dy + 1, column + dx + 1]
    return result


@pytest.mark.parametrize(
    "function, place",
    [
        (crop_to_box, lambda p, center, half: center + half * p),
        (paste_into_box, lambda p, center, half: (p - center) / half),
    ],
)
def test_equals_plain_interpolation(function, place):
    ours = function(maps(), BOXES).numpy()
    np.testing.assert_allclose(ours, plain(maps(), BOXES, place), rtol=0, atol=1e-12)


@pytest.mark.parametrize("function", [crop_to_box, paste_into_box])
def test_the_whole_picture_changes_nothing(function):
    whole = np.tile([[0.0, 0.0, 1.0, 1.0]], (3, 1))
    np.testing.assert_allclose(function(maps(), whole), maps(), rtol=0, atol=1e-12)


def test_there_is_nothing_outside_of_the_box():
    corner = np.tile([[0.5, 0.0, 0.5, 0.5]], (3, 1))
    pasted = paste_into_box(np.ones((3, 8, 8, 1)), corner).numpy()
    assert (pasted[:, :4, 4:] == 1).all()
    assert (pasted[:, 4:] == 0).all() and (pasted[:, :, :3] == 0).all()


def test_a_constant_map_stays_constant_when_cut():
    cut = crop_to_box(np.ones((3, 5, 5, 1)), BOXES).numpy()
    np.testing.assert_allclose(cut, 1.0, rtol=0, atol=1e-12)
