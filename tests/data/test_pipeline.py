import itertools

import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from PIL import Image

from keras_stackgan.data import (
    PREPROCESSINGS,
    Preprocessing,
    caption_dataset,
    embed_captions,
    order,
    read_records,
)


def numbers(images):
    """Reads the record's number off a picture of `make_folder`."""
    return images[:, 0, 0, 0] // 10


def take(dataset, count):
    return list(itertools.islice(dataset.as_numpy_iterator(), count))


def check_same(first, second):
    assert len(first) == len(second)
    for one, two in zip(first, second, strict=True):
        assert one.keys() == two.keys()
        for key in one:
            np.testing.assert_array_equal(one[key], two[key])


@pytest.fixture
def data(make_folder, encoder):
    records = read_records(make_folder(count=7, labels=list("aabbbcc"), captions=3))
    return records, embed_captions(records, encoder)


FULL = {"image_size": 16, "batch_size": 4, "mismatched_images": True, "labels": True}


def test_batches_are_full_and_belong_together(data, encoder):
    records, embeddings = data
    batches = take(caption_dataset(records, embeddings, **FULL), 20)
    seen = set()
    for batch in batches:
        assert {key: value.shape for key, value in batch.items()} == {
            "images": (4, 16, 16, 3),
            "embeddings": (4, 6),
            "mismatched_images": (4, 16, 16, 3),
            "labels": (4,),
        }
        assert batch["images"].dtype == batch["mismatched_images"].dtype == np.uint8
        assert batch["embeddings"].dtype == np.float32 and batch["labels"].dtype == np.int32
        rows = zip(numbers(batch["images"]), batch["embeddings"], batch["labels"], strict=True)
        for number, vector, label in rows:
            vectors = embeddings[number].tolist()
            assert vector.tolist() in vectors
            seen.add((number, vectors.index(vector.tolist())))
            assert "abc"[label] == records[number].label
    assert len(seen) > 18  # nearly all of the 21 captions


def test_static_shapes_and_cardinality(data):
    dataset = caption_dataset(*data, **FULL)
    assert dataset.element_spec["images"].shape == (4, 16, 16, 3)
    assert dataset.element_spec["embeddings"].shape == (4, 6)
    assert dataset.cardinality() == tf.data.INFINITE_CARDINALITY
    assert caption_dataset(*data, **FULL, steps=3).cardinality() == 3


def test_an_epoch_shows_every_picture_once_in_its_own_order(data):
    batches = take(caption_dataset(*data, image_size=16, batch_size=4), 14)
    order_seen = np.concatenate([numbers(batch["images"]) for batch in batches]).reshape(8, 7)
    assert (np.sort(order_seen, axis=1) == np.arange(7)).all()
    assert len({tuple(epoch) for epoch in order_seen}) > 6


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_start_step_continues_exactly(data, step):
    whole = caption_dataset(*data, **FULL).skip(step)
    check_same(take(whole, 3), take(caption_dataset(*data, **FULL, start_step=step), 3))


def test_far_steps_start_at_once(data):
    assert take(caption_dataset(*data, **FULL, start_step=10**9), 1)[0]["images"].shape[0] == 4


@pytest.mark.parametrize("cache", [True, False])
def test_threads_and_cache_change_nothing(data, cache):
    reference = take(caption_dataset(*data, **FULL, num_parallel_calls=1, cache=False), 12)
    for calls in (2, 8, None):
        again = caption_dataset(*data, **FULL, num_parallel_calls=calls, cache=cache)
        check_same(reference, take(again, 12))


def test_samples_do_not_depend_on_the_batch_size(data):
    small = take(caption_dataset(*data, **{**FULL, "batch_size": 2}), 6)
    large = take(caption_dataset(*data, **{**FULL, "batch_size": 6}), 2)
    for key in small[0]:
        np.testing.assert_array_equal(
            np.concatenate([batch[key] for batch in small]),
            np.concatenate([batch[key] for batch in large]),
        )


def test_seeds_differ(data):
    first, second = (take(caption_dataset(*data, **FULL, seed=seed), 4) for seed in (0, 1))
    assert any((a["images"] != b["images"]).any() for a, b in zip(first, second, strict=True))


def test_mismatched_is_never_the_same_record(data):
    records, _ = data
    batches = take(caption_dataset(*data, **FULL), 150)
    own = np.concatenate([numbers(batch["images"]) for batch in batches])
    other = np.concatenate([numbers(batch["mismatched_images"]) for batch in batches])
    assert (own != other).all()
    labels = np.array([record.label for record in records])
    # Two or three of seven share a label. Of other records 22 % would; one re-draw squares that.
    assert 0.01 < (labels[own] == labels[other]).mean() < 0.10


