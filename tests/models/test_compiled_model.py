"""`compile`: whole or not at all, and what a saved model knows of it."""

import threading

import keras
import numpy as np
import pytest
from small_models import dataset, small_v1, small_v2

from keras_stackgan.callbacks import LearningRateDecay, LinearDecay
from keras_stackgan.layers import DifferentiableAugmentation


def optimizer(rate, **settings):
    return keras.optimizers.Adam(rate, **settings)


@pytest.mark.parametrize("decay", [LearningRateDecay(0.5, every=1), LinearDecay(0, 8)])
def test_a_loaded_models_rate_falls_from_what_compile_was_given(decay, tmp_path):
    def rates(epochs, first, model):
        model.fit(
            dataset(batches=2), epochs=epochs, initial_epoch=first, verbose=0, callbacks=[decay]
        )
        optimizers = (model.generator_optimizer, *model.discriminator_optimizers)
        return [float(x.learning_rate.numpy()) for x in optimizers]

    models = [small_v2(image_sizes=(32,)) for _ in range(2)]
    for model in models:
        model.compile(optimizer(1e-3), optimizer(4e-3), run_eagerly=True)
    whole = rates(3, 0, models[0])
    before = rates(2, 0, models[1])
    models[1].save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert [float(o.learning_rate.numpy()) for o in loaded.discriminator_optimizers] == before[1:]
    assert loaded.optimizer.initial_rates == pytest.approx([1e-3, 4e-3])
    np.testing.assert_allclose(rates(3, 2, loaded), whole, rtol=1e-6)
    assert whole[0] < 0.5e-3 and whole[1] == pytest.approx(4 * whole[0])


@pytest.mark.parametrize(
    ("make", "changes"), [(small_v2, {"frozen_stages": 1}), (small_v1, {"stage": 2})]
)
def test_a_compile_that_fails_leaves_the_model_as_it_was(make, changes):
    model = make()
    model.compile(optimizer(1e-3), kl_weight=3.0, run_eagerly=True)
    before = {name: getattr(model, name) for name in ("recipe", "optimizer", *changes)}
    config = model.get_compile_config()
    for wrong, message in (
        ({"discriminator_optimizer": optimizer(1e-3, gradient_accumulation_steps=2)}, "the same"),
        ({"r1_weight": (1.0, 2.0, 3.0)}, "`r1_weight` must have one weight for each"),
        ({"steps_per_execution": 0}, "`steps_per_execution` must be a whole number"),
    ):
        with pytest.raises(ValueError, match=message):
            model.compile(optimizer(2e-3), kl_weight=7.0, run_eagerly=True, **changes, **wrong)
    for name, value in before.items():
        assert getattr(model, name) is value, name
    assert model.get_compile_config() == config
    model.fit(dataset(batches=1), verbose=0)


@keras.saving.register_keras_serializable("tests")
class DenseGuide(keras.layers.Layer):
    """A guide with weights, and with a lock, which nothing can copy."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(1)
        self.dense.build((None, 8))
        self.lock = threading.Lock()
        self.built = True

    def call(self, images, embeddings):
        return keras.ops.mean(images) + keras.ops.mean(self.dense(embeddings))


def test_guide_augmentation_and_encoder_are_no_parts_of_the_model(tmp_path):
    model, plain = (small_v2(image_sizes=(16,)) for _ in range(2))
    settings = {"matcher": DenseGuide(), "discriminator_augmentation": DifferentiableAugmentation()}
    model.compile(matching_weight=1.0, **settings)
    model.text_encoder = encoder = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8)])
    plain.compile()
    assert model.recipe.matcher is settings["matcher"] and model.text_encoder is encoder
    for name in ("weights", "trainable_variables", "layers"):
        found, expected = getattr(model, name), getattr(plain, name)
        assert [each.name for each in found] == [each.name for each in expected], name
    model.save_weights(tmp_path / "guided.weights.h5")
    plain.save_weights(tmp_path / "plain.weights.h5")
    plain.load_weights(tmp_path / "guided.weights.h5")
    model.load_weights(tmp_path / "plain.weights.h5")


def test_a_saved_model_knows_its_guide(tmp_path):
    model = small_v2(image_sizes=(16,))
    augmentation = DifferentiableAugmentation(("cutout",))
    model.compile(
        matcher=DenseGuide(), matching_weight=1.0, discriminator_augmentation=augmentation
    )
    model.save(tmp_path / "model.keras")
    recipe = keras.models.load_model(tmp_path / "model.keras").recipe
    assert isinstance(recipe.matcher, DenseGuide)
    assert recipe.discriminator_augmentation.get_config() == augmentation.get_config()
