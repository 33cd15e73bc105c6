"""From a preset and a sentence to a picture.

    python examples/generate.py --preset my_preset --caption "a red bird" --output bird.png
    python examples/generate.py            # lists the presets that the package carries

Works on every Keras backend; KERAS_BACKEND=jax needs no TensorFlow.
"""

import sys

from absl import app, flags

import keras_stackgan
from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.presets import available

PRESET = flags.DEFINE_string("preset", None, "Built-in name, directory, or https address.")
SHA256 = flags.DEFINE_string("sha256", None, "The archive's checksum, with an address.")
CAPTION = flags.DEFINE_multi_string(
    "caption", None, "Sentence to draw; may be given several times: a row of pictures each."
)
NUM_IMAGES = flags.DEFINE_integer("num_images", 1, "Pictures of each sentence.", lower_bound=1)
SEED = flags.DEFINE_integer("seed", 0, "Of the noise.")
OUTPUT = flags.DEFINE_string("output", "picture.png", "PNG file to write.")


def main(argv):
    del argv
    if PRESET.value is None:
        names = [f"  {name}: {text}" for name, text in available().items()] or ["  none"]
        print("Presets that the package carries:", *names, sep="\n")
        sys.exit("Give --preset, one of them or a directory; --help shows examples.")
    try:
        model = keras_stackgan.from_preset(PRESET.value, sha256=SHA256.value)
        rows = len(CAPTION.value or [1])
        pictures = model.generate(CAPTION.value, num_images=NUM_IMAGES.value, seed=SEED.value)
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    save_png(tile(pictures, rows), OUTPUT.value)
    print(f"{len(pictures)} pictures of {pictures.shape[1]} pixels in {OUTPUT.value}.")


if __name__ == "__main__":
    app.run(main)
