"""WGAN-GP: the paper's settings, and its penalty against closed forms."""

import numpy as np
import pytest
import tensorflow as tf
from small_baselines import inputs_for, small

from keras_stackgan import GANINTCLS, WGANGP


def test_compiles_as_the_paper():
    model = small("wgan_gp")
    model.compile()
    for adam in (model.generator_optimizer, *model.discriminator_optimizers):
        assert float(adam.learning_rate) == np.float32(1e-4)
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.9)
    recipe = model.recipe
    assert recipe.adversarial_loss == "wasserstein"
    assert (recipe.gradient_penalty_weight, recipe.discriminator_steps) == (10.0, 5)


def test_compile_takes_other_settings():
    model = small("wgan_gp")
    model.compile(gradient_penalty_weight=1.0, discriminator_steps=1, adversarial_loss="hinge")
    assert model.recipe.gradient_penalty_weight == 1.0 and model.recipe.discriminator_steps == 1


def with_linear_critic(monkeypatch, model, critic):
    monkeypatch.setattr(type(model), "active_discriminators", property(lambda _: [critic]))


@pytest.mark.parametrize("length", [0.5, 1.0, 3.0])
def test_penalty_of_a_linear_critic(monkeypatch, length):
    # Its gradient is its weights everywhere, so the penalty is 10 * (their length - 1)^2, above
    # and below 1 alike.
    model = small("wgan_gp", dtype="float64")
    model.compile(run_eagerly=True)
    weights = np.random.default_rng(0).normal(size=(16, 16, 3))
    weights = tf.constant(length * weights / np.linalg.norm(weights))

    def critic(images, condition, training):
        assert condition is None and training
        return {"unconditional": tf.einsum("bhwc,hwc->b", images, weights)}

    inputs = inputs_for(model)
    fakes = model.generate_fakes(inputs)
    with_linear_critic(monkeypatch, model, critic)
    penalty = model._penalties(0, inputs, fakes, with_r1=False)["gradient_penalty"]
    assert float(penalty) == pytest.approx(10.0 * (length - 1.0) ** 2, abs=1e-9)


def test_penalty_of_a_critic_that_reads_text(monkeypatch):
    # Each picture's slope is the weights' length times the first number of its text.
    model = small("gan_int_cls", dtype="float64")
    model.compile(gradient_penalty_weight=2.0, run_eagerly=True)
    weights = tf.ones((16, 16, 3), "float64")

    def critic(images, condition, training):
        return {"conditional": tf.einsum("bhwc,hwc->b", images, weights) * condition[:, 0]}

    inputs = inputs_for(model)
    fakes = model.generate_fakes(inputs)
    with_linear_critic(monkeypatch, model, critic)
    penalty = model._penalties(0, inputs, fakes, with_r1=False)["gradient_penalty"]
    slopes = np.sqrt(768.0) * np.abs(inputs["embeddings"].numpy()[:, 0])
    assert float(penalty) == pytest.approx(2.0 * np.mean((slopes - 1.0) ** 2), rel=1e-9)


def test_batch_must_be_a_multiple_of_the_critics_steps():
    model = small("wgan_gp")
    model.compile(run_eagerly=True)
    batch = {"images": tf.zeros((8, 16, 16, 3), "uint8")}
    with pytest.raises(ValueError, match="discriminator_steps=5"):
        model.train_step(batch)


def test_batch_normalization_in_the_critic_is_refused():
    with pytest.raises(ValueError, match=r"`discriminator_normalization` must be one of 'layer'"):
        WGANGP(image_size=16, discriminator_normalization="batch")
    model = small("wgan_gp", discriminator_normalization=None)
    assert not [w for w in model.discriminators[0].weights if w.name == "gamma"]


def test_classes_of_the_linear_critics_are_left_as_they_were():
    for kind in (WGANGP, GANINTCLS):
        assert "active_discriminators" not in vars(kind)
