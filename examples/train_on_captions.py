"""Trains a small StackGAN-v2 on a folder of pictures and captions, on a CPU.

    python examples/train_on_captions.py --data my_flowers --run_dir runs/flowers
    python examples/train_on_captions.py --data my_flowers --run_dir runs/flowers \
        --steps 0 --caption "a red rose"

The folder holds pictures and `captions.jsonl`, one line a picture:

    {"file": "roses/1.jpg", "captions": ["a red rose", "this flower has red petals"]}

The stages are trained one after the other, each on top of the frozen ones before it, since a small
machine makes many more 64 pixel pictures than 256 pixel ones. A run that was stopped goes on from
its last checkpoint when the same command is given again. The settings are not the papers': their
recipe needs days on a GPU, this one was found to learn from captions within the hour.
"""

import json
import os
import pathlib
import sys

import keras
import numpy as np
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import ProgressLine, SampleGrid
from keras_stackgan.callbacks.sample_grid import save_png, strip
from keras_stackgan.data import caption_dataset, embed_captions, read_records
from keras_stackgan.layers import DifferentiableAugmentation
from keras_stackgan.text import SentenceEncoder

DATA = flags.DEFINE_string("data", None, "Folder of pictures with captions.jsonl or captions.csv.")
RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder for checkpoints, samples and pictures.")
IMAGE_SIZES = flags.DEFINE_list("image_sizes", ["64", "128", "256"], "Sides of the stages.")
STEPS = flags.DEFINE_list(
    "steps", ["12000", "3000", "2000"], "Steps of each stage, or one number for all; 0: only draw."
)
GENERATOR_FILTERS = flags.DEFINE_integer("generator_filters", 32, "Width of the generator.")
DISCRIMINATOR_FILTERS = flags.DEFINE_integer("discriminator_filters", 32, "Width of the others.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 16, "Pictures a step.")
LEARNING_RATE = flags.DEFINE_float("learning_rate", 5e-4, "Of Adam, for all networks.")
R1_WEIGHT = flags.DEFINE_float("r1_weight", 0.3, "R1's weight at the first stage.")
FLIP = flags.DEFINE_bool("flip", True, "Mirror pictures; not where captions say left or right.")
SAVE_EVERY = flags.DEFINE_integer("save_every", 500, "Steps between two checkpoints.")
CAPTION = flags.DEFINE_multi_string(
    "caption", ["a red rose"], "Sentence to draw at the end; may be given several times."
)
SAMPLE_CAPTION = flags.DEFINE_multi_string(
    "sample_caption", None, "Rows of the sample grids; by default some of the data's captions."
)
SEED = flags.DEFINE_integer("seed", 0, "Of weights, noise and order.")


def make_model(sizes, embedding_dim):
    """A model that hears its captions early: see the arguments beyond the papers."""
    return StackGANv2(
        image_sizes=sizes,
        generator_filters=GENERATOR_FILTERS.value,
        discriminator_filters=DISCRIMINATOR_FILTERS.value,
        embedding_dim=embedding_dim,
        discriminator_normalization=None,
        discriminator_conditioning_dim=64,
        discriminator_projection_dim=128,
        augmentation_mean_scale=2.0,
        augmentation_log_variance_bias=-3.0,
    )


def compile_model(model, stage):
    """Sets one stage's training up, with all before it frozen."""
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE.value, beta_1=0.0, beta_2=0.99, epsilon=1e-8),
        frozen_stages=stage,
        kl_weight=0.02,
        text_weight=1.5,
        mismatched="text",
        num_mismatched=2,
        r1_weight=R1_WEIGHT.value * 2.0**stage,
        r1_interval=8,
        discriminator_augmentation=DifferentiableAugmentation(("translation", "cutout")),
        ema_warmup=True,
        seed=SEED.value + stage,
    )


