"""From made pictures to a picture of a typed sentence, in a few minutes on a CPU.

    make demo
    python examples/demo.py --caption "a purple flower" --minutes 1

Paints a small data set of flowers with captions, trains a small StackGAN-v2 on it for real, and
draws the sentence. The pictures are as good as two minutes of training can make them: flowers of
about the asked-for colours at 16 and 32 pixels.
"""

import pathlib
import tempfile
import time

import keras
import numpy as np
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import ProgressLine
from keras_stackgan.callbacks.sample_grid import save_png, strip, tile
from keras_stackgan.data import caption_dataset, embed_captions
from keras_stackgan.data.toy_flowers import write_toy_flowers
from keras_stackgan.layers import DifferentiableAugmentation
from keras_stackgan.text import SentenceEncoder

CAPTION = flags.DEFINE_string("caption", "a red flower with a yellow center", "What to draw.")
MINUTES = flags.DEFINE_float("minutes", 1.5, "How long to train.")
OUTPUT = flags.DEFINE_string("output", ".", "Folder for flower.png and flower_stages.png.")
PICTURES = flags.DEFINE_integer("pictures", 400, "Size of the made data set.")
SIZES = (16, 32)
BATCH_SIZE = 16


class StopAfter(keras.callbacks.Callback):
    """Ends training when the time is up, counted from the end of the first step."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds, self.began = seconds, None

    def on_train_batch_end(self, batch, logs=None):
        now = time.monotonic()
        self.began = self.began or now
        if now - self.began > self.seconds:
            self.model.stop_training = True


def main(argv):
    del argv
    output = pathlib.Path(OUTPUT.value)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        print(f"Painting {PICTURES.value} flowers with captions.", flush=True)
        records = write_toy_flowers(
            pathlib.Path(folder) / "flowers", count=PICTURES.value, size=2 * SIZES[-1]
        )
        encoder = SentenceEncoder.minilm()
        embeddings = embed_captions(records, encoder)
        model = make_model(embeddings)
        model.text_encoder = encoder
        dataset = caption_dataset(
            records, embeddings, image_size=SIZES[-1], batch_size=BATCH_SIZE, load_scale=1.0
        )
        print(f"Training for {MINUTES.value} minutes, after some seconds of tracing.", flush=True)
        model.fit(
            dataset,
            steps_per_epoch=100_000,
            verbose=0,
            callbacks=[
                ProgressLine(batch_size=BATCH_SIZE, interval=2.0, seconds=60 * MINUTES.value),
                StopAfter(60 * MINUTES.value),
            ],
        )
    stages = model.generate(CAPTION.value, num_images=8, stages="all", augmentation=False)
    picture, stages_path = output / "flower.png", output / "flower_stages.png"
    save_png(np.kron(stages[-1][0], np.ones((8, 8, 1), "uint8")), picture)
    columns = [strip([stage[k] for stage in stages]) for k in range(8)]
    save_png(np.kron(tile(np.stack(columns), 2), np.ones((4, 4, 1), "uint8")), stages_path)
    print(f"'{CAPTION.value}': {picture}; eight drawings in both stages: {stages_path}")
    print("Next: examples/train_on_captions.py trains on your own folder of pictures.")


def make_model(embeddings):
    """A model small enough for the time, with the settings that hear captions early."""
    keras.utils.set_random_seed(0)
    model = StackGANv2(
        image_sizes=SIZES,
        generator_filters=16,
        discriminator_filters=16,
        embedding_dim=embeddings.dim,
        conditioning_dim=64,
        latent_dim=32,
        discriminator_normalization=None,
        discriminator_conditioning_dim=64,
        discriminator_projection_dim=64,
        augmentation_mean_scale=2.0,
        augmentation_log_variance_bias=-3.0,
    )
    model.adapt_embeddings(np.asarray(embeddings.array))
    model.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8),
        kl_weight=0.02,
        text_weight=1.5,
        r1_weight=0.1,
        discriminator_augmentation=DifferentiableAugmentation(("translation",)),
        ema_decay=0.99,
        ema_warmup=True,
    )
    return model


if __name__ == "__main__":
    app.run(main)
