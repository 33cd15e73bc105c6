"""What the rows draw, under one another: numbers alone hide a model that draws one gray."""

import os

import numpy as np
from PIL import Image, ImageDraw

from keras_stackgan.callbacks.sample_grid import save_png

STRIP = "pictures.png"
COLUMNS = 10
LABEL_WIDTH = 150
QUALITY = 90


def save_strip(folder, pictures):
    """Writes pictures beside one another as a row's part of the sheet.

    Args:
        folder: `pathlib.Path`, which is there.
        pictures: uint8 array `(n, size, size, 3)`.
    """
    save_png(np.concatenate(list(pictures[:COLUMNS]), axis=1), folder / STRIP)


def write_sheet(strips, size, path):
    """Writes one picture of all strips; none, and no old one is kept, without strips.

    Args:
        strips: list of `(label, path)`; those that are not there are left out.
        size: int. Side at which each picture is shown.
        path: `pathlib.Path` of a .jpg.

    Returns:
        Whether there is a sheet.
    """
    found = [(label, strip) for label, strip in strips if strip.is_file()]
    if not found:
        path.unlink(missing_ok=True)
        return False
    sheet = Image.new("RGB", (LABEL_WIDTH + COLUMNS * size, len(found) * size), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (label, strip) in enumerate(found):
        with Image.open(strip) as picture:
            count = picture.width // picture.height
            # Small stages are shown with the pixels that they have.
            shown = picture.resize((count * size, size), Image.Resampling.NEAREST)
        sheet.paste(shown, (LABEL_WIDTH, number * size))
        pen.text((4, number * size + size // 2 - 6), label, fill="black")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        sheet.save(temporary, format="JPEG", quality=QUALITY)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True
