"""From a sentence to a picture, with the preset that the package carries.

    make demo
    python examples/demo.py --caption "a white bird with a red crown, swimming on the water"

Writes bird.png and bird_stages.png, every stage of four drawings. No network, seconds.
"""

import pathlib
import time

import numpy as np
from absl import app, flags

from keras_stackgan import StackGANv2
from keras_stackgan.callbacks.sample_grid import save_png, strip, tile

CAPTION = flags.DEFINE_string(
    "caption",
    "a bird with red wings and a white breast, perched on a branch in the snow",
    "What to draw.",
)
PRESET = flags.DEFINE_string(
    "preset", "stackgan_v2_painted_birds_256", "A built-in name or a directory."
)
SEED = flags.DEFINE_integer("seed", 0, "Of the noise.")
OUTPUT = flags.DEFINE_string("output", ".", "Folder for bird.png and bird_stages.png.")


def main(argv):
    del argv
    output = pathlib.Path(OUTPUT.value)
    output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    model = StackGANv2.from_preset(PRESET.value)
    stages = model.generate(CAPTION.value, num_images=4, stages="all", seed=SEED.value)
    picture, all_stages = output / "bird.png", output / "bird_stages.png"
    save_png(stages[-1][0], picture)
    drawings = [strip([stage[k] for stage in stages]) for k in range(len(stages[-1]))]
    save_png(tile(np.stack(drawings), len(drawings)), all_stages)
    print(f"'{CAPTION.value}', {time.monotonic() - began:.1f} s:")
    print(f"  {picture}  {stages[-1].shape[1]} pixels")
    sizes = " and ".join(str(stage.shape[1]) for stage in stages)
    print(f"  {all_stages}  four drawings, one a row, with every stage: {sizes} pixels")
    print("Next:")
    print(
        '  keras-stackgan generate --preset stackgan_v2_painted_birds_256 --caption "a blue bird"'
    )
    print("  keras-stackgan info stackgan_v2_painted_birds_256    # what it knows, and how well")
    print("  keras-stackgan train --data my_pictures --run_dir runs/mine    # your own pictures")


if __name__ == "__main__":
    app.run(main)
