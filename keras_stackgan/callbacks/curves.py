"""Curves on a picture, drawn with Pillow."""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Told apart by people of every color vision (Okabe and Ito's palette, without its yellow).
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
GRAY, LIGHT = "#5a5a5a", "#dcdcdc"
WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 64, 30


class Panel(NamedTuple):
    """One diagram: curves over steps, by name.

    Args:
        title: str.
        curves: dict from name to a list of `(step, value)`.
        level: float or `None`. Where a dashed line is drawn.
        logarithmic: bool. Whether the values' axis is.
    """

    title: str
    curves: dict
    level: float | None = None
    logarithmic: bool = False


def draw_panels(panels, notes=()):
    """Draws diagrams two in a row, and lines of text below them.

    Args:
        panels: list of `Panel`; those without a curve are left out.
        notes: list of str.

    Returns:
        A uint8 array `(height, width, 3)`.

    Example:

    ```python
    panel = Panel("loss", {"train": [(0, 2.0), (100, 1.0)]})
    draw_panels([panel]).shape  # (300, 560, 3)
    ```
    """
    panels = [panel for panel in panels if any(panel.curves.values())]
    columns = min(2, max(1, len(panels)))
    width = columns * WIDTH
    lines = [line for note in notes for line in _wrapped(note, width - 24)]
    height = math.ceil(len(panels) / columns) * HEIGHT
    image = Image.new("RGB", (width, height + (18 * len(lines) + 16 if lines else 0)), "white")
    draw = ImageDraw.Draw(image)
    for k, panel in enumerate(panels):
        _draw_panel(draw, panel, k % columns * WIDTH, k // columns * HEIGHT)
    for k, line in enumerate(lines):
        draw.text((12, height + 6 + 18 * k), line, fill="#8c1c13", font=_font(13))
    return np.asarray(image)


def _draw_panel(draw, panel, x0, y0):
    curves = {name: _usable(points, panel) for name, points in panel.curves.items()}
    points = [point for values in curves.values() for point in values]
    draw.text((x0 + LEFT, y0 + 8), panel.title, fill="black", font=_font(14))
    if not points:
        return
    steps = _range([step for step, _ in points])
    values = [value for _, value in points]
    if panel.level is not None:
        values.append(_scaled(panel.level, panel))
    low, high = _range(values)
    box = (x0 + LEFT, y0 + TOP, x0 + WIDTH - RIGHT, y0 + HEIGHT - BOTTOM)

    def place(step, value):
        across = (step - steps[0]) / (steps[1] - steps[0])
        up = (value - low) / (high - low)
        return box[0] + across * (box[2] - box[0]), box[3] - up * (box[3] - box[1])

    for tick in _ticks(low, high):
        y = place(steps[0], tick)[1]
        draw.line((box[0], y, box[2], y), fill=LIGHT)
        text = f"{10**tick:.2g}" if panel.logarithmic else f"{tick:g}"
        draw.text((box[0] - 6, y), text, fill=GRAY, font=_font(12), anchor="rm")
    for tick in _ticks(*steps):
        x = place(tick, low)[0]
        draw.text((x, box[3] + 6), f"{tick:,.0f}", fill=GRAY, font=_font(12), anchor="mt")
    draw.rectangle(box, outline=GRAY)
    if panel.level is not None:
        y = place(steps[0], _scaled(panel.level, panel))[1]
        for x in range(int(box[0]), int(box[2]), 10):
            draw.line((x, y, min(x + 5, box[2]), y), fill=GRAY)
    _draw_curves(draw, curves, place, box)


def _draw_curves(draw, curves, place, box):
    x, y = box[0], box[1] - 28
    for k, (name, points) in enumerate(curves.items()):
        color = COLORS[k % len(COLORS)]
        if len(points) > 1:
            draw.line([place(*point) for point in points], fill=color, width=2)
        elif points:
            px, py = place(*points[0])
            draw.ellipse((px - 3, py - 3, px + 3, py + 3), fill=color)
        length = 21 + draw.textlength(name, font=_font(12))
        if x + length > box[2]:
            x, y = box[0], box[1] - 11
        draw.line((x, y, x + 16, y), fill=color, width=3)
        draw.text((x + 21, y), name, fill="black", font=_font(12), anchor="lm")
        x += length + 15


def _scaled(value, panel):
    return math.log10(value) if panel.logarithmic else value


def _usable(points, panel):
    return [
        (step, _scaled(value, panel))
        for step, value in points
        if math.isfinite(value) and (value > 0 or not panel.logarithmic)
    ]


def _range(values):
    low, high = min(values), max(values)
    if high == low:
        # Something to divide by, around a curve that does not move.
        return low - max(1e-3, abs(low) * 0.1), high + max(1e-3, abs(high) * 0.1)
    margin = 0.04 * (high - low)
    return low - margin, high + margin


def _ticks(low, high):
    """Three to six round numbers between two."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * unit for unit in (1, 2, 2.5, 5, 10) if power * unit >= raw)
    first = math.ceil(low / step)
    return [round(step * k, 12) for k in range(first, math.floor(high / step) + 1)]


def _font(size):
    return ImageFont.load_default(size)


def _wrapped(text, width):
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _font(13).getlength(longer) > width:
            lines.append(line)
            longer = f"    {word}"
        line = longer
    return [*lines, line]