def test_mismatched_without_labels_covers_all_others(make_folder):
    records = read_records(make_folder(count=4))
    batches = take(caption_dataset(records, None, 16, 8, mismatched_images=True), 40)
    pairs = {
        pair
        for batch in batches
        for pair in zip(numbers(batch["images"]), numbers(batch["mismatched_images"]), strict=True)
    }
    assert pairs == {(a, b) for a in range(4) for b in range(4) if a != b}
    assert set(batches[0]) == {"images", "mismatched_images"}


def test_average_of_different_captions(data):
    records, embeddings = data
    batch = take(caption_dataset(records, embeddings, 16, 7, average_captions=2), 1)[0]
    for number, vector in zip(numbers(batch["images"]), batch["embeddings"], strict=True):
        rows = embeddings[number]
        means = [(rows[a] + rows[b]) / 2 for a, b in itertools.combinations(range(3), 2)]
        assert min(np.abs(vector - mean).max() for mean in means) < 1e-6
    # More than there are: the mean of all.
    batch = take(caption_dataset(records, embeddings, 16, 7, average_captions=9), 1)[0]
    for number, vector in zip(numbers(batch["images"]), batch["embeddings"], strict=True):
        np.testing.assert_allclose(vector, embeddings[number].mean(axis=0), rtol=1e-6)


def test_embeddings_beyond_memory_are_read_from_disk(data, monkeypatch):
    expected = take(caption_dataset(*data, **FULL), 6)
    monkeypatch.setattr("keras_stackgan.data.lookups.IN_MEMORY_LIMIT", 0)
    check_same(expected, take(caption_dataset(*data, **FULL), 6))


def test_labels_alone_with_given_classes(make_folder):
    records = read_records(make_folder(count=3, labels=["b", "c", "b"]))
    batch = take(caption_dataset(records, None, 16, 3, labels=True, class_names="abc"), 1)[0]
    assert set(batch) == {"images", "labels"}
    assert [1 if n != 1 else 2 for n in numbers(batch["images"])] == batch["labels"].tolist()
    with pytest.raises(ValueError, match="`class_names` must hold .* It lacks: 'c'"):
        caption_dataset(records, None, 16, 3, labels=True, class_names=["a", "b"])


def test_crops_flips_and_scale(make_folder):
    """A picture whose pixels tell their column and row shows where it was cut."""
    folder = make_folder(count=1)
    grid = np.zeros((19, 19, 3), "uint8")
    grid[..., 0], grid[..., 1] = np.arange(19), np.arange(19)[:, None]
    Image.fromarray(grid).save(folder / "pictures/0.png")
    records = read_records(folder)
    batch = take(caption_dataset(records, None, 16, 400), 1)[0]["images"]
    rows, left, right = batch[:, 0, 0, 1], batch[:, 0, 0, 0], batch[:, 0, -1, 0]
    assert set(rows) == {0, 1, 2, 3}
    assert set(np.minimum(left, right)) == {0, 1, 2, 3}
    assert (np.abs(left.astype(int) - right) == 15).all()
    assert 0.4 < (left > right).mean() < 0.6
    plain = take(caption_dataset(records, None, 16, 4, random_crop=False, flip=False), 1)[0]
    np.testing.assert_array_equal(plain["images"], np.stack([grid[1:17, 1:17]] * 4))


def test_mismatched_pictures_are_cropped_and_flipped_by_themselves(make_folder):
    folder = make_folder(count=2)
    grid = np.zeros((19, 19, 3), "uint8")
    grid[..., 0], grid[..., 1] = np.arange(19), np.arange(19)[:, None]
    for number in range(2):
        Image.fromarray(grid).save(folder / f"pictures/{number}.png")
    records = read_records(folder)
    batch = take(caption_dataset(records, None, 16, 200, mismatched_images=True), 1)[0]
    first, other = (
        [tuple(corner) for corner in batch[key][:, 0, 0, :2]]
        for key in ("images", "mismatched_images")
    )
    assert set(first) == set(other) and 0 < sum(map(tuple.__eq__, first, other)) < 40


def test_unshuffled_order(data):
    batch = take(caption_dataset(data[0], None, 16, 10, shuffle=False), 1)[0]
    assert numbers(batch["images"]).tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1, 2]


@pytest.mark.parametrize("content", [b"", b"<html>not a picture</html>", b"\xff\xd8\xff\xe0cut"])
def test_broken_picture_is_named(make_folder, content):
    folder = make_folder(count=4)
    (folder / "pictures/2.png").write_bytes(content)
    records = read_records(folder)
    message = "2.png' (is no JPEG, PNG, WebP, BMP or GIF|cannot be decoded: it is cut short)"
    with pytest.raises(ValueError, match=message):
        caption_dataset(records, None, 16, 2)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        take(caption_dataset(records, None, 16, 4, cache=False), 4)


