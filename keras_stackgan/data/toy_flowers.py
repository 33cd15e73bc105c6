"""A small data set that is painted, not downloaded: flowers with captions."""

import json
import math
import random
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from keras_stackgan.data.records import read_records

SUPERSAMPLE = 4

COLORS = {
    "red": (206, 38, 44),
    "orange": (242, 132, 32),
    "yellow": (248, 208, 48),
    "pink": (242, 138, 178),
    "purple": (128, 66, 172),
    "blue": (62, 98, 206),
    "white": (246, 244, 238),
    "brown": (104, 66, 36),
    "green": (72, 138, 66),
    "gray": (150, 152, 158),
}
PETALS = ("red", "orange", "yellow", "pink", "purple", "blue", "white")
CENTERS = ("yellow", "brown", "white", "orange")
BACKGROUNDS = ("green", "blue", "brown", "gray")

# kind: (fewest petals, most petals, petal's width over its length, pointed)
KINDS = {
    "daisy": (11, 15, 0.32, False),
    "buttercup": (5, 6, 0.95, False),
    "star flower": (5, 7, 0.55, True),
}

TEMPLATES = (
    "a {petal} {kind} with a {center} center on a {background} background",
    "this flower has {petal} petals and a {center} center",
    "a {petal} flower in front of a {background} background",
    "this {kind} has {petal} petals around a {center} middle",
    "{petal} petals, a {center} center and a {background} background",
)


def write_toy_flowers(folder, count=200, size=64, seed=0):
    """Paints flowers and writes them with their captions as a data folder.

    Every picture has a kind (its label), a petal color, a center color and a background, and five
    captions that say them. Picture `i` is the same however many are painted.

    Args:
        folder: str or path. Must be absent or empty.
        count: int, at least 1. The number of pictures. Defaults to 200.
        size: int, at least 8. The pictures' side in pixels. Defaults to 64.
        seed: int. Another seed gives other flowers. Defaults to 0.

    Returns:
        The list of `Record` that `read_records(folder)` gives.

    Raises:
        ValueError: `count` or `size` is too small.
        FileExistsError: the folder is not empty.

    Example:

    ```python
    records = write_toy_flowers("toy_flowers", count=200, size=64)
    records[0].captions[1]  # "this flower has purple petals and a white center"
    ```
    """
    folder = Path(folder)
    if count < 1 or size < 8:
        raise ValueError(
            f"`count` must be >= 1 and `size` >= 8. Received: count={count}, size={size}"
        )
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"`folder` must be absent or empty, so that no data is overwritten. '{folder}' is not; "
            "choose another or remove it."
        )
    lines = []
    for index in range(count):
        # Text seeds random.Random the same on every system and Python version.
        rng = random.Random(f"toy flowers {seed} {index}")
        words = _choose(rng)
        file = f"pictures/{words['kind'].replace(' ', '_')}/{index:05d}.png"
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        _paint(rng, words, size).save(path)
        captions = [_sentence(template, words) for template in TEMPLATES]
        lines.append(json.dumps({"file": file, "captions": captions, "label": words["kind"]}))
    (folder / "captions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_records(folder)


def _choose(rng):
    petal = rng.choice(PETALS)
    return {
        "kind": rng.choice(tuple(KINDS)),
        "petal": petal,
        "center": rng.choice([name for name in CENTERS if name != petal]),
        "background": rng.choice([name for name in BACKGROUNDS if name != petal]),
    }


def _sentence(template, words):
    return re.sub(r"\ba (?=[aeiou])", "an ", template.format(**words))


def _paint(rng, words, size):
    side = size * SUPERSAMPLE
    picture = _paint_background(rng, COLORS[words["background"]], side)
    draw = ImageDraw.Draw(picture)
    x, y = (side * rng.uniform(0.44, 0.56) for _ in range(2))
    radius = side * rng.uniform(0.32, 0.42)
    fewest, most, width, pointed = KINDS[words["kind"]]
    number, turn = rng.randint(fewest, most), rng.uniform(0, math.tau)
    for petal in range(number):
        # Every second petal is darker, so that neighbors stay apart.
        color = _shade(COLORS[words["petal"]], 0.86 if petal % 2 else 1.0)
        angle = turn + math.tau * petal / number
        outline = _petal(x, y, radius, width, angle, pointed)
        draw.polygon(outline, fill=color, outline=_shade(color, 0.72), width=SUPERSAMPLE // 2)
        inner = _petal(x, y, 0.72 * radius, 0.4 * width, angle, pointed)
        draw.polygon(inner, fill=_shade(color, 1.07))
    _paint_center(rng, draw, COLORS[words["center"]], x, y, 0.27 * radius)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _paint_background(rng, color, side):
    """Paints a soft gradient with blurred discs, like leaves out of focus."""
    top, bottom = _shade(color, 1.12), _shade(color, 0.72)
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), top)
    column.putpixel((0, 1), bottom)
    picture = column.resize((side, side), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y, radius = rng.uniform(0, side), rng.uniform(0, side), side * rng.uniform(0.05, 0.16)
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, fill=_shade(color, rng.uniform(0.75, 1.2)))
    return picture.filter(ImageFilter.GaussianBlur(side / 24))


def _paint_center(rng, draw, color, x, y, radius):
    box = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(box, fill=color, outline=_shade(color, 0.7), width=SUPERSAMPLE)
    dot = radius / 8
    for _ in range(26):
        distance, angle = 0.8 * radius * math.sqrt(rng.random()), rng.uniform(0, math.tau)
        px, py = x + distance * math.cos(angle), y + distance * math.sin(angle)
        draw.ellipse((px - dot, py - dot, px + dot, py + dot), fill=_shade(color, 0.8))


def _petal(x, y, length, width, angle, pointed):
    """Outlines a petal from the flower's middle outwards."""
    points = []
    for step in range(33):
        t = math.tau * step / 32
        along = 0.5 - 0.5 * math.cos(t)
        # A higher power of the sine narrows the petal towards both of its ends.
        bulge = math.copysign(abs(math.sin(t)) ** (1.6 if pointed else 0.8), math.sin(t))
        across = 0.5 * width * bulge * (0.55 + 0.45 * along)
        points.append(
            (
                x + length * (along * math.cos(angle) - across * math.sin(angle)),
                y + length * (along * math.sin(angle) + across * math.cos(angle)),
            )
        )
    return points


def _shade(color, factor):
    return tuple(min(255, round(value * factor)) for value in color)
