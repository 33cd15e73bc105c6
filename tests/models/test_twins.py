"""Pictures drawn twice for the diversity term."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_stackgan import StackGANv2
from keras_stackgan.models import twins


def model_of(**settings):
    keras.utils.set_random_seed(0)
    model = StackGANv2(
        (16, 32), 4, 4, embedding_dim=8, generator_normalization="bias", latent_dim=6
    )
    model.compile(keras.optimizers.Adam(2e-3), mismatched="text", **settings)
    return model


def batch_of(rows=8):
    random = np.random.default_rng(1)
    return {
        "images": random.integers(0, 256, (rows, 32, 32, 3), dtype=np.uint8),
        "embeddings": random.normal(size=(rows, 8)).astype("float32"),
    }


def test_twins_share_text_and_have_other_noise():
    inputs = {"noise": np.arange(8.0)[:, None], "embeddings": np.arange(8.0)[:, None] + 10}
    extended = twins.add_twins(inputs, 8)
    np.testing.assert_array_equal(extended["noise"][8:, 0], [1.0, 2.0])
    np.testing.assert_array_equal(extended["embeddings"][8:, 0], [10.0, 11.0])


def test_pictures_of_the_batch_do_not_change():
    model = model_of(diversity_weight=1.0)
    inputs = model.prepare(model.check_batch({k: tf.constant(v) for k, v in batch_of().items()}), 0)
    with_twins = model.generate_fakes(inputs)
    model.diversity_weight = 0.0
    plain = model.generate_fakes(inputs)
    for image, expected, twin in zip(
        with_twins["images"], plain["images"], with_twins["twins"], strict=True
    ):
        np.testing.assert_allclose(image, expected, atol=1e-6)
        assert twin.shape == (2, *image.shape[1:])
        assert np.abs(twin - image[:2]).max() > 1e-4
    np.testing.assert_allclose(with_twins["mean"], plain["mean"], atol=1e-6)


@pytest.mark.parametrize("frozen_stages", [0, 1])
def test_training_on_it_raises_diversity(frozen_stages):
    dataset = tf.data.Dataset.from_tensors(batch_of()).repeat()

    def diversity_after(weight):
        model = model_of(diversity_weight=weight, diversity_bound=9.0, frozen_stages=frozen_stages)
        history = model.fit(dataset, steps_per_epoch=40, verbose=0).history
        return -history["diversity_loss"][-1] / weight

    assert diversity_after(20.0) > 1.3 * diversity_after(1e-6) > 0


def test_it_is_logged_and_weighted():
    model = model_of(diversity_weight=3.0)
    logs = model.train_on_batch(batch_of(), return_dict=True)
    assert -3.0 * 0.15 <= logs["diversity_loss"] < 0


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"diversity_weight": -1.0}, "diversity_weight=-1.0"),
        ({"diversity_weight": 1.0, "diversity_bound": 0.0}, "diversity_bound=0.0"),
    ],
)
def test_wrong_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        model_of(**settings)


def test_unconditional_model_has_no_captions_to_vary():
    model = StackGANv2((16,), 4, 4, embedding_dim=None)
    with pytest.raises(ValueError, match="two pictures of one caption"):
        model.compile(diversity_weight=1.0)


def test_batches_of_unknown_size():
    model = model_of(diversity_weight=1.0)
    dataset = tf.data.Dataset.from_tensor_slices(batch_of()).batch(4)
    with pytest.raises(ValueError, match="drop_remainder=True"):
        model.fit(dataset, verbose=0)
