"""A GAN of your own from this package's layers and losses.

    python examples/use_layers_in_your_gan.py --steps 200 --output pictures.png

The layers are Keras layers like any others, the losses functions of logits. Here they make a small
GAN of painted flowers by their color: `ConditioningAugmentation` reads the class, `UpsampleBlock`
and `ResidualBlock` draw, `DownsampleBlock` and `JointLogits` judge, and a `train_step` of
twenty lines puts hinge loss and R1 together, which no model of this package does out of the box.
"""

import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf
from absl import app, flags
from keras import ops

from keras_stackgan import losses
from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.data import caption_dataset, class_names
from keras_stackgan.data.toy_flowers import write_toy_flowers
from keras_stackgan.layers import (
    ConditioningAugmentation,
    DownsampleBlock,
    ImageHead,
    JointLogits,
    ResidualBlock,
    UpsampleBlock,
)

STEPS = flags.DEFINE_integer("steps", 200, "Updates of both networks.", lower_bound=1)
OUTPUT = flags.DEFINE_string("output", "pictures.png", "PNG file to write: a row a class.")
SIZE, LATENT, CODE = 16, 32, 16


class FlowerGenerator(keras.Model):
    """Class and noise to a picture of 16 pixels."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.condition = ConditioningAugmentation(CODE)
        self.dense = keras.layers.Dense(4 * 4 * 64)
        self.blocks = [UpsampleBlock(32), ResidualBlock(), UpsampleBlock(16)]
        self.head = ImageHead()

    def call(self, inputs, training=None):
        classes, noise, code_noise = inputs
        code, mean, log_variance = self.condition(classes, code_noise)
        x = ops.reshape(self.dense(ops.concatenate([code, noise], -1)), (-1, 4, 4, 64))
        for block in self.blocks:
            x = block(x, training=training)
        return self.head(x), mean, log_variance


class FlowerJudge(keras.Model):
    """Picture and class to two logits. Without batch norm, which R1 does not go with."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [
            DownsampleBlock(32, normalization=None),
            DownsampleBlock(64, normalization="bias"),
        ]
        self.logits = JointLogits(conditioning_dim=CODE, normalization="bias")

    def call(self, images, classes, training=None):
        for block in self.blocks:
            images = block(images, training=training)
        logits = self.logits(images, classes, training=training)
        return logits["conditional"] + logits["unconditional"]


class FlowerGAN(keras.Model):
    """Hinge loss, R1, and the papers' KL divergence."""

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.generator, self.judge = FlowerGenerator(), FlowerJudge()
        self.generator(self.draw(ops.zeros((1,), "int32")))
        self.judge(ops.zeros((1, SIZE, SIZE, 3)), ops.zeros((1, num_classes)))
        self.built = True

    def compile(self, learning_rate=1e-3):
        super().compile()
        self.optimizers = [keras.optimizers.Adam(learning_rate, 0.0, 0.99) for _ in range(2)]

    def draw(self, labels):
        rows = ops.shape(labels)[0]
        noise = [keras.random.normal((rows, size)) for size in (LATENT, CODE)]
        return (ops.one_hot(labels, self.num_classes), *noise)

    def train_step(self, batch):
        inputs = self.draw(batch["labels"])
        real = ops.cast(batch["images"], "float32") / 127.5 - 1.0
        with tf.GradientTape() as tape:
            fake = ops.stop_gradient(self.generator(inputs, training=True)[0])
            loss = losses.hinge(self.judge(real, inputs[0]), real=True)
            loss += losses.hinge(self.judge(fake, inputs[0]), real=False)
            loss += 0.5 * losses.r1(lambda x: self.judge(x, inputs[0]), real)
        self._update(0, tape, loss, self.judge)
        with tf.GradientTape() as tape:
            fake, mean, log_variance = self.generator(inputs, training=True)
            own = losses.get("hinge").generator(self.judge(fake, inputs[0]))
            total = own + 0.1 * losses.kl_divergence(mean, log_variance)
        self._update(1, tape, total, self.generator)
        return {"judge": loss, "generator": own}

    def _update(self, number, tape, loss, network):
        weights = network.trainable_variables
        self.optimizers[number].apply(tape.gradient(loss, weights), weights)


def main(argv):
    del argv
    keras.utils.set_random_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        records = write_toy_flowers(pathlib.Path(folder) / "flowers", count=200, size=SIZE)
        dataset = caption_dataset(records, image_size=SIZE, batch_size=16, labels=True)
        names = class_names(records)
        gan = FlowerGAN(len(names))
        gan.compile()
        gan.fit(dataset, steps_per_epoch=STEPS.value, verbose=2)
    inputs = gan.draw(ops.convert_to_tensor(np.repeat(np.arange(len(names)), 8), "int32"))
    images = np.asarray(gan.generator(inputs, training=True)[0])
    pictures = np.clip(np.rint((images + 1.0) * 127.5), 0, 255).astype("uint8")
    save_png(tile(pictures, len(names)), OUTPUT.value)
    print(f"{OUTPUT.value}: a row each of {', '.join(map(str, names))}.")


if __name__ == "__main__":
    app.run(main)
