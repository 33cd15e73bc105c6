"""What all four models do alike: fit, generate, save, go on, export; and how large they are."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_baselines import (
    MODELS,
    batch_for,
    condition_for,
    dataset_for,
    inputs_for,
    move_weights,
    small,
)

from keras_stackgan import from_preset
from keras_stackgan.callbacks import TrainingState
from keras_stackgan.layers import BatchNormalization
from keras_stackgan.models.baselines.dcgan_discriminator import DCGANDiscriminator
from keras_stackgan.models.baselines.dcgan_generator import DCGANGenerator
from keras_stackgan.models.baselines.gan_int_cls_discriminator import GANINTCLSDiscriminator
from keras_stackgan.models.baselines.gan_int_cls_generator import GANINTCLSGenerator
from keras_stackgan.models.baselines.gawwn_discriminator import GAWWNDiscriminator
from keras_stackgan.models.baselines.gawwn_generator import GAWWNGenerator
from keras_stackgan.models.baselines.wgan_gp_critic import WGANGPCritic
from keras_stackgan.models.baselines.wgan_gp_generator import WGANGPGenerator
from keras_stackgan.models.folding import fold


def assert_same_weights(first, second):
    optimizers = [[m.generator_optimizer, *m.discriminator_optimizers] for m in (first, second)]
    lists = [
        [*model.weights, *(v for o in own for v in o.variables)]
        for model, own in zip((first, second), optimizers, strict=True)
    ]
    for a, b in zip(*lists, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("name", ["gan_int_cls", "gawwn"])
def test_adapted_embeddings_are_standardized_in_drawing(name):
    model = small(name)
    move_weights(model, scale=0.2)
    embeddings = np.random.default_rng(0).normal(3.0, 0.1, (20, 8)).astype("float32")
    standardized = (embeddings[:2] - embeddings.mean(0)) / (embeddings.std(0) + 1e-6)
    raw = model.generate(embeddings=embeddings[:2], seed=1).astype(int)
    expected = model.generate(embeddings=standardized, seed=1)
    model.adapt_embeddings(embeddings)
    found = model.generate(embeddings=embeddings[:2], seed=1).astype(int)
    assert np.abs(found - expected).max() <= 1 and np.abs(found - raw).max() > 10


WITHOUT_BATCH_NORM = {"discriminator_normalization": None}
NORMALIZED = [name for name in MODELS if name != "wgan_gp"]


@pytest.mark.parametrize(
    ("name", "changes"),
    [*((name, {}) for name in MODELS), *((name, WITHOUT_BATCH_NORM) for name in NORMALIZED)],
)
def test_fits_generates_and_is_saved_whole(name, changes, tmp_path):
    model = small(name, **changes)
    # Tracing takes many times longer than so small a step.
    model.compile(run_eagerly=True)
    before = [w.numpy() for w in model.weights]
    rows = 10 if name == "wgan_gp" else 4
    history = model.fit(dataset_for(model, rows=rows), verbose=0).history
    size, head = model.image_size, "" if model.conditional else "_unconditional"
    for term in (f"d_real{head}_loss_{size}", f"d_fake{head}_loss_{size}", "g_loss"):
        assert np.isfinite(history[term]).all()
    assert (f"d_mismatched_loss_{size}" in history) == model.conditional
    assert any((a != b.numpy()).any() for a, b in zip(before, model.weights, strict=True))
    # Young generators draw one gray for all noise.
    move_weights(model)
    pictures = model.generate(num_images=2, seed=3, **condition_for(model))
    assert pictures.shape == (4 if model.conditional else 2, size, size, 3)
    assert pictures.dtype == np.uint8 and np.abs(np.diff(pictures.astype(int), axis=0)).max() > 0
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config() and loaded.recipe == model.recipe
    assert loaded.get_compile_config().keys() == model.get_compile_config().keys()
    assert_same_weights(loaded, model)
    again = loaded.generate(num_images=2, seed=3, **condition_for(model))
    np.testing.assert_array_equal(again, pictures)


def loss_after_learning(model, steps=40):
    """Of a discriminator that is to tell batches of bright noise from batches of dark noise."""
    model.compile()
    (discriminator,), rows = model.discriminators, 16
    condition = model.condition(inputs_for(model, rows), {}) if model.conditional else None
    optimizer = keras.optimizers.Adam(2e-3, beta_1=0.0)
    optimizer.build(discriminator.trainable_variables)

    @tf.function
    def step(images):
        with tf.GradientTape() as tape:
            (dark,) = discriminator(images - 0.3, condition, training=True).values()
            (bright,) = discriminator(images + 0.3, condition, training=True).values()
            loss = tf.reduce_mean(tf.nn.softplus(dark) + tf.nn.softplus(-bright)) / 2
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    rng = np.random.default_rng(0)
    shape = (rows, model.image_size, model.image_size, 3)
    return [float(step(0.3 * rng.normal(size=shape).astype("float32"))) for _ in range(steps)][-1]


@pytest.mark.parametrize("name", NORMALIZED)
def test_discriminators_without_batch_norm_learn(name):
    model = small(name, **WITHOUT_BATCH_NORM)
    layers = model.discriminators[0]._flatten_layers(include_self=False)
    assert not any(isinstance(layer, BatchNormalization) for layer in layers)
    assert loss_after_learning(model) < 0.05
    with pytest.raises(ValueError, match="`discriminator_normalization` must be"):
        small(name, discriminator_normalization="layer")


def test_narrow_gawwn_does_not_see_what_a_batch_has_in_common():
    """Its last layers are normalized over the batch: ln 2, chance, is all that it reaches."""
    assert loss_after_learning(small("gawwn")) > 0.65


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_graph_does_what_the_eager_step_does(name):
    models = [small(name, dtype="float64") for _ in range(2)]
    for model, eager in zip(models, (True, False), strict=True):
        # Adam would make whole steps of gradients that are nothing but rounding.
        model.compile(keras.optimizers.SGD(2.0**-10), run_eagerly=eager)
        model.fit(dataset_for(model, batches=1, rows=10), verbose=0)
    for a, b in zip(*(model.weights for model in models), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_resumes_to_the_bit(name, tmp_path):
    def run(folder, steps, until):
        model = small(name)
        model.compile(run_eagerly=True, **({"discriminator_steps": 2} if name == "wgan_gp" else {}))
        state = TrainingState(folder, every=1, data="made")
        data = dataset_for(model, batches=3).skip(state.start_step)
        arguments = {"steps_per_epoch": steps, "epochs": until, "verbose": 0}
        model.fit(data.repeat(), callbacks=[state], **arguments)
        return model

    whole = run(tmp_path / "whole", 1, 2)
    run(tmp_path / "parts", 1, 1)
    assert_same_weights(run(tmp_path / "parts", 1, 2), whole)


@pytest.mark.parametrize("name", MODELS)
def test_folded_generator_draws_the_same(name):
    model = small(name, dtype="float64")
    move_weights(model)
    inputs = inputs_for_network(model)
    plain = model.averaged_generator(inputs, training=False)["images"][0].numpy()
    folded = fold(model.averaged_generator)
    kept = [x for x in folded._flatten_layers() if isinstance(x, BatchNormalization)]
    assert bool(kept) == (name == "wgan_gp")
    ours = folded(inputs, training=False)["images"][0].numpy()
    assert plain.std() > 1e-3
    np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-12)


def inputs_for_network(model, rows=3):
    condition = condition_for(model, rows).get("embeddings")
    return model.generation_inputs(condition, 1, 0, rows, True)


@pytest.mark.parametrize("name", MODELS)
def test_preset_draws_the_same(name, tmp_path):
    model = small(name)
    move_weights(model)
    model.save_to_preset(tmp_path / "preset")
    loaded = from_preset(tmp_path / "preset")
    assert type(loaded) is type(model)
    pictures = [m.generate(seed=2, **condition_for(model)) for m in (loaded, model)]
    # Presets keep float16.
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_saved_model_draws_the_same(name, tmp_path):
    model = small(name)
    move_weights(model)
    model.export_saved_model(tmp_path / "exported")
    loaded = tf.saved_model.load(tmp_path / "exported")
    condition = condition_for(model)
    asked = {k: tf.constant(v) for k, v in condition.items()} or {"num_images": 2}
    pictures = loaded.generate(**asked, seed=3)["images"].numpy()
    ours = model.generate(seed=3, num_images=1 if condition else 2, **condition)
    assert np.abs(pictures.astype(int) - ours).max() <= 1


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_gives_wide_pictures_and_logits(name, dtype):
    model = small(name, dtype=dtype)
    model.compile(run_eagerly=True)
    inputs = inputs_for(model)
    fakes = model.generate_fakes(inputs)
    assert fakes["images"][0].dtype == "float32"
    terms, scores = model.discriminator_losses(0, inputs, fakes)
    assert {str(x.dtype.name) for x in (*terms.values(), *scores.values())} == {"float32"}
    assert all(np.isfinite(x.numpy()) for x in terms.values())


@pytest.mark.parametrize("name", ["gan_int_cls", "gawwn"])
def test_text_matters_to_every_term(name):
    model = small(name)
    model.compile(run_eagerly=True)
    move_weights(model)
    inputs = inputs_for(model, rows=4)

    def terms(inputs):
        # Not training: neither statistics nor draws are in the way.
        fakes = model.generate_fakes(inputs, training=False)
        losses, _ = model.discriminator_losses(0, inputs, fakes, training=False)
        return {**losses, **model.generator_losses(inputs, fakes, training=False)}

    before = terms(inputs)
    after = terms({**inputs, "embeddings": inputs["embeddings"][::-1]})
    size = model.image_size
    assert set(before) == {"real", "mismatched", "fake", f"g_conditional_loss_{size}"}
    for term, value in before.items():
        assert abs(float(value) - float(after[term])) > 1e-7, term


@pytest.mark.parametrize("name", ["gan_int_cls", "gawwn"])
def test_captions_serve_where_there_is_an_encoder(name):
    model = small(name)
    vectors = condition_for(model)["embeddings"]
    model.text_encoder = lambda captions: vectors[: len(captions)]
    ours = model.generate(["one", "two"], seed=1)
    np.testing.assert_array_equal(ours, model.generate(embeddings=vectors, seed=1))
    with pytest.raises(ValueError, match=r"exactly one of.*Received: none"):
        model.generate()


@pytest.mark.parametrize("name", ["dcgan", "wgan_gp"])
def test_models_without_text_take_none(name):
    model = small(name)
    with pytest.raises(ValueError, match=r"it is unconditional.*\['embeddings'\]"):
        model.generate(embeddings=np.ones((1, 8)))


@pytest.mark.parametrize("name", MODELS)
def test_color_weight_is_refused(name):
    with pytest.raises(ValueError, match=r"StackGAN-v2's stages.*color_weight=1.0"):
        small(name).compile(color_weight=1.0)


@pytest.mark.parametrize("name", MODELS)
def test_one_row_more_changes_no_picture_of_generate(name):
    model = small(name)
    condition = condition_for(model, 1)
    few, many = (model.generate(num_images=n, seed=4, **condition) for n in (1, 3))
    np.testing.assert_allclose(many[:1].astype(int), few, rtol=0, atol=1)


# === Sizes ===


def block(kernel, inputs, outputs):
    """A convolution without bias, and the scale and shift of batch normalization."""
    return kernel * kernel * inputs * outputs + 2 * outputs


def bottleneck(channels):
    middle = channels // 4
    return block(1, channels, middle) + block(3, middle, middle) + block(3, middle, channels)


def dense(inputs, outputs):
    return inputs * outputs + outputs


def residual(inputs, middle, outputs):
    """Two norms, a 3x3 convolution without bias, one with, and a 1x1 shortcut."""
    convolutions = 9 * inputs * middle + dense(9 * middle, outputs) + dense(inputs, outputs)
    return 2 * inputs + 2 * middle + convolutions


# Counted by hand along the networks in the authors' code (Newmu/dcgan_code, igul222/
# improved_wgan_training, reedscot/icml2016 and nips2016), without biases in front of batch
# normalization and those that main_cls_int.lua holds at zero.
COUNTS = {
    "dcgan generator": (
        DCGANGenerator,
        16384 * (100 + 2) + block(5, 1024, 512) + block(5, 512, 256) + block(5, 256, 128) + 9600,
        18_885_760,
    ),
    "dcgan discriminator": (
        DCGANDiscriminator,
        9600 + block(5, 128, 256) + block(5, 256, 512) + block(5, 512, 1024) + 16384,
        17_232_768,
    ),
    "wgan_gp generator": (
        WGANGPGenerator,
        dense(128, 8192)
        + residual(512, 512, 512)
        + residual(512, 256, 256)
        + residual(256, 128, 128)
        + residual(128, 64, 64)
        + 2 * 64
        + dense(9 * 64, 3),
        8_540_483,
    ),
    "wgan_gp critic": (
        WGANGPCritic,
        dense(27, 64)
        + residual(64, 64, 128)
        + residual(128, 128, 256)
        + residual(256, 256, 512)
        + residual(512, 512, 512)
        + dense(8192, 1),
        7_491_841,
    ),
    "gan_int_cls generator": (
        GANINTCLSGenerator,
        dense(1024, 128)
        + block(4, 228, 1024)
        + bottleneck(1024)
        + block(4, 1024, 512)
        + bottleneck(512)
        + block(4, 512, 256)
        + block(4, 256, 128)
        + 16 * 128 * 3,
        18_905_472,
    ),
    "gan_int_cls discriminator": (
        GANINTCLSDiscriminator,
        16 * 3 * 64
        + block(4, 64, 128)
        + block(4, 128, 256)
        + block(4, 256, 512)
        + bottleneck(512)
        + dense(1024, 128)
        + 2 * 128
        + block(1, 640, 512)
        + 16 * 512,
        4_030_080,
    ),
    "gawwn generator": (
        GAWWNGenerator,
        dense(1024, 512)
        + 2 * dense(100, 512)
        + 3 * block(4, 512, 512)
        + 2 * (block(4, 1024, 1024) + block(4, 1024, 512) + block(4, 512, 256))
        + bottleneck(1024)
        + bottleneck(512)
        + block(3, 512, 256)
        + block(4, 256, 128)
        + block(4, 128, 32)
        + dense(16 * 32, 3),
        73_537_859,
    ),
    "gawwn discriminator": (
        lambda: GAWWNDiscriminator(filters=128),
        dense(48, 128)
        + dense(16 * 128, 128)
        + block(4, 128, 256)
        + block(3, 256, 256)
        + dense(1024, 128)
        + block(3, 256 + 128, 256)
        + block(1, 256, 256)
        + dense(256, 128)
        + block(4, 256, 512)
        + block(4, 512, 1024)
        + block(4, 128, 512)
        + block(4, 512, 128)
        + block(1, 1024 + 128, 512)
        + block(4, 512, 128)
        + 256 * 128
        + 2 * 128
        + dense(128, 1),
        16_759_169,
    ),
}


@pytest.mark.parametrize("name", COUNTS)
def test_published_networks_have_as_many_weights(name):
    make, by_hand, in_all = COUNTS[name]
    network = make()
    found = sum(int(np.prod(v.shape)) for v in network.trainable_variables)
    assert found == by_hand == in_all


@pytest.mark.parametrize(
    "make, size",
    [
        *itertools.product([DCGANGenerator, WGANGPGenerator, GANINTCLSGenerator], [32, 128, 256]),
        (GAWWNGenerator, 64),
    ],
)
def test_pictures_have_the_size_asked_for(make, size):
    network = make(image_size=size, filters=1, latent_dim=3)
    inputs = {"noise": np.ones((2, 3), "float32"), "embeddings": np.ones((2, 1024), "float32")}
    assert network(inputs)["images"][0].shape == (2, size, size, 3)


def test_batches_do_not_tie_pictures_of_the_critic_together():
    for name, tied in (("wgan_gp", False), ("dcgan", True)):
        model = small(name)
        images = tf.constant(batch_for(model)["images"], "float32") / 127.5 - 1.0
        whole = model.discriminators[0](images, training=True)["unconditional"]
        part = model.discriminators[0](images[:2], training=True)["unconditional"]
        assert (np.abs(whole[:2] - part).max() > 1e-4) == tied