class Checkpoint(keras.callbacks.Callback):
    """Writes the whole model every so many steps, under a temporary name first."""

    def __init__(self, path, every):
        super().__init__()
        self.path, self.every = path, every

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step % self.every == 0:
            self.save()

    def on_train_end(self, logs=None):
        self.save()

    def save(self):
        temporary = self.path.with_name(f".{self.path.stem}.tmp.keras")
        self.model.save(temporary)
        os.replace(temporary, self.path)


def load_or_make(path, sizes, records, embeddings):
    """The run's last checkpoint, or a first stage from scratch."""
    if path.exists():
        model = keras.models.load_model(path)
        print(f"Going on from step {model.step} of the {model.image_sizes[-1]} pixel stage.")
        return model
    keras.utils.set_random_seed(SEED.value)
    model = make_model(sizes[:1], embeddings.array.shape[1])
    model.adapt_embeddings(np.asarray(embeddings.array))
    compile_model(model, 0)
    return model


def train(model, path, sizes, steps, records, embeddings, captions):
    """Trains every stage that is not done, growing the model between them."""
    for stage in range(len(model.image_sizes) - 1, len(sizes)):
        if len(model.image_sizes) == stage:
            model = model.grow(sizes[: stage + 1])
            compile_model(model, stage)
        left = steps[stage] - model.step
        if left <= 0:
            continue
        dataset = caption_dataset(
            records,
            embeddings,
            image_size=sizes[stage],
            batch_size=BATCH_SIZE.value,
            seed=SEED.value + stage,
            start_step=model.step,
            flip=FLIP.value,
        )
        model.text_encoder = captions.encoder
        print(f"Training the {sizes[stage]} pixel stage: {left} steps.", flush=True)
        model.fit(
            dataset,
            steps_per_epoch=left,
            verbose=0,
            callbacks=[
                ProgressLine(left, BATCH_SIZE.value, interval=10.0),
                SampleGrid(path.parent / "samples", captions=captions.rows, every=1000),
                Checkpoint(path, SAVE_EVERY.value),
                keras.callbacks.LambdaCallback(
                    on_train_batch_end=lambda batch, logs, model=model: log(path, model, logs)
                ),
            ],
        )
    return model


def log(path, model, logs):
    """Appends the running means of the logs to `stats.jsonl` now and then."""
    if model.step % 100 == 0:
        line = {"stage": model.image_sizes[-1], "step": model.step}
        line.update({name: round(float(value), 5) for name, value in logs.items()})
        with open(path.parent / "stats.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        model.reset_metrics()


class Captions:
    """The encoder, and the captions that the sample grids show."""

    def __init__(self, encoder, records):
        self.encoder = encoder
        distinct = sorted({record.captions[0] for record in records})
        picked = distinct[:: max(1, len(distinct) // 8)][:8]
        self.rows = SAMPLE_CAPTION.value or picked


def main(argv):
    del argv
    if not DATA.value or not RUN_DIR.value:
        sys.exit("Give --data (pictures and captions.jsonl) and --run_dir; --help shows examples.")
    try:
        records = read_records(DATA.value)
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    sizes = tuple(int(size) for size in IMAGE_SIZES.value)
    steps = [int(number) for number in STEPS.value]
    if len(steps) == 1:
        steps *= len(sizes)
    run_dir = pathlib.Path(RUN_DIR.value)
    run_dir.mkdir(parents=True, exist_ok=True)
    encoder = SentenceEncoder.minilm()
    embeddings = embed_captions(records, encoder, cache_dir=run_dir)
    path = run_dir / "model.keras"
    model = load_or_make(path, sizes, records, embeddings)
    captions = Captions(encoder, records)
    model = train(model, path, sizes, steps, records, embeddings, captions)
    model.text_encoder = encoder
    for number, caption in enumerate(CAPTION.value):
        stages = model.generate(caption, stages="all", seed=SEED.value)
        save_png(stages[-1][0], run_dir / f"picture_{number}.png")
        save_png(strip([stage[0] for stage in stages]), run_dir / f"stages_{number}.png")
        print(f"'{caption}': {run_dir / f'picture_{number}.png'}, stages_{number}.png beside it.")


if __name__ == "__main__":
    app.run(main)
