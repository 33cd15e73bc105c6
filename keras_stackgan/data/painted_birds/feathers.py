"""Feathers: long ones one by one, small ones and their streaks in crowds."""

import numpy as np

from keras_stackgan.data.painted_birds.palette import luminance, shaded


def bar_color(wing):
    """Returns the color of wing bars: white, or dark on a pale wing."""
    return np.array((253.0, 251, 246) if luminance(wing) < 0.72 else (52.0, 44, 52))


def paint_feather(canvas, root, tip, half_width, color, light, bend=0.0):
    """Paints one long feather from its root to its round tip.

    Args:
        canvas: `Canvas`.
        root, tip: float arrays of shape `(2,)`.
        half_width: float.
        color: float array of shape `(3,)`.
        light: float. The brightness, 0 to 1.
        bend: float. How far the middle leaves the straight line.
    """
    along = tip - root
    across = np.array((-along[1], along[0])) / (np.linalg.norm(along) + 1e-9)
    wide, middle = across * half_width, across * bend
    points = [
        root - wide * 0.5,
        root + along * 0.5 - wide + middle,
        root + along * 0.91 - wide * 0.86 + middle * 0.4,
        tip,
        root + along * 0.91 + wide * 0.74 + middle * 0.4,
        root + along * 0.5 + wide + middle,
        root + wide * 0.5,
    ]
    shape = canvas.curve(points)
    shades = [shaded(color, light - 0.34), shaded(color, light), shaded(color, light + 0.18)]
    edges = (root - wide + along * 0.3, tip + wide)
    canvas.fill(shape, shader=canvas.linear(*edges, shades))
    canvas.line(shape, shaded(color, 0.0) * 0.7, 0.5, alpha=0.30)
    shaft = canvas.curve(
        [root + along * 0.2, root + along * 0.55 + middle, tip - along * 0.08], False
    )
    canvas.line(shaft, shaded(color, light - 0.35) * 0.9, 0.4, alpha=0.35)


def paint_barbs(canvas, points, angle, length, color, light, random):
    """Brushes thin streaks along long feathers."""
    count = len(points)
    colors = shaded(np.broadcast_to(color, (count, 3)), light + random.normal(0.02, 0.16, count))
    angles = angle + random.normal(0, 0.06, count)
    lengths = length * random.uniform(0.7, 1.3, count)
    kinds = random.integers(0, 4, count)
    canvas.marks("bristle", points, angles, lengths, colors, np.full(count, 0.42), kinds)


def paint_small_feathers(canvas, points, angles, lengths, color, light, random):
    """Paints a crowd of feathers, the first undermost."""
    count = len(points)
    colors = shaded(np.broadcast_to(color, (count, 3)), light)
    angles = angles + random.normal(0, 0.14, count)
    kinds = random.integers(0, 4, count)
    canvas.marks("feather", points, angles, lengths, colors, np.full(count, 0.92), kinds)


def paint_bar(canvas, points, headings, length, color, random):
    """Paints a bar as the tips of a row of feathers."""
    angles = np.arctan2(headings[:, 1], headings[:, 0])
    points = points + random.normal(0, 0.25, points.shape)
    light = random.normal(0.62, 0.05, len(points))
    for share in (1.0, 0.8):
        lengths = np.full(len(points), share * length)
        paint_small_feathers(canvas, points, angles, lengths, color, light, random)
