"""The closed wing of a bird at rest."""

import numpy as np

from keras_stackgan.data.painted_birds.anatomy import unit
from keras_stackgan.data.painted_birds.feathers import (
    bar_color,
    paint_bar,
    paint_barbs,
    paint_feather,
    paint_small_feathers,
)
from keras_stackgan.data.painted_birds.palette import DARK_INK, shaded

# A closed wing's half width along its length.
_ALONG = (0.0, 0.05, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0)
_WIDTH = (0.34, 0.68, 0.90, 1.0, 0.95, 0.74, 0.46, 0.14)


class FoldedWing:
    """Paints a closed wing on the flank.

    Args:
        anatomy: `Anatomy`.
        color: float array of shape `(3,)`.
        bars: bool.
        light: `Light`.
        rise: float. How much higher it is carried, in body radii.
    """

    def __init__(self, anatomy, color, bars, light, rise=0.0):
        self.color = color
        self.bars = bars
        self.light = light
        knots = anatomy.at(np.array((1.62, 3.1, 5.0)), np.array((0.0, -0.03, -0.24)) - rise)[0]
        knots[2] += anatomy.tail_direction * anatomy.tail_length * 0.14
        self.knots = knots
        self.half = 0.50 * float(np.interp(2.6, anatomy.places, anatomy.radii))

    def point(self, along, across):
        """Returns the points at a share of the wing's length and half width."""
        along, across = np.broadcast_arrays(np.float64(along), np.float64(across))
        start, middle, stop = self.knots
        share = along[..., None]
        control = 2 * middle - 0.5 * (start + stop)
        spot = start * (1 - share) ** 2 + 2 * control * share * (1 - share) + stop * share**2
        slope = unit(2 * (control - start) * (1 - share) + 2 * (stop - control) * share)
        down = np.stack([slope[..., 1], -slope[..., 0]], -1)
        width = self.half * np.interp(along, _ALONG, _WIDTH)
        return spot + down * (width * across)[..., None]

    def paint(self, canvas, random):
        """Paints the wing onto a canvas."""
        along = np.array(_ALONG)
        ring = np.concatenate([self.point(along, -1.0), self.point(along[::-1], 1.0)])
        shape = canvas.curve(ring)
        with canvas.transformed(self.light.direction[:2] * -0.19 * self.half):
            canvas.fill(shape, DARK_INK, alpha=0.30, blur=0.16 * self.half)
        canvas.fill(shape, shaded(self.color, 0.35))
        self._flight_feathers(canvas, random)
        for reach, length in ((0.52, 0.27), (0.35, 0.20)):
            self._coverts(canvas, random, reach, length)
            if self.bars:
                across = np.linspace(0.98, -0.92, 15)
                points = self.point(reach - 0.035 - 0.07 * across**2, across)
                headings = self.point(reach + 0.02 - 0.07 * across**2, across) - points
                paint_bar(canvas, points, headings, 9.0, bar_color(self.color), random)
        self._shoulder(canvas, random)
        with canvas.clipped(shape):
            self.light.paint_edges(canvas, shape, 0.7)

    def _flight_feathers(self, canvas, random):
        # From the longest, at the wing's lower edge, to the short ones that cover them.
        for number, share in enumerate(np.linspace(1, -1, 9)):
            root = self.point(0.22, share * 0.85)
            reach = 1.03 - 0.05 * number + 0.01 * random.normal()
            tip = self.point(reach, share * (0.75 if share < 0 else 0.9))
            light = 0.46 + 0.10 * (number % 2) + 0.03 * random.normal() - 0.12 * share
            paint_feather(canvas, root, tip, self.half * 0.18, self.color, light, bend=-0.8)
        along, across = random.uniform(0.4, 0.9, 40), random.uniform(-0.9, 0.85, 40)
        points = self.point(along, across)
        heading = self.point(along + 0.05, across) - points
        angles = np.arctan2(heading[:, 1], heading[:, 0])
        paint_barbs(canvas, points, angles, 13.0, self.color, 0.50 - 0.12 * across, random)

    def _coverts(self, canvas, random, reach, length):
        for share in np.linspace(0.92, -0.86, 8):
            end = reach - 0.07 * share**2
            tip = self.point(end + 0.01 * random.normal(), share)
            root = self.point(end - length, share * 0.92)
            light = 0.54 + 0.05 * random.normal() - 0.14 * share
            paint_feather(canvas, root, tip, self.half * 0.19, self.color, light)

    def _shoulder(self, canvas, random):
        count = 130
        along = np.sort(random.uniform(0.0, 0.24, count))[::-1]
        across = random.uniform(-0.97, 0.97, count)
        points = self.point(along, across)
        heading = self.point(along + 0.05, across) - points
        light = 0.60 - 0.18 * across + random.normal(0, 0.07, count)
        angles = np.arctan2(heading[:, 1], heading[:, 0])
        lengths = random.uniform(5.0, 8.0, count)
        paint_small_feathers(canvas, points, angles, lengths, self.color, light, random)
