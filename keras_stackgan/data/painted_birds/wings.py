"""Wings and tails, feather by feather."""

import numpy as np

from keras_stackgan.data.painted_birds.anatomy import unit
from keras_stackgan.data.painted_birds.palette import DARK_INK, luminance, shaded

_PROFILE = (
    (0, 0.05, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0),
    (0.30, 0.66, 0.9, 1.0, 0.93, 0.70, 0.42, 0.12),
)


def bar_color(wing):
    """Returns the color of wing bars: white, or dark on a pale wing."""
    return (
        np.array((252.0, 250.0, 244.0)) if luminance(wing) < 0.72 else np.array((58.0, 50.0, 56.0))
    )


def paint_feather(canvas, root, tip, half_width, color, light, bend=0.0, bar=None):
    """Paints one long feather from its root to its round tip.

    Args:
        canvas: `Canvas`.
        root, tip: float arrays of shape `(2,)`.
        half_width: float.
        color: float array of shape `(3,)`.
        light: float. The brightness, 0 to 1.
        bend: float. How far the middle leaves the straight line.
        bar: float array of shape `(3,)`. The color of the tip where a wing bar runs.
    """
    along = tip - root
    across = np.array((-along[1], along[0])) / (np.linalg.norm(along) + 1e-9)
    middle = across * bend
    points = [
        root - across * half_width * 0.55,
        root + along * 0.5 - across * half_width + middle,
        root + along * 0.86 - across * half_width * 0.82 + middle * 0.5,
        tip,
        root + along * 0.86 + across * half_width * 0.82 + middle * 0.5,
        root + along * 0.5 + across * half_width + middle,
        root + across * half_width * 0.55,
    ]
    shape = canvas.curve(np.array(points))
    shades = [shaded(color, light - 0.20), shaded(color, light), shaded(color, light + 0.14)]
    edges = (root - across * half_width + along * 0.2, tip + across * half_width)
    canvas.fill(shape, shader=canvas.linear(*edges, shades))
    if bar is not None:
        with canvas.clipped(shape):
            canvas.fill(canvas.circle(tip - along * 0.04, half_width * 1.25), bar)
    canvas.line(shape, shaded(color, 0.05) * 0.62, 0.7, alpha=0.62)
    shaft = canvas.curve(
        np.array([root + along * 0.15, root + along * 0.5 + middle, tip - along * 0.06]), False
    )
    canvas.line(shaft, shaded(color, light - 0.35) * 0.8, 0.55, alpha=0.6)


def paint_tail(canvas, anatomy, color, light, random, spread=1.0):
    """Paints the tail's fan, its middle feathers on top."""
    root = anatomy.centers[-1] - anatomy.tail_direction * 7
    direction, length = anatomy.tail_direction, anatomy.tail_length + 7
    across = np.array((-direction[1], direction[0]))
    root_width = anatomy.radii[-1] * 0.75
    width = anatomy.tail_width * spread
    for share in (-1.0, 1.0, -0.62, 0.62, -0.24, 0.24):
        start = root + across * root_width * share * 0.7
        tip = root + direction * length * (1 - 0.10 * abs(share)) + across * width * share
        tip = tip + random.normal(0, 0.5, 2)
        glow = light + 0.05 * random.normal() + 0.10 * (share < 0) - 0.04 * share
        paint_feather(canvas, start, tip, width * 0.36 + 1.0, color, glow, bend=1.2 * share)


