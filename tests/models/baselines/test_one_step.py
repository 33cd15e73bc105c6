"""One step of each model equals the same step written out by hand, in float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from reference_step import RATE, assert_same_networks, descend, entropy, to_floats
from small_baselines import batch_for, small


def pair(name, **settings):
    """A model that has done one step of plain gradient descent, and its twin from before."""
    twins = [small(name, dtype="float64") for _ in range(2)]
    for model in twins:
        sgd = keras.optimizers.SGD(RATE)
        model.compile(sgd, run_eagerly=True, **settings)
    return twins


def step(model, batch):
    """Does the step; returns the logs."""
    return model.train_step(tf.nest.map_structure(tf.convert_to_tensor, batch))


def test_dcgan():
    model, twin = pair("dcgan")
    batch = batch_for(model)
    generator, discriminator = twin.generator, twin.discriminators[0]
    real = to_floats(batch["images"])

    def judge(images):
        return discriminator(images, training=True)["unconditional"]

    def draw(noise):
        return generator({"noise": 2.0 * noise - 1.0}, training=True)["images"][0]

    noises = [twin.draw("noise", (4, 5), k, kind="uniform") for k in (0, 1)]
    fake = draw(noises[0])
    descend(discriminator, lambda: entropy(judge(real), True) + entropy(judge(fake), False))
    descend(generator, lambda: entropy(judge(draw(noises[1])), True))
    step(model, batch)
    assert_same_networks(model, twin)


def test_wgan_gp():
    model, twin = pair("wgan_gp", discriminator_steps=2)
    batch = batch_for(model, rows=6)
    generator, critic = twin.generator, twin.discriminators[0]
    real = to_floats(batch["images"])

    def value(images):
        return critic(images, training=True)["unconditional"]

    def draw(number):
        return generator({"noise": twin.draw("noise", (3, 5), number)}, training=True)["images"][0]

    for number in (0, 1):
        own = real[3 * number : 3 * number + 3]
        fake, mix = draw(number), twin.draw("mix", (3, 1, 1, 1), number, kind="uniform")

        def loss(own=own, fake=fake, mix=mix):
            between = mix * own + (1.0 - mix) * fake
            with tf.GradientTape() as tape:
                tape.watch(between)
                values = value(between)
            slopes = tf.norm(tf.reshape(tape.gradient(values, between), (3, -1)), axis=1)
            penalty = tf.reduce_mean((slopes - 1.0) ** 2)
            return tf.reduce_mean(value(fake)) - tf.reduce_mean(value(own)) + 10.0 * penalty

        descend(critic, loss)
    descend(generator, lambda: -tf.reduce_mean(value(draw(2))))
    step(model, batch)
    assert_same_networks(model, twin)


@pytest.mark.parametrize("share", [0.5, 0.25])
def test_gan_int_cls(share):
    model, twin = pair("gan_int_cls", interpolation=share)
    batch = batch_for(model, rows=4)
    generator, discriminator = twin.generator, twin.discriminators[0]
    real, texts = to_floats(batch["images"]), np.asarray(batch["embeddings"], "float64")
    between = share * texts[:2] + (1.0 - share) * texts[2:]

    def judge(images, texts):
        return discriminator(images, tf.constant(texts), training=True)["conditional"]

    def draw(noise, texts):
        inputs = {"noise": noise, "embeddings": tf.constant(texts)}
        return generator(inputs, training=True)["images"][0]

    fake = draw(twin.draw("noise", (4, 5), 0), texts)
    others = np.roll(texts, -1, axis=0)
    descend(
        discriminator,
        lambda: (
            entropy(judge(real, texts), True)
            + 0.5 * entropy(judge(real, others), False)
            + 0.5 * entropy(judge(fake, texts), False)
        ),
    )
    noise = tf.concat([twin.draw("noise", (4, 5), 1), twin.draw("noise", (2, 5), 2)], 0)
    more = np.concatenate([texts, between])
    descend(generator, lambda: entropy(judge(draw(noise, more), more), True))
    step(model, batch)
    assert_same_networks(model, twin)


def test_gan_int_cls_takes_given_wrong_pictures():
    model, twin = pair("gan_int_cls", interpolation=None)
    batch = {**batch_for(model), "mismatched_images": batch_for(model, seed=9)["images"]}
    discriminator = twin.discriminators[0]
    real, wrong = to_floats(batch["images"]), to_floats(batch["mismatched_images"])
    texts = tf.constant(np.asarray(batch["embeddings"], "float64"))

    def judge(images):
        return discriminator(images, texts, training=True)["conditional"]

    def draw(number):
        inputs = {"noise": twin.draw("noise", (4, 5), number), "embeddings": texts}
        return twin.generator(inputs, training=True)["images"][0]

    fake = draw(0)
    descend(
        discriminator,
        lambda: (
            entropy(judge(real), True)
            + 0.5 * entropy(judge(wrong), False)
            + 0.5 * entropy(judge(fake), False)
        ),
    )
    descend(twin.generator, lambda: entropy(judge(draw(1)), True))
    step(model, batch)
    assert_same_networks(model, twin)


def test_gawwn():
    model, twin = pair("gawwn")
    batch = batch_for(model)
    generator, discriminator = twin.generator, twin.discriminators[0]
    real, texts = to_floats(batch["images"]), np.asarray(batch["embeddings"], "float64")
    boxes = np.asarray(batch["boxes"], "float64")

    def judge(images, texts):
        condition = tf.constant(np.concatenate([texts, boxes], 1))
        return discriminator(images, condition, training=True)["conditional"]

    inputs = {"noise": twin.draw("noise", (4, 5), 0), "embeddings": texts, "boxes": boxes}
    inputs = {name: tf.constant(value) for name, value in inputs.items()}
    fake = generator(inputs, training=True)["images"][0]
    others = np.roll(texts, -1, axis=0)
    descend(
        discriminator,
        lambda: (
            entropy(judge(real, texts), True)
            + 0.5 * entropy(judge(real, others), False)
            + 0.5 * entropy(judge(fake, texts), False)
        ),
    )
    # The same pictures serve the generator's update, as in the authors' code.
    descend(
        generator,
        lambda: entropy(judge(generator(inputs, training=True)["images"][0], texts), True),
    )
    step(model, batch)
    assert_same_networks(model, twin)
