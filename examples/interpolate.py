"""From one sentence to another, or from one noise to another: a strip, and a picture that moves.

    python examples/interpolate.py --preset stackgan_v2_painted_birds_256 \\
        --caption "a red bird in the snow" --caption "a blue bird in the snow" --output red_to_blue

One caption goes from `--seed` to the next seed. Writes `red_to_blue.png` and `red_to_blue.gif`.
Smooth changes of what the words say, with the rest at rest, speak against a generator that has
learned its training captions by heart.
"""

import pathlib
import sys

from absl import app, flags
from PIL import Image

import keras_stackgan
from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.models import interpolate_captions, interpolate_noise

PRESET = flags.DEFINE_string("preset", None, "Built-in name, or directory of a preset.")
CAPTION = flags.DEFINE_multi_string("caption", None, "Sentence; given once or twice.")
STEPS = flags.DEFINE_integer("steps", 8, "Pictures, both ends included.", lower_bound=2)
SEED = flags.DEFINE_integer("seed", 0, "Of the noise.", lower_bound=0)
OUTPUT = flags.DEFINE_string("output", "interpolation", "Path of both files, without ending.")


def save_gif(images, path):
    """There and back again, for ever."""
    frames = [Image.fromarray(image) for image in [*images, *images[-2:0:-1]]]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=120, loop=0)


def main(argv):
    del argv
    captions = CAPTION.value or []
    if PRESET.value is None or len(captions) not in (1, 2):
        sys.exit("Give --preset, and --caption once or twice; --help shows an example.")
    try:
        model = keras_stackgan.from_preset(PRESET.value)
        if len(captions) == 2:
            images = interpolate_captions(model, *captions, STEPS.value, SEED.value)
        else:
            seeds = (SEED.value, SEED.value + 1)
            images = interpolate_noise(model, captions[0], STEPS.value, seeds)
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    output = pathlib.Path(OUTPUT.value)
    save_png(tile(images, 1), output.with_suffix(".png"))
    save_gif(images, output.with_suffix(".gif"))
    print(f"{len(images)} pictures from '{captions[0]}' to '{captions[-1]}': {output}.png, .gif.")


if __name__ == "__main__":
    app.run(main)
