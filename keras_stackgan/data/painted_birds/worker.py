"""The process that paints a share of the pictures: `python -m` this module, told by its input.

It is started by `writer.py`, reads one line of JSON (`folder`, `seed`, `size`,
`hybrids` and `indices`) and
prints one line of JSON for each picture once that lies in its place.
"""

import io
import json
import os
import signal
import sys
from pathlib import Path

from PIL import Image

from keras_stackgan.data.painted_birds.individual import individual, painting_seed, species_of
from keras_stackgan.data.painted_birds.species import SPECIES_COUNT

QUALITY = 95


def picture_file(index):
    """Returns where a bird's picture lies in the folder.

    Args:
        index: int, at least 0. The bird's place in the data set.

    Example:

    ```python
    picture_file(200)  # "pictures/001.Green_crowned_goose/00002.jpg"
    ```
    """
    return f"pictures/{species_of(index).name}/{index // SPECIES_COUNT + 1:05d}.jpg"


def paint_picture(folder, index, seed, size, hybrids=0.0):
    """Paints one bird and writes its picture whole or not at all.

    Args:
        folder: Path. The data folder.
        index: int, at least 0. The bird's place in the data set.
        seed: int. The seed of the data set.
        size: int. The side in pixels.
        hybrids: float. See `individual`.

    Returns:
        `[x, y, width, height]` of the bird in pixels.

    Example:

    ```python
    paint_picture(Path("birds"), 17, seed=0, size=256)
    ```
    """
    from keras_stackgan.data.painted_birds import painter

    bird = individual(index, seed, hybrids)
    pixels, box = painter.paint_with_box(bird, painting_seed(index, seed), size)
    path = folder / picture_file(index)
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = io.BytesIO()
    # Full color resolution: small colored parts are what the captions speak of.
    Image.fromarray(pixels).save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    # A process of a killed run may still be at the same picture.
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    scratch.write_bytes(encoded.getvalue())
    os.replace(scratch, path)
    return [int(value) for value in box]


def main():
    # Ctrl-C reaches every process of the terminal; the one that started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = json.loads(sys.stdin.readline())
    for index in order["indices"]:
        box = paint_picture(
            Path(order["folder"]), index, order["seed"], order["size"], order["hybrids"]
        )
        try:
            print(json.dumps({"index": index, "box": box}), flush=True)
        except BrokenPipeError:
            # Whoever started this process is gone.
            os._exit(1)


if __name__ == "__main__":
    main()
