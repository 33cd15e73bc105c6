"""What a step refuses of its batch."""

import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_models import batch, small_v1, small_v2, state


def labelled(labels):
    made = batch(rows=4)
    return {"images": made["images"], "labels": np.array(labels, "int32")}


@pytest.mark.parametrize("labels", [[1, 2, 3, 3], [0, 1, 2, -1]])
def test_labels_out_of_range_change_nothing(labels):
    model = small_v2(embedding_dim=None, num_classes=3)
    model.compile(run_eagerly=True)
    before = state(model)
    with pytest.raises(tf.errors.InvalidArgumentError, match="'labels' must lie from 0 to"):
        model.train_on_batch(labelled(labels))
    for a, b in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(a, b)
    model.train_on_batch(labelled([0, 1, 2, 2]))


@pytest.mark.parametrize("make", [small_v2, lambda: small_v1(form="pytorch")])
def test_a_last_batch_without_other_texts_is_refused(make):
    model = make()
    # As a graph, where the number of rows is not known beforehand.
    model.compile()
    dataset = tf.data.Dataset.from_tensor_slices(batch(rows=5))
    with pytest.raises(tf.errors.InvalidArgumentError, match="drop_remainder=True"):
        model.fit(dataset.batch(4), verbose=0)
    model.fit(dataset.batch(4, drop_remainder=True), verbose=0)


def test_a_replica_without_rows_is_told_what_to_do():
    with mirrored_strategy().scope():
        model = small_v2(image_sizes=(16,), embedding_dim=None)
        model.compile()
    uneven = tf.data.Dataset.from_tensor_slices({"images": batch(16, rows=5)["images"]}).batch(4)
    with pytest.raises(tf.errors.InvalidArgumentError, match="a row of every.*drop_remainder=True"):
        model.fit(uneven, verbose=0)


@pytest.mark.parametrize("make", [small_v2, lambda: small_v1(form="pytorch")])
def test_a_picture_is_not_mismatched_with_its_own_text(make):
    model = make()
    model.compile(mismatched="text", run_eagerly=True)
    made = batch(rows=4)
    made["embeddings"][1] = made["embeddings"][0]
    inputs = model.prepare(made, 0)
    (others,) = model.other_conditions(inputs, model.generate_fakes(inputs), 1)
    condition = model.condition(inputs, model.generate_fakes(inputs)).numpy()
    np.testing.assert_array_equal(others, condition[[2, 2, 3, 0]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"noise": np.ones((4, 9), "float32")}, r"'noise' in a batch must have shape \(rows, 5\)"),
        ({"augmentation_noise": np.ones(4, "float32")}, r"'augmentation_noise' in .*\(rows, 6\)"),
    ],
)
def test_a_bad_condition_or_noise_changes_nothing(change, message):
    model = small_v2(image_sizes=(16,))
    model.compile(run_eagerly=True)
    before = state(model)
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match=message):
        model.train_on_batch({**batch(size=16), **change})
    for a, b in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(a, b)
