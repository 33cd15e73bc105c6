"""Layers that draw random numbers, tied to the seed: of Keras, of keras-cv, and made by users."""

import itertools
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_trees import photograph

from keras_stackgan.data import caption_dataset, read_records
from keras_stackgan.data.augmenter import Augmenter
from keras_stackgan.data.stateless_random import random_numbers_from

PICTURE = np.asarray(photograph(0, (12, 12)))


@keras.saving.register_keras_serializable("tests")
class ManySources(keras.layers.Layer):
    """Draws from every source of random numbers that is tied to the seed."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(1)
        self.own = tf.random.Generator.from_seed(1)
        self.shared = tf.random.get_global_generator()

    def call(self, picture):
        drawn = [
            keras.random.uniform((), seed=self.seeds),
            self.own.uniform(()),
            self.own.normal((2,))[0],
            self.own.truncated_normal(()),
            self.shared.uniform((), 1, 9, dtype=tf.int32),
            tf.random.uniform(()),
            tf.random.uniform((), maxval=100, dtype=tf.int32),
            tf.random.normal(()),
            tf.random.truncated_normal(()),
            tf.random.gamma((2,), [1.0, 2.0])[1, 1],
            tf.random.shuffle([1.0, 2.0, 3.0])[0],
            tf.random.categorical([[1.0, 1.0]], 3)[0, 1],
            self.own.make_seeds(2)[0, 0] % 100,
        ]
        return picture + sum(tf.cast(x, tf.float32) for x in drawn)


def core_layers():
    layers = keras.layers
    return [
        layers.RandomFlip(),
        layers.RandomRotation(0.2),
        layers.RandomBrightness(0.3),
        layers.RandomContrast(0.5),
        layers.RandomHue(0.3),
        layers.RandomErasing(),
        keras.Sequential([layers.RandomZoom(0.3), layers.Dropout(0.2)]),
        ManySources(),
    ]


def cv_layers():
    layers = pytest.importorskip("keras_cv").layers
    return [
        layers.RandomFlip(),
        layers.RandomCutout(0.4, 0.4, fill_mode="gaussian_noise"),
        layers.RandomColorDegeneration(0.5),
        layers.RandAugment((0, 255), augmentations_per_image=1),
        layers.RandomCropAndResize((12, 12), (0.7, 1.0), (0.9, 1.1)),
        layers.AugMix((0, 255)),
    ]


def augmented(layer, positions, calls, seed=3):
    augmenter = Augmenter(layer, 12, seed)
    dataset = tf.data.Dataset.from_tensor_slices(np.array(positions, "int64"))
    dataset = dataset.map(lambda i: augmenter(tf.constant(PICTURE), i), calls, deterministic=True)
    return np.stack(list(dataset.as_numpy_iterator()))


def check_tied_to_seed(layer):
    positions = list(range(12))
    one = augmented(layer, positions, calls=1)
    assert one.dtype == np.uint8 and one.shape == (12, 12, 12, 3)
    assert (one != PICTURE).any() and len({picture.tobytes() for picture in one}) > 1
    # Neither threads nor what came before, nor a layer that was used before.
    np.testing.assert_array_equal(augmented(layer, positions, calls=8), one)
    np.testing.assert_array_equal(augmented(layer, positions[::-1], calls=8)[::-1], one)
    np.testing.assert_array_equal(augmented(layer, positions[7:], calls=2), one[7:])


@pytest.mark.parametrize("number", range(8))
def test_core_layers(number):
    check_tied_to_seed(core_layers()[number])


@pytest.mark.parametrize("number", range(6))
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::SyntaxWarning")
def test_keras_cv_layers(number):
    check_tied_to_seed(cv_layers()[number])


def test_seeds_differ():
    layer = keras.layers.RandomBrightness(0.5)
    first, second = (augmented(layer, range(8), calls=1, seed=seed) for seed in (0, 1))
    assert (first != second).any()


def test_numbers_of_the_draws_are_different():
    class TwoDraws(keras.layers.Layer):
        def call(self, picture):
            pair = tf.stack([tf.random.uniform(()), tf.random.uniform(())])
            return picture * 0.0 + 200.0 * tf.reduce_sum(tf.abs(pair[0] - pair[1]))

    assert augmented(TwoDraws(), range(8), calls=1).max() > 20


def test_everything_is_put_back_and_other_threads_are_left_alone():
    layer = keras.layers.RandomBrightness(0.5)
    before = (tf.random.uniform, tf.random.Generator.uniform, keras.random.SeedGenerator.next)
    seen = []
    with pytest.raises(RuntimeError, match="inside"):
        with random_numbers_from(tf.constant([1, 2], tf.int64)):
            here = [float(tf.random.uniform(())) for _ in range(2)]
            thread = threading.Thread(target=lambda: seen.append(layer.generator.next()))
            thread.start()
            thread.join()
            raise RuntimeError("inside")
    after = (tf.random.uniform, tf.random.Generator.uniform, keras.random.SeedGenerator.next)
    assert before == after and len(set(here)) == 2
    # The other thread moved the layer's own state on.
    assert layer.generator.state.numpy()[1] == 1


def test_what_cannot_be_tied_is_refused():
    class Pythons(keras.layers.Layer):
        def call(self, picture):
            noise = tf.numpy_function(np.random.normal, [0.0, 1.0, 1], tf.float64)
            return picture + tf.cast(noise, tf.float32)[0]

    class Counts(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.count = self.add_weight(shape=(), trainable=False, initializer="zeros")

        def call(self, picture):
            self.count.assign_add(1.0)
            return picture + self.count

    class Raw(keras.layers.Layer):
        def call(self, picture):
            return picture + tf.raw_ops.RandomUniform(shape=[1], dtype=tf.float32)

    for layer, name in ((Pythons(), "PyFunc"), (Counts(), "Assign"), (Raw(), "RandomUniform")):
        with pytest.raises(ValueError, match=f"cannot|must draw its random numbers .*{name}"):
            Augmenter(layer, 12, 0)


def test_bad_layers():
    with pytest.raises(TypeError, match="`augmenter` must be a Keras layer, e.g. .* Received: 'fl"):
        Augmenter("flip", 12, 0)
    with pytest.raises(ValueError, match=r"keep the shape of pictures, \(12, 12, 3\)"):
        Augmenter(keras.layers.RandomCrop(8, 8), 12, 0)


def test_in_the_pipeline(make_folder):
    records = read_records(make_folder(count=5))
    arguments = {"image_size": (8, 16), "batch_size": 4, "mismatched_images": True}
    layer = keras.layers.RandomBrightness(0.5)

    def batches(count, **changes):
        dataset = caption_dataset(records, **{**arguments, "augmenter": layer, **changes})
        return list(itertools.islice(dataset.as_numpy_iterator(), count))

    reference = batches(8, num_parallel_calls=1)
    for again in (
        batches(8, num_parallel_calls=8),
        batches(5, start_step=3),
        batches(8, augmenter=keras.layers.RandomBrightness(0.5), cache=False),
    ):
        for one, two in zip(reference[-len(again) :], again, strict=True):
            for key in ("images", "mismatched_images"):
                np.testing.assert_array_equal(one[key][1], two[key][1])
                np.testing.assert_array_equal(one[key][0], two[key][0])
    plain = batches(8, augmenter=None)
    assert (plain[0]["images"][1] != reference[0]["images"][1]).any()
    # The smaller picture is made of the one that was changed.
    small, large = reference[0]["images"]
    np.testing.assert_allclose(small.mean(axis=(1, 2)), large.mean(axis=(1, 2)), atol=1.5)
