"""Moving statistics of the averaged generator, against averages that NumPy takes."""

import numpy as np
import pytest
import tensorflow as tf
from helpers import mirrored_strategy
from small_models import batch, dataset, small_v1, small_v2

from keras_stackgan.layers import BatchNormalization
from keras_stackgan.models import compare_batch_statistics, recalibrate_batch_statistics


def batches(count=4, rows=6):
    return [batch(rows=rows, seed=k) for k in range(count)]


def norms(model):
    layers = model.averaged_generator._flatten_layers(include_self=False)
    return [layer for layer in layers if isinstance(layer, BatchNormalization)]


def statistics(model):
    return [(n.moving_mean.numpy(), n.moving_variance.numpy()) for n in norms(model)]


def measured(model, inputs_of_batches, monkeypatch):
    """What NumPy measures at each normalization's input, averaged over batches."""
    layers = {id(layer): k for k, layer in enumerate(norms(model))}
    sums = [[0.0, 0.0] for _ in layers]
    call = BatchNormalization.call

    def spy(self, inputs, training=None):
        x = inputs.numpy().astype("float64")
        axes = tuple(range(x.ndim - 1))
        number = layers[id(self)]
        sums[number][0] += x.mean(axis=axes)
        sums[number][1] += x.var(axis=axes)
        return call(self, inputs, training=training)

    before = statistics(model)
    with monkeypatch.context() as patch:
        patch.setattr(BatchNormalization, "call", spy)
        for inputs in inputs_of_batches:
            model.averaged_generator(inputs, training=True)
    for layer, (mean, variance) in zip(norms(model), before, strict=True):
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)
    count = len(inputs_of_batches)
    return [(mean / count, variance / count) for mean, variance in sums]


@pytest.mark.parametrize("make", [small_v1, small_v2])
def test_statistics_are_the_mean_over_batches(make, monkeypatch):
    model = make()
    given = batches(3)
    embeddings = [b["embeddings"] for b in given]
    inputs = [
        model.generation_inputs(e, np.int32(5), np.int32(6 * k), 6, True)
        for k, e in enumerate(embeddings)
    ]
    expected = measured(model, inputs, monkeypatch)
    weights = [w.numpy() for w in model.averaged_generator.trainable_weights]
    live = [w.numpy() for w in model.generator.weights]
    recalibrate_batch_statistics(model, given, steps=3, seed=5)
    assert len(expected) == len(norms(model)) > 3
    for ours, theirs in zip(statistics(model), expected, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    for old, weight in zip(weights, model.averaged_generator.trainable_weights, strict=True):
        np.testing.assert_array_equal(old, weight.numpy())
    for old, weight in zip(live, model.generator.weights, strict=True):
        np.testing.assert_array_equal(old, weight.numpy())
    assert {layer.momentum for layer in norms(model)} == {0.9}


def test_it_brings_both_kinds_of_picture_together():
    model = small_v2()
    data = dataset(4, rows=32).repeat()
    before = compare_batch_statistics(model, data, steps=3)
    assert set(before) == {"16", "32"}
    recalibrate_batch_statistics(model, data, steps=20)
    after = compare_batch_statistics(model, data, steps=3)
    for stage in before:
        assert after[stage] < 0.6 * before[stage]


def test_comparing_is_the_mean_difference_in_gray_levels_and_changes_nothing():
    model = small_v2(image_sizes=(16,))
    before = statistics(model)
    found = compare_batch_statistics(model, batches(2), steps=2, seed=3)
    for old, new in zip(before, statistics(model), strict=True):
        np.testing.assert_array_equal(old[0], new[0])
        np.testing.assert_array_equal(old[1], new[1])
    differences = []
    for k, given in enumerate(batches(2)):
        inputs = model.generation_inputs(given["embeddings"], 3, 6 * k, 6, True)
        own = model.averaged_generator(inputs, training=True)["images"][0].numpy()
        for layer, (mean, variance) in zip(norms(model), before, strict=True):
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance)
        fixed = model.averaged_generator(inputs, training=False)["images"][0].numpy()
        differences.append(np.abs(np.round((own + 1) * 127.5) - np.round((fixed + 1) * 127.5)))
    # Another form of batch normalization may round one gray level the other way.
    assert found["16"] == pytest.approx(np.mean(differences), abs=0.02)


