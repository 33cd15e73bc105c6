"""Wings and tails, feather by feather."""

import numpy as np

from keras_stackgan.data.painted_birds.anatomy import unit
from keras_stackgan.data.painted_birds.palette import DARK_INK, luminance, shaded

# A closed wing's half width along its length.
_ALONG = (0.0, 0.05, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0)
_WIDTH = (0.34, 0.68, 0.90, 1.0, 0.95, 0.74, 0.46, 0.14)
_SPREAD_FEATHERS = 19


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
    _barbs(canvas, points, np.arctan2(direction[1], direction[0]), 15.0, color, light, random)


def _barbs(canvas, points, angle, length, color, light, random):
    """Brushes thin streaks along long feathers."""
    count = len(points)
    colors = shaded(np.broadcast_to(color, (count, 3)), light + random.normal(0.02, 0.16, count))
    angles = angle + random.normal(0, 0.06, count)
    lengths = length * random.uniform(0.7, 1.3, count)
    kinds = random.integers(0, 4, count)
    canvas.marks("bristle", points, angles, lengths, colors, np.full(count, 0.42), kinds)


def _marks(canvas, points, angles, lengths, color, light, random):
    count = len(points)
    colors = shaded(np.broadcast_to(color, (count, 3)), light)
    angles = angles + random.normal(0, 0.14, count)
    kinds = random.integers(0, 4, count)
    canvas.marks("feather", points, angles, lengths, colors, np.full(count, 0.92), kinds)


def _paint_bar(canvas, points, headings, length, color, random):
    """Paints a bar as the tips of a row of feathers."""
    angles = np.arctan2(headings[:, 1], headings[:, 0])
    points = points + random.normal(0, 0.25, points.shape)
    light = random.normal(0.62, 0.05, len(points))
    _marks(canvas, points, angles, np.full(len(points), length), color, light, random)
    _marks(canvas, points, angles, np.full(len(points), length * 0.8), color, light, random)


class FoldedWing:
    """Paints a closed wing on the flank.

    Args:
        anatomy: `Anatomy`.
        color: float array of shape `(3,)`.
        bars: bool.
        light: `Light`.
    """

    def __init__(self, anatomy, color, bars, light):
        self.color = color
        self.bars = bars
        self.light = light
        knots = anatomy.at(np.array((1.62, 3.1, 5.0)), np.array((0.10, 0.06, -0.25)))[0]
        knots[2] += anatomy.tail_direction * anatomy.tail_length * 0.14
        self.knots = knots
        self.half = 0.60 * float(np.interp(2.6, anatomy.places, anatomy.radii))

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
        with canvas.transformed(self.light.direction[:2] * -3.0):
            canvas.fill(shape, DARK_INK, alpha=0.42, blur=3.0)
        canvas.fill(shape, shaded(self.color, 0.35))
        self._flight_feathers(canvas, random)
        for reach, length in ((0.52, 0.27), (0.35, 0.20)):
            self._coverts(canvas, random, reach, length)
            if self.bars:
                across = np.linspace(0.98, -0.92, 15)
                points = self.point(reach - 0.035 - 0.07 * across**2, across)
                headings = self.point(reach + 0.02 - 0.07 * across**2, across) - points
                _paint_bar(canvas, points, headings, 9.0, bar_color(self.color), random)
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
        _barbs(canvas, points, angles, 13.0, self.color, 0.50 - 0.12 * across, random)

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
        _marks(canvas, points, angles, lengths, self.color, light, random)


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
            np.array(((7.0, -37.0), (12.0, -25.0), (6.0, 0.0), (-19.0, 4.0))) @ turn.T + shoulder
        )
        share = np.linspace(0, 1, _SPREAD_FEATHERS)
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
        count = _SPREAD_FEATHERS
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
        share, fine = np.linspace(0, 1, _SPREAD_FEATHERS), np.linspace(0.02, 1, 34)
        table = np.concatenate([ends - self.headings * 2.2, self.headings], 1)
        rows = np.stack([np.interp(fine, share, table[:, k]) for k in range(4)], 1)
        color = bar_color(self.color) * (1 - 0.6 * self.dimming)
        _paint_bar(canvas, rows[:, :2], rows[:, 2:], 9.0, color, random)

    def _arm(self, canvas, random):
        count = 170
        share, inward = random.uniform(0, 1, count), np.sort(random.uniform(0, 1, count))[::-1]
        edge = np.stack([np.interp(share, (0, 0.35, 1), self.arm[:3, k]) for k in (0, 1)], 1)
        table = np.concatenate([self.roots + self.headings * 4, self.headings], 1)
        places = np.linspace(0, 1, _SPREAD_FEATHERS)
        rows = np.stack([np.interp(share, places, table[:, k]) for k in range(4)], 1)
        points = edge + (rows[:, :2] - edge) * inward[:, None]
        light = 0.68 - 0.16 * inward + random.normal(0, 0.06, count) - self.dimming
        angles = np.arctan2(rows[:, 3], rows[:, 2])
        _marks(canvas, points, angles, random.uniform(5, 8, count), self.color, light, random)
