"""The callbacks that watch and steer a small run, and what each of them writes.

    python examples/callbacks.py
    python examples/callbacks.py --run_dir runs/callbacks --steps 2000

Paints flowers with captions, trains a small StackGAN-v2 on them for some seconds on a CPU, and says
where to look. Give the same command again to go on: with `TrainingState` all the others take up
where they were. The pictures of so short a run are blots; the files are those of a long one.
`Evaluate` is in docs/evaluation.md, `StatsLog` in train_cub.py.
"""

import pathlib

import keras
import numpy as np
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks import (
    EMADecay,
    InterpolationStrip,
    LearningRateDecay,
    ProgressLine,
    SampleGrid,
    StopOnNaN,
    TrainingHealth,
    TrainingState,
)
from keras_stackgan.data import caption_dataset, embed_captions, read_records
from keras_stackgan.data.toy_flowers import write_toy_flowers
from keras_stackgan.models import compare_batch_statistics, recalibrate_batch_statistics
from keras_stackgan.text import HashedNgramEncoder

RUN_DIR = flags.DEFINE_string("run_dir", "callbacks_run", "Folder for all that is written.")
STEPS = flags.DEFINE_integer("steps", 60, "Steps of the whole run, in epochs of a sixth.")
PICTURES = flags.DEFINE_integer("pictures", 60, "Flowers to paint.")
SIZE, BATCH_SIZE = 16, 16
CAPTIONS = ["a red flower", "a yellow flower", "a blue flower", "a white flower"]


def make_model(embeddings):
    """A small model whose discriminators read the text themselves, as small runs need it."""
    keras.utils.set_random_seed(0)
    model = StackGANv2(
        image_sizes=(SIZE,),
        generator_filters=16,
        discriminator_filters=8,
        embedding_dim=embeddings.dim,
        conditioning_dim=32,
        latent_dim=32,
        discriminator_normalization=None,
        discriminator_conditioning_dim=32,
        discriminator_projection_dim=32,
        augmentation_mean_scale=2.0,
        augmentation_log_variance_bias=-3.0,
    )
    model.adapt_embeddings(np.asarray(embeddings.array))
    model.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8),
        kl_weight=0.02,
        text_weight=1.5,
        r1_weight=0.1,
    )
    return model


def make_callbacks(run_dir, batch, state, steps, every):
    """One of each. The order matters for the last alone: `TrainingState` sees what others did."""
    log_dir = run_dir / "tensorboard"
    return [
        # One line of progress; use it with `verbose=0`.
        ProgressLine(steps - state.start_step, BATCH_SIZE),
        # Halved every three epochs; `LearningRateDecay.from_paper` has the papers' schedules.
        LearningRateDecay(factor=0.5, every=3),
        # The moving average is short at first, when the generator changes fast.
        EMADecay({0: 0.9, steps // 3: 0.97, steps // 2: 0.99}),
        # Rows are captions, columns share their noise; also under "Images" of TensorBoard.
        SampleGrid(run_dir / "samples", captions=CAPTIONS, columns=6, every=every, log_dir=log_dir),
        # From one caption to another, and from one noise to another.
        InterpolationStrip(
            run_dir / "strips", CAPTIONS[0], CAPTIONS[1], every=every, log_dir=log_dir
        ),
        # Do text and noise matter? Are both sides in balance? A long run needs fewer checks.
        TrainingHealth(run_dir, batch, every=max(1, every // 2), warm_up=steps // 2),
        # For validation logs; training itself never applies what is not finite.
        StopOnNaN(),
        state,
    ]


def main(argv):
    del argv
    run_dir = pathlib.Path(RUN_DIR.value)
    flowers = run_dir / "flowers"
    records = (
        read_records(flowers)
        if flowers.exists()
        else write_toy_flowers(flowers, count=PICTURES.value, size=SIZE * 2)
    )
    encoder = HashedNgramEncoder()
    embeddings = embed_captions(records, encoder, progress=False)
    model = make_model(embeddings)
    model.text_encoder = encoder

    per_epoch = max(1, STEPS.value // 6)
    state = TrainingState(run_dir / "state", every=per_epoch)
    keywords = {"image_size": SIZE, "batch_size": BATCH_SIZE}
    dataset = caption_dataset(records, embeddings, start_step=state.start_step, **keywords)
    batch = next(iter(caption_dataset(records, embeddings, **keywords)))
    model.fit(
        dataset,
        steps_per_epoch=per_epoch,
        epochs=6,
        verbose=0,
        callbacks=make_callbacks(run_dir, batch, state, 6 * per_epoch, 2 * per_epoch),
    )

    before = compare_batch_statistics(model, dataset)
    recalibrate_batch_statistics(model, dataset, steps=30)
    after = compare_batch_statistics(model, dataset)
    for size in before:
        print(
            f"Fixed against batch statistics at {size} pixels: {before[size]:.2f} gray levels "
            f"apart, {after[size]:.2f} after they were estimated again."
        )
    print(f"Step {model.step}. Look at health.png, samples/ and strips/ in {run_dir}.")


if __name__ == "__main__":
    app.run(main)