@pytest.mark.parametrize("settings", [{"num_classes": 3}, {}])
def test_labels_and_unconditional(settings):
    model = small_v2(image_sizes=(16,), embedding_dim=None, **settings)
    data = [{"images": b["images"], "labels": np.arange(6) % 3} for b in batches(2)]
    before = statistics(model)
    recalibrate_batch_statistics(model, data, steps=2)
    assert np.abs(before[0][1] - statistics(model)[0][1]).max() > 1e-3


def test_under_a_strategy():
    plain = small_v2(image_sizes=(16,))
    with mirrored_strategy().scope():
        mirrored = small_v2(image_sizes=(16,))
        mirrored.set_weights(plain.get_weights())
    for model in (plain, mirrored):
        recalibrate_batch_statistics(model, batches(2), steps=2)
    for first, second in zip(statistics(plain), statistics(mirrored), strict=True):
        np.testing.assert_allclose(first[0], second[0], atol=1e-6)
        np.testing.assert_allclose(first[1], second[1], atol=1e-6)
    for layer in norms(mirrored):
        values = [v.numpy() for v in layer.moving_variance.value.values]
        np.testing.assert_array_equal(*values)
    assert compare_batch_statistics(plain, batches(1), steps=1) == pytest.approx(
        compare_batch_statistics(mirrored, batches(1), steps=1), abs=0.05
    )


def test_a_model_that_does_not_train_is_refused():
    model = small_v2(image_sizes=(16,))
    model.trainable = False
    for function in (recalibrate_batch_statistics, compare_batch_statistics):
        with pytest.raises(ValueError, match="must be one that trains.*trainable=False"):
            function(model, batches(2), steps=2)


@pytest.mark.parametrize("make", [small_v1, small_v2])
def test_a_model_without_batch_norm_stays_as_it_is(make):
    model = make(generator_normalization="bias")
    before = [w.numpy() for w in model.weights]
    data = batches(1)
    # More steps than there are batches: none is read.
    recalibrate_batch_statistics(model, data, steps=5)
    for old, weight in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, weight.numpy())
    assert compare_batch_statistics(model, data, steps=1) == {"16": 0.0, "32": 0.0}


def test_errors_leave_the_statistics_as_they_were():
    model = small_v2(image_sizes=(16,))
    before = statistics(model)

    def assert_unchanged():
        for old, new in zip(before, statistics(model), strict=True):
            np.testing.assert_array_equal(old[0], new[0])
            np.testing.assert_array_equal(old[1], new[1])
        assert {layer.momentum for layer in norms(model)} == {0.9}

    with pytest.raises(ValueError, match="at least steps=3 batches. Received: 2"):
        recalibrate_batch_statistics(model, batches(2), steps=3)
    assert_unchanged()
    with pytest.raises(ValueError, match=r"must hold 'embeddings'. Received: keys \['images'\]"):
        recalibrate_batch_statistics(model, [{"images": batch()["images"]}], steps=1)
    assert_unchanged()
    with pytest.raises(ValueError, match="Received: tuple"):
        recalibrate_batch_statistics(model, [()], steps=1)
    weight = model.averaged_generator.trainable_weights[0]
    value = weight.numpy()
    weight.assign(tf.fill(weight.shape, np.nan))
    with pytest.raises(ValueError, match="must make finite pictures"):
        recalibrate_batch_statistics(model, batches(2), steps=2)
    weight.assign(value)
    assert_unchanged()
