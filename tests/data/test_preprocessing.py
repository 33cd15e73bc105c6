"""Equal to recorded runs of the published transforms, to the bit."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data.decoding import PictureError
from keras_stackgan.data.preprocessing import (
    PREPROCESSINGS,
    Preprocessing,
    check_box,
    crop_bounds,
    stretch_contrast,
)

RECORDED = np.load(Path(__file__).parent / "data/preprocessing.npz")
SOURCE = Image.fromarray(RECORDED["src"])
BOX = tuple(RECORDED["chain_box"])
WITH_STRETCH = dataclasses.replace(PREPROCESSINGS["v1_tensorflow"], stretch_contrast=True)


@pytest.mark.parametrize("number", range(len(RECORDED["boxes"])))
def test_boxes(number):
    box, size, expected = RECORDED["boxes"][number]
    assert crop_bounds(tuple(size[2:]), tuple(box)) == tuple(expected)


def test_box_outside_of_the_picture_leaves_a_pixel():
    assert crop_bounds((40, 30), (90, 90, 4, 4)) == (39, 29, 40, 30)
    assert crop_bounds((40, 30), (17.9, 3.9, 5.9, 6.9)) == crop_bounds((40, 30), (17, 3, 5, 6))


@pytest.mark.parametrize(
    "box",
    [(0.2, 0.2, 0.5, 0.5), (0, 0, 1, 1), (40, 3, 9, 9), (3, 30, 9, 9), (-9, 3, 9, 9), (3, 3, 1, 1)],
)
def test_a_box_that_leaves_nothing_is_refused(box):
    wanted = r"'a.jpg' must have a box .* in pixels, not in shares .* \(40x30\). Received: \["
    with pytest.raises(PictureError, match=wanted) as error:
        check_box((40, 30), box, "a.jpg")
    assert error.value.kind == "bad_box"


@pytest.mark.parametrize("box", [(0, 0, 40, 30), (39, 29, 9, 9), (-5, -5, 8, 8), (3, 3, 2, 2)])
def test_a_box_with_a_part_in_the_picture_will_do(box):
    check_box((40, 30), box, "a.jpg")


def test_v2():
    v2 = PREPROCESSINGS["v2"]
    scaled = v2.load(SOURCE, 64, BOX)
    np.testing.assert_array_equal(scaled, RECORDED["v2_scaled"])
    x, y = RECORDED["crop_xy"]
    square = np.ascontiguousarray(scaled[y : y + 64, x : x + 64][:, ::-1])
    np.testing.assert_array_equal(square, RECORDED["v2_64"])
    for size, picture in zip((32, 16), v2.shrink(square, (32, 16)), strict=True):
        np.testing.assert_array_equal(picture, RECORDED[f"v2_{size}"])


def test_v1_pytorch():
    loaded = PREPROCESSINGS["v1_pytorch"].load(SOURCE, 64, BOX)
    np.testing.assert_array_equal(loaded, RECORDED["v1pt_76"])


def test_v1_tensorflow_with_its_accidental_stretch():
    cut = np.asarray(SOURCE.crop(crop_bounds(SOURCE.size, BOX)))
    np.testing.assert_array_equal(stretch_contrast(cut), RECORDED["v1tf_stretched"])
    large = WITH_STRETCH.load(SOURCE, 256, BOX)
    np.testing.assert_array_equal(large[::8, ::8], RECORDED["v1tf_304_every8"])
    np.testing.assert_array_equal(WITH_STRETCH.load(SOURCE, 64, BOX), RECORDED["v1tf_76"])


def test_the_stretch_is_off_by_default():
    plain = PREPROCESSINGS["v1_tensorflow"].load(SOURCE, 64, BOX)
    assert np.abs(plain.astype(int) - RECORDED["v1tf_76"]).max() > 10
    # A picture that uses all values already: the stretch changes nothing.
    full = RECORDED["src"].copy()
    full[50, 60], full[51, 60] = 0, 255
    full = Image.fromarray(full)
    np.testing.assert_array_equal(
        PREPROCESSINGS["v1_tensorflow"].load(full, 64), WITH_STRETCH.load(full, 64)
    )
    assert (stretch_contrast(np.full((2, 2, 3), 7, "uint8")) == 0).all()


def test_shorter_side_and_square():
    tall = Image.new("RGB", (30, 71))
    assert PREPROCESSINGS["v2"].load(tall, 16).shape == (44, 19, 3)
    assert PREPROCESSINGS["v1_pytorch"].load(tall, 16).shape == (19, 19, 3)
    assert PREPROCESSINGS["center"].load(tall, 16).shape == (37, 16, 3)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"load_scale": 0.5}, "`load_scale` must be between 1"),
        ({"interpolation": "nearest"}, "`interpolation` must be 'bilinear' or 'bicubic'"),
        ({"smaller": "area"}, "`smaller` must be 'resize' or 'subsample'"),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(ValueError, match=message):
        Preprocessing(**change)
