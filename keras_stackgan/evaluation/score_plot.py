"""Scores with their intervals on a picture, drawn with Pillow."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Okabe and Ito's: told apart by people of every color vision.
COLORS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7")
GRAY, LIGHT = "#5a5a5a", "#dcdcdc"
WIDTH, LEFT, RIGHT, TOP, LINE = 900, 430, 150, 40, 22


def draw_scores(rows, title):
    """Draws one line a measure, from 0 to its largest value, with a mark a kind of pictures.

    Args:
        rows: dict from (metric, extractor, resize) to a dict from pictures to `Score`.
        title: function of a metric that names it.

    Returns:
        A uint8 array `(height, width, 3)`.

    Example:

    ```python
    draw_scores(report.rows(), title).shape[1]  # 900
    ```
    """
    kinds = list(dict.fromkeys(kind for found in rows.values() for kind in found))
    space = LINE * (max(1, len(kinds)) + 1)
    image = Image.new("RGB", (WIDTH, TOP + space * max(1, len(rows)) + 10), "white")
    draw = ImageDraw.Draw(image)
    x = 14
    for kind, color in zip(kinds, COLORS, strict=False):
        draw.ellipse((x, 13, x + 9, 22), fill=color)
        draw.text((x + 15, 18), kind, fill="black", font=_font(13), anchor="lm")
        x += 45 + draw.textlength(kind, font=_font(13))
    for number, (key, found) in enumerate(rows.items()):
        _draw_measure(draw, TOP + number * space, key, found, kinds, title)
    return np.asarray(image)


def _draw_measure(draw, y, key, found, kinds, title):
    metric, extractor, resize = key
    draw.line((14, y, WIDTH - 14, y), fill=LIGHT)
    draw.text((14, y + 6), title(metric), fill="black", font=_font(13))
    by = extractor if resize in ("none", "classifier") else f"{extractor}, {resize}"
    draw.text((14, y + 6 + LINE), by, fill=GRAY, font=_font(12))
    edges = [0.0]
    for score in found.values():
        edges += [x for x in (score.value, score.low, score.high) if x is not None]
    edges = [x for x in edges if np.isfinite(x)]
    low, high = min(edges), max(edges)
    scale = (WIDTH - LEFT - RIGHT) / ((high - low) or 1.0)

    def place(value):
        return LEFT + (value - low) * scale

    zero = place(0.0)
    draw.line((zero, y + 6, zero, y + LINE * (len(kinds) + 1) - 6), fill=GRAY)
    for k, kind in enumerate(kinds):
        score = found.get(kind)
        if score is None or not np.isfinite(score.value):
            continue
        line = y + LINE * (k + 1)
        color = COLORS[k % len(COLORS)]
        point = place(score.value)
        draw.line((zero, line, point, line), fill=LIGHT, width=7)
        if score.low is not None:
            draw.line((place(score.low), line, place(score.high), line), fill=color, width=3)
        draw.ellipse((point - 4, line - 4, point + 4, line + 4), fill=color)
        text = f"{score.value:.4g}"
        draw.text((WIDTH - 14, line), text, fill="black", font=_font(13), anchor="rm")


def _font(size):
    return ImageFont.load_default(size)
