import dataclasses
import sys

import numpy as np
import pytest

from keras_stackgan.data.painted_birds import attributes, canvas
from keras_stackgan.data.painted_birds.painter import paint, paint_with_box
from keras_stackgan.data.painted_birds.palette import RGB
from keras_stackgan.data.painted_birds.specification import BirdSpecification

try:
    canvas.import_skia()
    WHY_NOT = ""
except ImportError as error:
    WHY_NOT = str(error)

needs_skia = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

BIRD = BirdSpecification(
    crown="red",
    nape="yellow",
    back="green",
    breast="white",
    belly="orange",
    wing="blue",
    tail="purple",
    beak_color="black",
    leg_color="orange",
    beak_shape="short",
    body_shape="round",
    size="large",
    wing_bars="no",
    eye_ring="no",
    pose="perched",
    facing="right",
    background="snow",
)
POSES = [
    dataclasses.replace(BIRD, pose=pose, body_shape=shape, background=background)
    for pose, shape, background in (
        ("perched", "slender", "dusk"),
        ("standing", "long-necked", "grass"),
        ("flying", "round", "sky"),
        ("swimming", "slender", "water"),
    )
]


def changed(first, second, seed=3, size=128):
    """Where two birds' pictures differ, as absolute differences summed over the channels."""
    pictures = [paint(bird, seed, size).astype(int) for bird in (first, second)]
    return np.abs(pictures[0] - pictures[1]).sum(-1)


