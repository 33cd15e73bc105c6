import json

import keras
import numpy as np
import pytest

from keras_stackgan.data import caption_dataset, read_records
from keras_stackgan.data.description import describe_data


def described(records, **changes):
    arguments = {"embeddings": np.ones((7, 2, 6)), "image_size": 8, "batch_size": 2, **changes}
    return caption_dataset(records, **arguments).description


def test_what_changes_batches_counts_and_nothing_else(make_folder):
    records = read_records(make_folder())
    first = described(records)
    assert json.loads(json.dumps(first)) == first
    same = described(
        records, start_step=3, num_parallel_calls=1, cache=False, embeddings=np.ones((7, 2, 6))
    )
    assert same.pop("start_step") == 3 and first.pop("start_step") == 0
    assert same == first
    moved = described(read_records(make_folder(name="elsewhere")))
    assert moved.pop("start_step") == 0 and moved == first


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"batch_size": 3}, "batch_size"),
        ({"seed": 1}, "seed"),
        ({"image_size": 16}, "image_size"),
        ({"flip": False}, "preprocessing"),
        ({"shuffle": False}, "shuffle"),
        ({"average_captions": 2}, "average_captions"),
        ({"mismatched_images": True}, "mismatched_images"),
        ({"embeddings": np.full((7, 2, 6), 2.0)}, "embeddings"),
        ({"embeddings": None}, "embeddings"),
        ({"augmenter": keras.layers.RandomBrightness(0.2)}, "augmenter"),
    ],
)
def test_every_setting_that_changes_batches(make_folder, change, key):
    records = read_records(make_folder())
    first, second = described(records), described(records, **change)
    assert [name for name in first if first[name] != second[name]] == [key]


def test_records_count(make_folder):
    one, two = make_folder(), make_folder(captions=3, name="two")
    first = describe_data(read_records(one), None, None, 0)
    assert first["records"] != describe_data(read_records(two), None, None, 0)["records"]
    fewer = describe_data(read_records(one)[1:], None, None, 0)
    assert fewer["records"] != first["records"] and fewer["count"] == 6