def test_works_under_a_strategy(data):
    dataset = caption_dataset(*data, **FULL, steps=3)
    strategy = mirrored_strategy()
    with strategy.scope():
        inside = caption_dataset(*data, **FULL, steps=3)
    reference = take(dataset, 3)
    for single, shared in zip(
        reference, strategy.experimental_distribute_dataset(inside), strict=True
    ):
        parts = strategy.experimental_local_results(shared["images"])
        np.testing.assert_array_equal(single["images"], np.concatenate([p.numpy() for p in parts]))


@pytest.mark.parametrize("count", [2, 5, 40])
def test_orders_of_epochs_are_unrelated(count):
    epochs = 400
    found = tf.data.Dataset.range(epochs * count)
    found = found.map(lambda position: order.shuffled_index(3, position, count))
    found = found.batch(epochs * count).get_single_element().numpy().reshape(epochs, count)
    assert (np.sort(found, axis=1) == np.arange(count)).all()
    hits = np.stack([np.bincount(found[:, place], minlength=count) for place in range(count)])
    expected = epochs / count
    chi_squared = ((hits - expected) ** 2 / expected).sum()
    free = (count - 1) ** 2
    assert chi_squared < free + 5 * np.sqrt(2 * free)


@pytest.mark.parametrize("preprocessing", ["v2", "v1_tensorflow"])
def test_one_picture_a_stage(data, preprocessing):
    sizes = {**FULL, "image_size": (4, 8, 16), "preprocessing": preprocessing}
    batch = take(caption_dataset(*data, **sizes), 1)[0]
    whole = take(caption_dataset(*data, **{**FULL, "preprocessing": preprocessing}), 1)[0]
    for key in ("images", "mismatched_images"):
        assert [pictures.shape for pictures in batch[key]] == [
            (4, 4, 4, 3), (4, 8, 8, 3), (4, 16, 16, 3)
        ]  # fmt: skip
        np.testing.assert_array_equal(batch[key][-1], whole[key])
    for small, large in zip(batch["images"][0], batch["images"][-1], strict=True):
        expected = PREPROCESSINGS[preprocessing].shrink(large, [4])[0]
        np.testing.assert_array_equal(small, expected)


def test_preprocessing_by_name_or_object(data):
    records, _ = data
    plain = take(caption_dataset(records, None, 16, 7), 2)
    check_same(plain, take(caption_dataset(records, None, 16, 7, preprocessing="v2"), 2))
    center = take(caption_dataset(records, None, 16, 7, preprocessing="center"), 2)
    no_flip = Preprocessing(load_scale=1.0, random_crop=False, flip=False)
    check_same(center, take(caption_dataset(records, None, 16, 7, preprocessing=no_flip), 2))
    # 24 by 20 pixels, distorted to a square.
    square = caption_dataset(records, None, 16, 7, preprocessing="v1_pytorch", use_boxes=False)
    assert take(square, 1)[0]["images"].shape == (7, 16, 16, 3)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"image_size": 0}, "`image_size` must be a whole number >= 1. Received: 0"),
        ({"batch_size": 2.5}, "`batch_size` must be a whole number >= 1. Received: 2.5"),
        ({"seed": -1}, "`seed` must be a whole number >= 0"),
        ({"start_step": -1}, "`start_step` must be a whole number >= 0"),
        ({"steps": 0}, "`steps` must be a whole number >= 1"),
        ({"load_scale": 0.5}, "`load_scale` must be between 1"),
        ({"image_size": (32, 16)}, "`image_size` must be one size or several that rise"),
        ({"image_size": ()}, "`image_size` must be one size or several that rise"),
        ({"preprocessing": "v3"}, "`preprocessing` must be one of .*'v2'.* Received: 'v3'"),
        ({"preprocessing": "v2", "flip": False}, "are parts of `preprocessing`. Received both"),
        (
            {"preprocessing": "v1_tensorflow", "image_size": (7, 16)},
            "`image_size` must hold divisors of the last size",
        ),
        ({"cache": "yes"}, "`cache` must be True, False or 'auto'"),
        ({"average_captions": 0}, "`average_captions` must be a whole number >= 1"),
        ({"records": []}, "`records` must hold at least one record"),
        ({"embeddings": np.zeros((3, 2))}, "3 groups for 7 records"),
    ],
)
def test_bad_arguments(data, change, message):
    arguments = {"records": data[0], "embeddings": data[1], **FULL, **change}
    with pytest.raises(ValueError, match=message):
        caption_dataset(**arguments)


def test_one_record_has_no_mismatch(make_folder):
    records = read_records(make_folder(count=1))
    with pytest.raises(ValueError, match="needs at least 2 records"):
        caption_dataset(records, None, 16, 2, mismatched_images=True)