class FoldedWing:
    """Paints a closed wing on the flank.

    Args:
        anatomy: `Anatomy`.
        color: float array of shape `(3,)`.
        bars: bool.
        light: float array of shape `(3,)`. The direction to the light.
    """

    def __init__(self, anatomy, color, bars, light):
        self.color = color
        self.bar = bar_color(color) if bars else None
        self.light = light
        knots = np.array((1.62, 3.1, 5.0))
        knots = anatomy.at(knots, np.array((0.10, 0.04, -0.30)))[0]
        knots[2] += anatomy.tail_direction * anatomy.tail_length * 0.16
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
        width = self.half * np.interp(along, *_PROFILE)
        return spot + down * (width * across)[..., None]

    def paint(self, canvas, random):
        """Paints the wing onto a canvas."""
        along = np.array((0, 0.05, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0))
        ring = np.concatenate([self.point(along, -1.0), self.point(along[::-1], 1.0)])
        shape = canvas.curve(ring)
        with canvas.transformed((0.0, 2.6)):
            canvas.fill(shape, DARK_INK, alpha=0.42, blur=3.0)
        canvas.fill(shape, shaded(self.color, 0.40))
        self._flight_feathers(canvas, random)
        self._coverts(canvas, random, 0.50, 7, 0.27, 4.4)
        self._coverts(canvas, random, 0.33, 7, 0.20, 4.0)
        self._shoulder(canvas, random)
        with canvas.clipped(shape):
            canvas.line(shape, DARK_INK, 2.4, alpha=0.30, blur=1.2)

    def _flight_feathers(self, canvas, random):
        # From the longest, at the wing's lower edge, to the short ones that cover them.
        for number, share in enumerate(np.linspace(1, -1, 9)):
            root = self.point(0.22, share * 0.85)
            reach = 1.02 - 0.055 * number + 0.01 * random.normal()
            tip = self.point(reach, share * (0.75 if share < 0 else 0.9))
            light = 0.42 + 0.16 * (number % 2) + 0.03 * random.normal() - 0.10 * share
            paint_feather(canvas, root, tip, self.half * 0.19, self.color, light, bend=-0.8)

    def _coverts(self, canvas, random, reach, count, length, lift):
        for share in np.linspace(0.92, -0.86, count):
            bulge = reach - 0.07 * share**2
            tip = self.point(bulge + 0.01 * random.normal(), share)
            root = self.point(bulge - length, share * 0.92)
            light = 0.52 + 0.05 * random.normal() - 0.14 * share
            paint_feather(canvas, root, tip, self.half * 0.21, self.color, light, bar=self.bar)

    def _shoulder(self, canvas, random):
        count = 90
        along = np.sort(random.uniform(0.0, 0.25, count))[::-1]
        across = random.uniform(-0.95, 0.95, count)
        points = self.point(along, across)
        direction = self.point(along + 0.05, across) - points
        angles = np.arctan2(direction[:, 1], direction[:, 0]) + random.normal(0, 0.2, count)
        light = 0.60 - 0.18 * across + random.normal(0, 0.08, count)
        colors = shaded(np.broadcast_to(self.color, (count, 3)), light)
        lengths = random.uniform(6.0, 9.0, count)
        alphas = np.full(count, 0.9)
        canvas.marks(
            "feather", points, angles, lengths, colors, alphas, random.integers(0, 4, count)
        )


def paint_spread_wing(canvas, shoulder, lift, color, bars, dimming, random):
    """Paints a wing raised in flight.

    Args:
        canvas: `Canvas`.
        shoulder: float array of shape `(2,)`.
        lift: float. The turn of the whole wing in radians; 0 points up and a little back.
        color: float array of shape `(3,)`.
        bars: bool.
        dimming: float. What to take from the brightness (the far wing's is more).
        random: NumPy generator.
    """
    bar = bar_color(color) if bars else None
    wrist, hand, elbow = (11.0, -27.0), (3.0, -43.0), (-21.0, 3.0)
    turn = np.array(((np.cos(lift), -np.sin(lift)), (np.sin(lift), np.cos(lift))))
    arm = np.array((hand, wrist, (0.0, 0.0), elbow)) @ turn.T + shoulder
    count = 17
    share = np.linspace(0, 1, count)
    roots = np.stack([np.interp(share, (0, 0.35, 0.7, 1), arm[:, k]) for k in (0, 1)], 1)
    # Around the elbow's side the roots lie on the line from the wrist to the body.
    straight = arm[1] + (arm[3] - arm[1]) * np.clip((share - 0.35) / 0.65, 0, 1)[:, None]
    roots = np.where(share[:, None] > 0.35, straight, roots)
    angles = np.radians(np.interp(share, (0, 0.4, 1), (-101, -140, -184))) + lift
    lengths = np.interp(share, (0, 0.12, 0.45, 1), (44, 47, 40, 28))
    heading = np.stack([np.cos(angles), np.sin(angles)], 1)
    tips = roots + heading * lengths[:, None] + random.normal(0, 0.5, (count, 2))
    for number in reversed(range(count)):
        light = 0.50 + 0.10 * (number % 2) + 0.03 * random.normal() - dimming
        paint_feather(canvas, roots[number], tips[number], 4.3, color, light, bend=-1.5)
    for reach, half in ((0.50, 4.4), (0.30, 4.2)):
        for number in reversed(range(count)):
            tip = roots[number] + heading[number] * lengths[number] * reach
            light = 0.58 + 0.04 * random.normal() - dimming
            start = roots[number] - heading[number] * 3
            paint_feather(canvas, start, tip, half, color, light, bar=bar)
    _arm(canvas, arm, color, dimming, random)


def _arm(canvas, arm, color, dimming, random):
    count = 110
    share, inward = random.uniform(0, 1, count), random.uniform(0, 1, count)
    edge = np.stack([np.interp(share, (0, 0.3, 1), arm[:3, k]) for k in (0, 1)], 1)
    back = arm[1] + (arm[3] - arm[1]) * share[:, None]
    points = edge + (back - edge) * inward[:, None]
    order = np.argsort(-inward)
    angles = np.arctan2(*(arm[3] - arm[2])[::-1]) + 0.5 * (1 - share) + random.normal(0, 0.2, count)
    light = 0.66 - 0.15 * inward + random.normal(0, 0.06, count) - dimming
    colors = shaded(np.broadcast_to(color, (count, 3)), light)
    lengths = random.uniform(6, 9, count)
    kinds = random.integers(0, 4, count)
    canvas.marks(
        "feather", points[order], angles, lengths, colors[order], np.full(count, 0.9), kinds
    )
