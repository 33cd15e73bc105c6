"""The papers' run: StackGAN-v2, or v1, on the birds of CUB-200-2011, on all GPUs of this machine.

    python examples/train_cub.py --data birds --run_dir runs/cub
    python examples/train_cub.py --data birds --run_dir runs/cub_v1 --model v1
    python examples/train_cub.py --data birds --run_dir runs/cub --encoder minilm

`--data` is the folder as the archives unpack; where something is absent, the script says what to
get from where. The condition is the char-CNN-RNN embeddings that the authors released, or
`--encoder minilm`, which reads any sentence. Every other setting is the default of `compile`, for
v2 the paper's: 600 epochs of batches of 24. v1 gets 600 epochs of 64 for each stage, but not the
paper's falling rate, preprocessing and averaged captions: `keras-stackgan train --recipe
stackgan_v1_cub` has them. A run that was stopped goes on when the same command is given again.
`keras-stackgan train --recipe stackgan_v2_cub` is v2's run on one device.
"""

import pathlib
import sys

import keras
import tensorflow as tf
from absl import app, flags

from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.callbacks import ProgressLine, SampleGrid, StatsLog, TrainingState
from keras_stackgan.data import birds, read_cub
from keras_stackgan.text import SentenceEncoder

DATA = flags.DEFINE_string("data", None, "Folder of CUB_200_2011 and its captions.", required=True)
RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder of the run.", required=True)
MODEL = flags.DEFINE_enum("model", "v2", ["v1", "v2"], "Which StackGAN.")
ENCODER = flags.DEFINE_enum("encoder", "released", ["released", "minilm"], "What reads captions.")
FILTERS = flags.DEFINE_integer("filters", None, "Width; by default the papers'.")
IMAGE_SIZES = flags.DEFINE_list(
    "image_sizes", None, "Sides of the stages; by default 64,128,256 for v2 and 64,256 for v1."
)
EPOCHS = flags.DEFINE_integer("epochs", 600, "Rounds through the data, of each of v1's stages.")
BATCH_SIZE = flags.DEFINE_integer(
    "batch_size", None, "Pictures a step, of all devices together; by default 24 for v2, 64 for v1."
)
CHECK_COUNTS = flags.DEFINE_bool("check_counts", True, "Whether all 11,788 pictures must be there.")


def load(image_size, batch_size, start_step=0, split="train", **arguments):
    """Batches of the pictures with embeddings, and other pictures as mismatched ones."""
    encoder = SentenceEncoder.minilm() if ENCODER.value == "minilm" else None
    return birds.load(
        DATA.value,
        split,
        image_size,
        batch_size,
        encoder=encoder,
        embeddings=None if encoder else "char-CNN-RNN",
        check_counts=CHECK_COUNTS.value,
        start_step=start_step,
        **arguments,
    )


def make_model(sizes, embedding_dim):
    width = {}
    if FILTERS.value:
        width = {"generator_filters": FILTERS.value, "discriminator_filters": FILTERS.value}
    if MODEL.value == "v1":
        first, last = sizes
        return StackGANv1(first, last, embedding_dim=embedding_dim, **width)
    return StackGANv2(sizes, embedding_dim=embedding_dim, **width)


def fit(model, name, image_size, batch_size, shown):
    """Trains until the last epoch, from wherever an earlier run of this name has come."""
    folder = pathlib.Path(RUN_DIR.value)
    state = TrainingState(folder / name, every=500)
    dataset = load(image_size, batch_size, state.start_step, mismatched_images=True)
    pictures = len(read_cub(DATA.value, "train"))
    steps = max(1, pictures // batch_size)
    model.fit(
        dataset,
        steps_per_epoch=steps,
        epochs=EPOCHS.value,
        verbose=0,
        callbacks=[
            ProgressLine(steps * EPOCHS.value - state.start_step, batch_size),
            SampleGrid(folder / f"samples_{name}", embeddings=shown, every=2000),
            StatsLog(folder / f"stats_{name}.jsonl", last_step=state.start_step),
            state,
        ],
    )


def main(argv):
    del argv
    keras.utils.set_random_seed(0)
    strategy = tf.distribute.MirroredStrategy() if tf.config.list_physical_devices("GPU") else None
    strategy = strategy or tf.distribute.get_strategy()
    sizes = tuple(
        map(int, IMAGE_SIZES.value or {"v1": (64, 256), "v2": (64, 128, 256)}[MODEL.value])
    )
    batch_size = BATCH_SIZE.value or {"v1": 64, "v2": 24}[MODEL.value]
    try:
        # Captions of birds that are never trained on: what the grids show.
        held_out = load(sizes[0], 4, split="test", shuffle=False)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    shown = next(held_out.as_numpy_iterator())["embeddings"]
    with strategy.scope():
        model = make_model(sizes, shown.shape[-1])
    if MODEL.value == "v2":
        with strategy.scope():
            model.compile()
        fit(model, "all_stages", sizes, batch_size, shown)
    else:
        for stage, size in enumerate(sizes, start=1):
            with strategy.scope():
                model.compile(stage=stage)
            fit(model, f"stage_{stage}", size, batch_size, shown)
    path = pathlib.Path(RUN_DIR.value) / "model.keras"
    model.save(path)
    print(f"Step {model.step}; the model is in {path}.")


if __name__ == "__main__":
    app.run(main)
