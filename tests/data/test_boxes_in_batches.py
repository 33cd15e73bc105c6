"""Boxes on their way through cut, resizing, crop and flip."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from PIL import Image

from keras_stackgan.data import PREPROCESSINGS, caption_dataset, read_records


@pytest.fixture
def folder(tmp_path):
    """Black pictures with one white rectangle each, whose place is the box."""
    rng = np.random.default_rng(3)
    (tmp_path / "pictures").mkdir()
    lines = []
    for number in range(6):
        width, height = (int(side) for side in rng.integers(60, 72, 2))
        # So near to the middle that no crop below misses it.
        x, y = (int(start) for start in rng.integers(18, 28, 2))
        w, h = (int(side) for side in rng.integers(15, 25, 2))
        pixels = np.zeros((height, width, 3), "uint8")
        pixels[y : y + h, x : x + w] = 255
        file = f"pictures/{number}.png"
        Image.fromarray(pixels).save(tmp_path / file)
        lines.append({"file": file, "captions": ["a box"], "box": [x, y, w, h]})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "captions.jsonl").write_text(text)
    return tmp_path


def batches(records, count=4, **arguments):
    arguments = {"image_size": 32, "batch_size": 6, "boxes": True, **arguments}
    return list(itertools.islice(caption_dataset(records, **arguments).as_numpy_iterator(), count))


def white_part(image):
    """The bounds of what is white, in units of the picture."""
    rows, columns = ((image[..., 0] > 127).any(axis=axis).nonzero()[0] for axis in (1, 0))
    left, top = columns.min(), rows.min()
    return np.array([left, top, columns.max() + 1 - left, rows.max() + 1 - top]) / len(image)


@pytest.mark.parametrize("use_boxes", [True, False])
@pytest.mark.parametrize("preprocessing", ["v2", "v1_pytorch", "center"])
def test_boxes_are_where_the_object_is(folder, use_boxes, preprocessing):
    records = read_records(folder)
    found = batches(records, use_boxes=use_boxes, preprocessing=preprocessing)
    for batch in found:
        assert batch["boxes"].shape == (6, 4) and batch["boxes"].dtype == np.float32
        for image, box in zip(batch["images"], batch["boxes"], strict=True):
            # Resizing blurs the edge over a pixel or so.
            np.testing.assert_allclose(box, white_part(image), rtol=0, atol=1.6 / 32)


def test_boxes_stay_inside_and_have_a_size(folder):
    # Crops so small that most of the object lies outside of them, or all of it.
    small = dataclasses.replace(PREPROCESSINGS["v2"], load_scale=4.0)
    boxes = np.concatenate(
        [
            batch["boxes"]
            for batch in batches(read_records(folder), 8, use_boxes=False, preprocessing=small)
        ]
    )
    assert (boxes[:, :2] >= 0).all() and (boxes[:, :2] + boxes[:, 2:] <= 1 + 1e-6).all()
    assert boxes[:, 2:].min() == pytest.approx(1 / 32, rel=1e-4) and boxes[:, 2:].max() < 1 + 1e-6


def test_boxes_change_no_picture_and_caching_changes_no_box(folder):
    records = read_records(folder)
    with_boxes, cached = batches(records, cache=False), batches(records, cache=True)
    without = batches(records, boxes=False)
    for first, second, plain in zip(with_boxes, cached, without, strict=True):
        assert set(plain) == {"images"}
        np.testing.assert_array_equal(first["images"], plain["images"])
        np.testing.assert_array_equal(first["images"], second["images"])
        np.testing.assert_array_equal(first["boxes"], second["boxes"])


def test_records_without_a_box_are_named(folder):
    records = read_records(folder)
    records[2] = dataclasses.replace(records[2], box=None)
    with pytest.raises(ValueError, match=r"1 of 6 without, the first .*2\.png"):
        caption_dataset(records, boxes=True)
