"""A preset goes on to learn from your own folder of pictures, and becomes a preset of yours.

    python examples/fine_tune.py --preset my_preset --data my_birds --output my_birds_preset \\
        --steps 2000

It may be stopped and killed at any moment; the same command goes on from the last state in
my_birds_preset_run, which can be deleted in the end.

The folder holds pictures and `captions.jsonl`, as examples/train_on_captions.py describes it. The
captions are read by the preset's own encoder, so words that it does not know say little. The
generator begins as the preset's; the discriminators are those of the preset's training if it was
saved with them (`include_training=True`), else fresh, and then learn alone for a while: against
judges that know nothing the generator would lose what it can.
"""

import pathlib
import sys

import keras
import numpy as np
from absl import app, flags

import keras_stackgan
from keras_stackgan import StackGANv1
from keras_stackgan.callbacks import ProgressLine, TrainingState, load_newest_weights
from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.data import caption_dataset, embed_captions, read_records
from keras_stackgan.models import recalibrate_batch_statistics
from keras_stackgan.presets import describe

PRESET = flags.DEFINE_string("preset", None, "Built-in name, or directory of a preset.")
DATA = flags.DEFINE_string("data", None, "Folder of pictures with captions.jsonl or captions.csv.")
OUTPUT = flags.DEFINE_string("output", None, "Directory of the new preset.")
STEPS = flags.DEFINE_integer("steps", 2000, "Updates of the generator.", lower_bound=1)
JUDGES_ALONE = flags.DEFINE_integer(
    "judges_alone", 300, "Updates of fresh discriminators before them.", lower_bound=0
)
BATCH_SIZE = flags.DEFINE_integer("batch_size", 16, "Pictures a step.", lower_bound=2)
LEARNING_RATE = flags.DEFINE_float("learning_rate", 1e-4, "Of Adam; a fifth of a new model's.")
R1_WEIGHT = flags.DEFINE_float(
    "r1_weight", None, "R1's weight; by default 1 where judges have no batch normalization."
)
LICENSE = flags.DEFINE_string("license", None, "Of the new preset, for its model card.")
SEED = flags.DEFINE_integer("seed", 0, "Of noise and order.")
# Steps between two states: what a kill loses at most.
SAVE_EVERY = 250


def compile_model(model):
    """Sets training up, of the last stage where a model trains one at a time."""
    normalized = getattr(model, "discriminator_normalization", "batch") is not None
    r1_weight = R1_WEIGHT.value
    if r1_weight is None:
        r1_weight = 0.0 if normalized else 1.0
    stage = {"stage": len(model.output_sizes)} if isinstance(model, StackGANv1) else {}
    judges = keras.optimizers.Adam(4 * LEARNING_RATE.value, beta_1=0.5, epsilon=1e-8)
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE.value, beta_1=0.5, epsilon=1e-8),
        judges,
        r1_weight=r1_weight,
        ema_decay=0.999,
        seed=SEED.value,
        **stage,
    )


def fit(model, records, embeddings, steps, seed, run_dir):
    """Trains what is left of so many steps."""
    state = TrainingState(run_dir, every=min(SAVE_EVERY, steps))
    done = state.start_step
    if done >= steps:
        load_newest_weights(model, run_dir)
        return
    dataset = caption_dataset(
        records,
        embeddings,
        image_size=model.output_sizes[-1],
        batch_size=BATCH_SIZE.value,
        seed=seed,
        start_step=done,
    )
    progress = ProgressLine(steps - done, BATCH_SIZE.value, interval=10.0)
    model.fit(dataset, steps_per_epoch=steps, verbose=0, callbacks=[progress, state])


def fine_tune(model, records, embeddings, fresh_judges, run_dir):
    """Trains on the records; the judges first where they are fresh."""
    if fresh_judges and JUDGES_ALONE.value:
        print(f"The discriminators learn alone for {JUDGES_ALONE.value} steps.", flush=True)
        compile_model(model)
        model.generator_optimizer.learning_rate = 0.0
        steps, seed = JUDGES_ALONE.value, SEED.value + 1
        fit(model, records, embeddings, steps, seed, run_dir / "judges")
    print(f"All learn for {STEPS.value} steps.", flush=True)
    compile_model(model)
    fit(model, records, embeddings, STEPS.value, SEED.value, run_dir / "all")
    dataset = caption_dataset(
        records, embeddings, image_size=model.output_sizes[-1], batch_size=BATCH_SIZE.value,
        seed=SEED.value + 2,
    )  # fmt: skip
    recalibrate_batch_statistics(model, dataset, steps=20, seed=SEED.value)


def main(argv):
    if not (PRESET.value and DATA.value and OUTPUT.value):
        sys.exit("Give --preset, --data and --output; --help shows an example.")
    try:
        before = describe(PRESET.value)
        model = keras_stackgan.from_preset(PRESET.value, trainable=True)
        if model.text_encoder is None:
            sys.exit(f"'{PRESET.value}' has no text encoder, so it cannot read captions.")
        records = read_records(DATA.value)
    except (ValueError, OSError) as error:
        # The layout wanted is a note of the error.
        sys.exit("\n".join([str(error), *getattr(error, "__notes__", ())]))
    # Beside the pictures, for the next run. The scaling of the embeddings stays the preset's.
    embeddings = embed_captions(records, model.text_encoder)
    run_dir = pathlib.Path(f"{OUTPUT.value}_run")
    try:
        fine_tune(model, records, embeddings, not before["has_training_weights"], run_dir)
    except ValueError as error:
        # Of another command: its states are in the way.
        sys.exit(str(error))
    captions = sorted({record.captions[0] for record in records})[:4]
    metadata = {
        "description": f"{before['name']}, trained further on {pathlib.Path(DATA.value).name}.",
        "captions": captions,
        "dataset": {"pictures": len(records), "trained before on": before["name"]},
        "training": {"steps": STEPS.value, "command": " ".join(["python", *argv])},
    }
    if LICENSE.value:
        metadata["license"] = LICENSE.value
    model.save_to_preset(OUTPUT.value, metadata, include_training=True)
    pictures = model.generate(captions, num_images=4, seed=SEED.value)
    picture = pathlib.Path(OUTPUT.value).with_suffix(".png")
    save_png(tile(np.asarray(pictures), len(captions)), picture)
    print(f"Preset '{OUTPUT.value}', and '{picture}' with a row of pictures a caption.")


if __name__ == "__main__":
    app.run(main)
