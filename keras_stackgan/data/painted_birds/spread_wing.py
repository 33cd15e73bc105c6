"""The open wing of a bird in flight."""

import numpy as np

from keras_stackgan.data.painted_birds.feathers import (
    bar_color,
    paint_bar,
    paint_feather,
    paint_small_feathers,
)

_FEATHERS = 19


class SpreadWing:
    """Paints a wing raised in flight.

    Args:
        shoulder: float array of shape `(2,)`.
        lift: float. The turn of the whole wing in radians; 0 points up and a little back.
        color: float array of shape `(3,)`.
        bars: bool.
        dimming: float. What to take from the brightness (the far wing's is more).
    """

    def __init__(self, shoulder, lift, color, bars, dimming):
        self.color, self.bars, self.dimming = color, bars, dimming
        turn = np.array(((np.cos(lift), -np.sin(lift)), (np.sin(lift), np.cos(lift))))
        # hand, wrist, shoulder, and where the trailing edge meets the body
        self.arm = (
            np.array(((7.0, -37.0), (12.0, -25.0), (5.0, 0.0), (-17.0, 2.0))) @ turn.T + shoulder
        )
        share = np.linspace(0, 1, _FEATHERS)
        outer = np.stack([np.interp(share, (0, 0.35), self.arm[:2, k]) for k in (0, 1)], 1)
        inner = (
            self.arm[1]
            + (self.arm[3] - self.arm[1]) * np.clip((share - 0.35) / 0.65, 0, 1)[:, None]
        )
        self.roots = np.where(share[:, None] < 0.35, outer, inner)
        angles = (
            np.radians(np.interp(share, (0, 0.12, 0.32, 0.55, 1), (-93, -106, -132, -154, -184)))
            + lift
        )
        self.headings = np.stack([np.cos(angles), np.sin(angles)], 1)
        self.lengths = np.interp(share, (0, 0.07, 0.3, 0.55, 1), (52, 57, 47, 41, 30))

    def paint(self, canvas, random):
        """Paints the wing onto a canvas."""
        count = _FEATHERS
        tips = (
            self.roots + self.headings * self.lengths[:, None] + random.normal(0, 0.5, (count, 2))
        )
        for number in reversed(range(count)):
            light = 0.50 + 0.08 * (number % 2) + 0.03 * random.normal() - self.dimming
            half = 3.5 if number < 7 else 4.6
            paint_feather(
                canvas, self.roots[number], tips[number], half, self.color, light, bend=-2.0
            )
        for reach in (0.56, 0.36):
            ends = self.roots + self.headings * (self.lengths * reach)[:, None]
            for number in reversed(range(count)):
                light = 0.58 + 0.04 * random.normal() - self.dimming
                start = self.roots[number] - self.headings[number] * 3
                paint_feather(canvas, start, ends[number], 4.2, self.color, light)
            if self.bars:
                self._bar(canvas, ends, random)
        self._arm(canvas, random)

    def _bar(self, canvas, ends, random):
        share, fine = np.linspace(0, 1, _FEATHERS), np.linspace(0.02, 1, 34)
        table = np.concatenate([ends - self.headings * 2.2, self.headings], 1)
        rows = np.stack([np.interp(fine, share, table[:, k]) for k in range(4)], 1)
        color = bar_color(self.color) * (1 - 0.6 * self.dimming)
        paint_bar(canvas, rows[:, :2], rows[:, 2:], 9.0, color, random)

    def _arm(self, canvas, random):
        count = 170
        share, inward = random.uniform(0, 1, count), np.sort(random.uniform(0, 1, count))[::-1]
        edge = np.stack([np.interp(share, (0, 0.35, 1), self.arm[:3, k]) for k in (0, 1)], 1)
        table = np.concatenate([self.roots + self.headings * 4, self.headings], 1)
        places = np.linspace(0, 1, _FEATHERS)
        rows = np.stack([np.interp(share, places, table[:, k]) for k in range(4)], 1)
        points = edge + (rows[:, :2] - edge) * inward[:, None]
        light = 0.68 - 0.16 * inward + random.normal(0, 0.06, count) - self.dimming
        angles = np.arctan2(rows[:, 3], rows[:, 2])
        paint_small_feathers(
            canvas, points, angles, random.uniform(5, 8, count), self.color, light, random
        )
