"""GAN-INT-CLS: the paper's settings, interpolated texts, and the variants that leave parts out."""

import numpy as np
import pytest
import tensorflow as tf
from small_baselines import batch_for, cross_entropy, inputs_for, small

from keras_stackgan.layers import DifferentiableAugmentation


def prepared(model, rows, number):
    batch = tf.nest.map_structure(tf.convert_to_tensor, batch_for(model, rows))
    return model.prepare(batch, number), batch["embeddings"].numpy()


def test_compiles_as_the_paper():
    model = small("gan_int_cls")
    model.compile()
    adam = model.generator_optimizer
    assert float(adam.learning_rate) == np.float32(2e-4) and adam.beta_1 == 0.5
    assert model.interpolation == 0.5 and model.recipe.mismatched == "auto"


@pytest.mark.parametrize("rows, half", [(4, 2), (5, 2), (1, 0)])
def test_the_generator_also_draws_texts_between_two(rows, half):
    model = small("gan_int_cls")
    model.compile(interpolation=0.25, mismatched=None, run_eagerly=True)
    inputs, texts = prepared(model, rows, 0)
    assert inputs["embeddings"].shape == (rows, 8)
    inputs, texts = prepared(model, rows, 1)
    between = 0.25 * texts[:half] + 0.75 * texts[half : 2 * half]
    np.testing.assert_allclose(inputs["embeddings"][:rows], texts, rtol=1e-6)
    np.testing.assert_allclose(inputs["embeddings"][rows:], between, rtol=1e-5, atol=1e-6)
    noise = inputs["noise"].numpy()
    assert noise.shape == (rows + half, 5) and len(np.unique(noise)) == noise.size


def test_generator_loss_counts_all_rows_alike():
    model = small("gan_int_cls", dtype="float64")
    model.compile(run_eagerly=True)
    inputs, _ = prepared(model, 4, 1)
    fakes = model.generate_fakes(inputs)
    loss = model.generator_losses(inputs, fakes)["g_conditional_loss_16"]
    logits = model.discriminators[0](fakes["images"][0], inputs["embeddings"], training=True)
    assert logits["conditional"].shape == (6,)
    assert float(loss) == pytest.approx(cross_entropy(logits["conditional"], True), rel=1e-10)


def test_variants_of_the_paper_leave_parts_out():
    model = small("gan_int_cls", dtype="float64")
    model.compile(mismatched=None, interpolation=None, run_eagerly=True)
    inputs, texts = prepared(model, 4, 1)
    np.testing.assert_allclose(inputs["embeddings"], texts)
    fakes = model.generate_fakes(inputs)
    terms, _ = model.discriminator_losses(0, inputs, fakes)
    # A plain conditional GAN: neither term is halved.
    logits = model.discriminators[0](fakes["images"][0], inputs["embeddings"], training=True)
    assert set(terms) == {"real", "fake"}
    assert float(terms["fake"]) == pytest.approx(cross_entropy(logits["conditional"], False))


def test_interpolation_goes_with_augmented_discriminators():
    model = small("gan_int_cls")
    augmentation = DifferentiableAugmentation(("color", "translation"))
    model.compile(discriminator_augmentation=augmentation, run_eagerly=True)
    logs = model.train_step(tf.nest.map_structure(tf.convert_to_tensor, batch_for(model)))
    assert np.isfinite(float(logs["g_loss"]))


def test_evaluation_interpolates_nothing():
    model = small("gan_int_cls")
    model.compile(run_eagerly=True)
    assert inputs_for(model, rows=4, training=False)["embeddings"].shape == (4, 8)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_share_outside_of_its_range_is_named(share):
    with pytest.raises(ValueError, match=r"`interpolation` must lie in \[0, 1\].*Received"):
        small("gan_int_cls").compile(interpolation=share)
