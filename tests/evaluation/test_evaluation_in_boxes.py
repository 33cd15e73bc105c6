"""Models that draw into boxes are given those of the pictures that they are measured against."""

import dataclasses

import numpy as np
import pytest
from painted_records import Painter, write_records
from PIL import Image

from keras_stackgan.data.center_pictures import center_box, center_picture
from keras_stackgan.evaluation import EvaluationSet, evaluate_model, write_neighbors
from keras_stackgan.metrics import Evaluator, FeatureExtractor

SIZE = 16


class BoxPainter(Painter):
    """Draws nothing but its box, white."""

    takes_boxes = True

    def __init__(self):
        super().__init__()
        self.boxes = []

    def generate(self, captions=None, num_images=1, seed=0, *, boxes, batch_size=16):
        self.boxes.append(boxes)
        assert len(boxes) == len(captions)
        images = np.zeros((len(captions), SIZE, SIZE, 3), "uint8")
        for image, (left, top, width, height) in zip(images, SIZE * boxes, strict=True):
            image[round(top) : round(top + height), round(left) : round(left + width)] = 255
        return images


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Black pictures of 24 x 16 pixels, each with a white rectangle, which is its box."""
    folder = tmp_path_factory.mktemp("records")
    made, _ = write_records(folder, count=44, size=SIZE)
    boxed = []
    for k, record in enumerate(made):
        x, y, width, height = 4 + k % 5, k % 7, 5 + k % 6, 4 + k % 4
        pixels = np.zeros((16, 24, 3), "uint8")
        pixels[y : y + height, x : x + width] = 255
        Image.fromarray(pixels).save(record.path)
        boxed.append(dataclasses.replace(record, box=(x, y, width, height)))
    return boxed


def make_evaluator():
    def pixels(pictures):
        return pictures[..., 0].reshape(len(pictures), -1).astype("float32")

    return Evaluator([FeatureExtractor("pixels", pixels, SIZE * SIZE)], {}, [])


def test_the_box_is_where_the_object_is_in_the_middle_of_the_picture(records):
    for record in records:
        left, top, width, height = np.round(SIZE * center_box(record, SIZE, False)).astype(int)
        expected = np.zeros((SIZE, SIZE, 3), "uint8")
        expected[top : top + height, left : left + width] = 255
        np.testing.assert_array_equal(center_picture(record, SIZE, False), expected)
    # Cut to its box it fills two thirds of the picture.
    width, height = center_box(records[0], 32)[2:]
    assert max(width, height) > 0.6
    with pytest.raises(ValueError, match="must have a box"):
        center_box(dataclasses.replace(records[0], box=None), SIZE)


def test_each_caption_is_drawn_into_the_box_of_its_picture(records):
    pictures, model = EvaluationSet(records, SIZE, boxes=True, batch_size=8), BoxPainter()
    draw = {}

    def recorded(count, seed, captions, labels, boxes):
        draw[seed] = model.generate(captions, boxes=boxes)
        return draw[seed]

    drawn = [batch["pictures"] for batch in pictures.generated_batches(recorded)]
    real = [batch["pictures"] for batch in pictures.real_batches()]
    np.testing.assert_array_equal(np.concatenate(drawn), np.concatenate(real))


def test_a_model_with_boxes_is_measured(records, tmp_path):
    pictures, model = EvaluationSet(records, SIZE, boxes=True), BoxPainter()
    evaluator = make_evaluator()
    distances = {"difference": ("pixels", lambda a, b: np.abs(a * 1.0 - b).mean((1, 2, 3)))}
    report = evaluate_model(model, pictures, evaluator, distances=distances, bar=False)
    found = {(score.metric, score.pictures): score.value for score in report.scores}
    assert found["frechet_distance", "generated"] == found["frechet_distance", "real"]
    # One caption has one box, and this model draws nothing else.
    assert found["difference", "generated"] == 0.0
    path = write_neighbors(tmp_path, evaluator, records, SIZE, 2, 1, use_boxes=False)
    sheet = np.asarray(Image.open(path))
    np.testing.assert_array_equal(sheet[:SIZE, :SIZE], sheet[:SIZE, -SIZE:])


def test_reference_features_of_whole_pictures_are_others(records):
    assert EvaluationSet(records, SIZE, boxes=True).key() != EvaluationSet(records, SIZE).key()


def test_what_has_no_boxes_or_takes_none_is_named(records):
    without = [dataclasses.replace(record, box=None) for record in records]
    with pytest.raises(ValueError, match="pictures of this data set have none. Received: 44 of 44"):
        EvaluationSet(without, SIZE, boxes=True)
    for model, boxes in ((BoxPainter(), False), (Painter(), True)):
        pictures = EvaluationSet(records, SIZE, boxes=boxes)
        with pytest.raises(ValueError, match=f"with boxes={not boxes}"):
            evaluate_model(model, pictures, make_evaluator(), bar=False)
