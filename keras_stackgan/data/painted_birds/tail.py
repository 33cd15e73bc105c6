"""The tail's fan."""

import numpy as np

from keras_stackgan.data.painted_birds.feathers import paint_barbs, paint_feather


def paint_tail(canvas, anatomy, color, light, random):
    """Paints the tail's fan, its middle feathers on top."""
    direction, length = anatomy.tail_direction, anatomy.tail_length + 7
    root = anatomy.root - direction * 7
    sideways = np.array((-direction[1], direction[0]))
    width = anatomy.tail_width
    notch = 0.05 * random.normal()
    for share in (-1.0, 1.0, -0.6, 0.6, -0.2, 0.2):
        start = root + sideways * anatomy.root_radius * 0.75 * share
        tip = (
            root + direction * length * (1 - (0.06 + notch) * abs(share)) + sideways * width * share
        )
        tip = tip + random.normal(0, 0.4, 2)
        glow = light + 0.04 * random.normal() - 0.10 * share
        paint_feather(canvas, start, tip, width * 0.30 + 1.4, color, glow, bend=1.6 * share)
    count = 34
    along, across = random.uniform(0.2, 0.84, count), random.uniform(-0.9, 0.9, count)
    points = root + direction * (length * along)[:, None]
    half = anatomy.root_radius * (1 - along) + width * along
    points = points + sideways * (across * half)[:, None]
    paint_barbs(canvas, points, np.arctan2(direction[1], direction[0]), 15.0, color, light, random)