def center_of(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean() / mask.shape[1], rows.mean() / mask.shape[0]


def part_mask(bird, part, seed, size):
    """Where a part is plainly seen: where black and white in its place differ most."""
    difference = changed(
        dataclasses.replace(bird, **{part: "black"}),
        dataclasses.replace(bird, **{part: "white"}),
        seed,
        size,
    )
    return difference > 400


@needs_skia
@pytest.mark.parametrize("bird", POSES, ids=[bird.pose for bird in POSES])
def test_same_arguments_same_picture(bird):
    first, box = paint_with_box(bird, 5, 96)
    again, same_box = paint_with_box(bird, 5, 96)
    assert first.shape == (96, 96, 3) and first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert box == same_box
    assert (paint(bird, 6, 96) != first).mean() > 0.2


@needs_skia
@pytest.mark.parametrize("bird", POSES, ids=[bird.pose for bird in POSES])
def test_size_only_scales(bird):
    large, large_box = paint_with_box(bird, 2, 256)
    small, small_box = paint_with_box(bird, 2, 64)
    reduced = large.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert np.abs(small - reduced).mean() < 4
    np.testing.assert_allclose(np.array(large_box) / 4, small_box, atol=1.6)


@needs_skia
@pytest.mark.parametrize("name", [name for name in attributes.ATTRIBUTES if name != "pose"])
def test_every_value_is_seen(name):
    pictures = []
    for value in attributes.ATTRIBUTES[name]:
        if value in attributes.BACKGROUNDS_OF_POSE["perched"] or name != "background":
            pictures.append(paint(dataclasses.replace(BIRD, **{name: value}), 3, 96).astype(int))
    for number, first in enumerate(pictures):
        for second in pictures[:number]:
            assert (np.abs(first - second).sum(-1) > 60).sum() >= 12


@needs_skia
def test_parts_lie_where_a_bird_has_them():
    masks = {part: part_mask(BIRD, part, 3, 128) for part in attributes.COLORED_PARTS}
    centers = {part: center_of(mask) for part, mask in masks.items()}
    # The bird looks right, the picture's y points down.
    assert centers["crown"][1] < centers["breast"][1] < centers["belly"][1] < centers["tail"][1]
    assert centers["tail"][0] < centers["back"][0] < centers["wing"][0] < centers["breast"][0]
    assert centers["nape"][0] < centers["crown"][0] and centers["nape"][1] < centers["back"][1]
    for number, first in enumerate(attributes.COLORED_PARTS):
        for second in attributes.COLORED_PARTS[:number]:
            assert not (masks[first] & masks[second]).any()


@needs_skia
@pytest.mark.parametrize(
    ("changes", "part", "above"),
    [
        ({"eye_ring": "yes"}, "breast", True),
        ({"beak_color": "yellow"}, "breast", True),
        ({"leg_color": "black"}, "breast", False),
    ],
)
def test_details_change_only_their_place(changes, part, above):
    difference = changed(BIRD, dataclasses.replace(BIRD, **changes)) > 60
    assert 12 <= difference.sum() < 0.03 * difference.size
    height = center_of(part_mask(BIRD, part, 3, 128))[1]
    assert (center_of(difference)[1] < height) == above


@needs_skia
def test_wing_bars_are_on_the_wing():
    difference = changed(BIRD, dataclasses.replace(BIRD, wing_bars="yes")) > 200
    assert difference.sum() > 30
    assert (difference & part_mask(BIRD, "wing", 3, 128)).sum() > 0.9 * difference.sum()


@needs_skia
@pytest.mark.parametrize("bird", POSES, ids=[bird.pose for bird in POSES])
def test_facing_mirrors_the_bird(bird):
    boxes, centers = [], []
    for facing in attributes.FACINGS:
        turned = dataclasses.replace(bird, facing=facing)
        crown, tail = (center_of(part_mask(turned, part, 3, 96))[0] for part in ("crown", "tail"))
        boxes.append(paint_with_box(turned, 3, 96)[1][2:])
        centers.append(crown - tail)
    assert centers[0] < -0.2 and centers[1] > 0.2
    np.testing.assert_allclose(boxes[0], boxes[1], atol=16)


@needs_skia
@pytest.mark.parametrize("bird", POSES, ids=[bird.pose for bird in POSES])
def test_colors_are_those_named(bird):
    palette = np.array([RGB[color] for color in attributes.COLORS], float)
    masks = [part_mask(bird, part, 3, 96) for part in attributes.COLORED_PARTS]
    assert min(mask.sum() for mask in masks) > 20
    wrong = []
    for shift in range(len(attributes.COLORS)):
        # Neighbors differ, and after the last shift every part has had every color.
        colors = [attributes.COLORS[(shift + 5 * part) % 12] for part in range(len(masks))]
        parts = dict(zip(attributes.COLORED_PARTS, colors, strict=True))
        picture = paint(dataclasses.replace(bird, **parts), 3, 96)
        for (part, color), mask in zip(parts.items(), masks, strict=True):
            distances = np.square(palette - picture[mask].mean(0)).sum(1)
            nearest = attributes.COLORS[int(distances.argmin())]
            if nearest != color:
                wrong.append((part, color, nearest))
    # Of 84; a belly in the shade may come out as its darker neighbor.
    assert len(wrong) <= 3, wrong


@needs_skia
@pytest.mark.parametrize("size", attributes.SIZES)
@pytest.mark.parametrize("bird", POSES, ids=[bird.pose for bird in POSES])
def test_box_holds_the_bird(bird, size):
    bird = dataclasses.replace(bird, size=size)
    x, y, width, height = paint_with_box(bird, 4, 128)[1]
    assert 0 <= x < x + width <= 128 and 0 <= y < y + height <= 128
    inside = np.zeros((128, 128), bool)
    inside[y : y + height, x : x + width] = True
    black, white = (
        dataclasses.replace(bird, **dict.fromkeys(attributes.COLORED_PARTS, color))
        for color in ("black", "white")
    )
    seen = changed(black, white, 4) > 300
    if bird.pose != "swimming":  # Its reflection changes too.
        assert not (seen & ~inside).any()
    assert (seen & inside).sum() > 0.2 * inside.sum()
    share = {"small": 0.45, "medium": 0.60, "large": 0.75}[size]
    assert 0.8 * share < max(width, height) / 128 < 1.5 * share


@needs_skia
def test_box_follows_the_size():
    areas = []
    for size in attributes.SIZES:
        _, _, width, height = paint_with_box(dataclasses.replace(BIRD, size=size), 4, 128)[1]
        areas.append(width * height)
    assert areas[1] > 1.4 * areas[0] and areas[2] > 1.3 * areas[1]


@needs_skia
@pytest.mark.parametrize("pose", attributes.POSES)
def test_every_bird_can_be_painted(pose):
    for number, background in enumerate(attributes.BACKGROUNDS_OF_POSE[pose]):
        shape, beak = attributes.BODY_SHAPES[number % 3], attributes.BEAK_SHAPES[number % 3]
        bird = dataclasses.replace(
            BIRD, pose=pose, background=background, body_shape=shape, beak_shape=beak
        )
        assert paint(bird, number, 64).std() > 15


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("a red bird",), TypeError, "`specification` must be a BirdSpecification. Received: str"),
        ((BIRD, -1), ValueError, "`seed` must be an int of at least 0. Received: -1"),
        ((BIRD, 1.5), ValueError, "`seed` must be an int of at least 0. Received: 1.5"),
        ((BIRD, 0, 8), ValueError, "`size` must be an int of at least 16. Received: 8"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        paint(*arguments)


def test_without_skia(monkeypatch):
    canvas.import_skia.cache_clear()
    monkeypatch.setitem(sys.modules, "skia", None)
    with pytest.raises(ImportError, match="needs the package skia-python: pip install skia-python"):
        paint(BIRD)
