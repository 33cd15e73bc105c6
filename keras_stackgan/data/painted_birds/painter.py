"""Paints a bird from its specification."""

import numpy as np

from keras_stackgan.data.painted_birds import supports
from keras_stackgan.data.painted_birds.anatomy import WATERLINE, build_anatomy, unit
from keras_stackgan.data.painted_birds.attributes import COLORED_PARTS
from keras_stackgan.data.painted_birds.backgrounds import paint_background
from keras_stackgan.data.painted_birds.canvas import UNITS, Canvas
from keras_stackgan.data.painted_birds.folded_wing import FoldedWing
from keras_stackgan.data.painted_birds.head import beak_length, paint_beak, paint_eye
from keras_stackgan.data.painted_birds.legs import foot_height, paint_legs, paint_tucked_feet
from keras_stackgan.data.painted_birds.light import Light
from keras_stackgan.data.painted_birds.palette import rgb
from keras_stackgan.data.painted_birds.plumage import Plumage
from keras_stackgan.data.painted_birds.specification import BirdSpecification
from keras_stackgan.data.painted_birds.spread_wing import SpreadWing
from keras_stackgan.data.painted_birds.tail import paint_tail

# How much of the picture's width the bird takes.
_SHARE = {"small": 0.45, "medium": 0.60, "large": 0.75}
_STREAMS = ("pose", "light", "background", "support", "plumage", "wing", "head", "tint")


def paint(specification, seed=0, size=256):
    """Paints a bird.

    Equal arguments give equal pixels (for one version of skia), and a smaller size the same
    picture, smaller.

    Args:
        specification: `BirdSpecification`.
        seed: int, at least 0. Another seed gives other brushwork, light and small changes of
            place, size and posture. Defaults to 0.
        size: int, at least 16. The picture's side in pixels. Defaults to 256.

    Returns:
        A uint8 array of shape `(size, size, 3)`.

    Raises:
        ImportError: skia-python is absent.
        TypeError: `specification` is no `BirdSpecification`.
        ValueError: `seed` or `size` is out of range.

    Example:

    ```python
    bird = BirdSpecification("red", "red", "brown", "red", "white", "brown", "black", "yellow",
                             "gray", "short", "round", "medium", "yes", "no", "perched", "left",
                             "foliage")
    picture = paint(bird, seed=7, size=128)
    ```
    """
    return paint_with_box(specification, seed, size)[0]


def paint_with_box(specification, seed=0, size=256):
    """Paints a bird and says where it is.

    Args:
        specification, seed, size: as for `paint`.

    Returns:
        A tuple of the picture (see `paint`) and its box: `(x, y, width, height)` in pixels, ints,
        around all of the bird that is in the picture and above the water.

    Raises:
        As `paint`.

    Example:

    ```python
    picture, (x, y, width, height) = paint_with_box(bird)
    bird_only = picture[y : y + height, x : x + width]
    ```
    """
    if not isinstance(specification, BirdSpecification):
        raise TypeError(
            f"`specification` must be a BirdSpecification. Received: {type(specification).__name__}"
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"`seed` must be an int of at least 0. Received: {seed!r}")
    if not isinstance(size, int | np.integer) or size < 16:
        raise ValueError(f"`size` must be an int of at least 16. Received: {size!r}")
    return _Painting(specification, int(seed), int(size)).paint()


class _Painting:
    """One picture in the making; every concern draws from a random stream of its own."""

    def __init__(self, specification, seed, size):
        self.bird = specification
        self.size = size
        self.random = {
            name: np.random.default_rng((seed, number)) for number, name in enumerate(_STREAMS)
        }
        self.anatomy = build_anatomy(
            specification.pose, specification.body_shape, self.random["pose"]
        )
        self.colors = {part: rgb(getattr(specification, part)) for part in COLORED_PARTS}
        self._tint()
        self._place()

    def _tint(self):
        # Every bird's own shade of a color: too little to change its name.
        for part, color in self.colors.items():
            change = self.random["tint"].normal(0, 1, 4).clip(-2, 2)
            self.colors[part] = np.clip(color * (1 + 0.025 * change[0]) + 2.0 * change[1:], 8, 252)

    def _place(self):
        bird, random = self.bird, self.random["pose"]
        self.direction = 1.0 if bird.facing == "right" else -1.0
        tilt = {"perched": 0.04, "standing": 0.0, "flying": -0.16, "swimming": 0.0}[bird.pose]
        steady = bird.pose in ("standing", "swimming")
        self.turn = 0.0 if steady else tilt + 0.05 * random.normal()
        self.lift = -0.12 + 0.14 * random.normal()
        points = self._extent()
        low, high = points.min(0), points.max(0)
        width, height = high - low
        scale = _SHARE[bird.size] * UNITS / max(0.5 * (width + height), 0.9 * max(width, height))
        self.scale = scale * (1 + float(np.clip(random.normal(), -1.5, 1.5)) * 0.05)
        # All of the bird is to be in the picture, beak and tail too.
        beak = beak_length(bird.beak_shape, self.anatomy.head_radius)
        tip = self.anatomy.head[0] + self.anatomy.head_radius * 0.86 + beak
        high[0] = max(high[0], tip)
        self.scale = min(self.scale, 0.97 * UNITS / max(high - low))
        center = (low + high) / 2 * (self.direction * self.scale, self.scale)
        slack = np.maximum(0.5 * (0.98 * UNITS - (high - low) * self.scale), 0)
        drift = random.normal(0, 5, 2).clip(-9, 9)
        self.shift = UNITS / 2 - center + np.clip(drift, -slack, slack)
        if bird.pose == "swimming":
            self.shift[1] = 168 + 5 * random.normal() - WATERLINE * self.scale
        facing_right = bird.facing == "right"
        self.light = Light.of(bird.background, facing_right, self.random["light"])

    def _extent(self):
        anatomy, pose = self.anatomy, self.bird.pose
        tail = anatomy.root + anatomy.tail_direction * anatomy.tail_length
        points = np.concatenate([anatomy.outline(), [tail]])
        if pose == "flying":
            points = np.concatenate([points, [(6.0, -84.0)]])
        elif pose == "swimming":
            points = points[points[:, 1] <= WATERLINE]
        else:
            points = np.concatenate([points, [(0.0, foot_height(anatomy))]])
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        return points @ np.array(((cosine, sine), (-sine, cosine)))

    def _to_picture(self, point):
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        turned = np.array(((cosine, -sine), (sine, cosine))) @ np.asarray(point, np.float64)
        return turned * (self.direction * self.scale, self.scale) + self.shift

    def paint(self):
        bird, random = self.bird, self.random["support"]
        canvas = Canvas(self.size)
        paint_background(canvas, bird.background, self.random["background"])
        hip = self.anatomy.at(np.array(2.75), np.array(0.9))[0]
        foot = self._to_picture((hip[0] + 6, foot_height(self.anatomy)))
        waterline = self._to_picture((-6.0, WATERLINE))
        if bird.pose == "perched":
            supports.paint_branch(
                canvas, bird.background, foot[1] - 1, 9 + 3.0 * self.scale, random
            )
        elif bird.pose == "standing":
            supports.paint_ground(canvas, bird.background, foot[1], random)
            supports.paint_contact(
                canvas, (foot[0] - 8 * self.direction, foot[1] + 2), 34 * self.scale
            )
        elif bird.pose == "swimming":
            supports.paint_water(canvas, bird.background, 104 + 6 * random.normal(), random)
        layer = Canvas(self.size)
        if bird.pose == "swimming":
            above = layer.polygon(
                [(-9, -9), (UNITS + 9, -9), (UNITS + 9, waterline[1]), (-9, waterline[1])]
            )
            with layer.clipped(above):
                self._paint_bird(layer)
            canvas.layer(layer, flipped_at=float(waterline[1]), alpha=0.42, blur=2.2)
        else:
            self._paint_bird(layer)
        canvas.layer(layer)
        if bird.pose == "swimming":
            supports.paint_waterline(canvas, bird.background, waterline, 60 * self.scale, random)
        elif bird.pose == "standing":
            supports.paint_tufts(canvas, bird.background, foot[1], random)
        canvas.grain()
        return canvas.pixels[..., :3].copy(), _box(layer.pixels[..., 3])

    def _paint_bird(self, canvas):
        with canvas.transformed(self.shift, (self.direction * self.scale, self.scale), 0.0):
            with canvas.transformed(turn=self.turn):
                self._paint_parts(canvas)

    def _paint_parts(self, canvas):
        bird, anatomy, colors = self.bird, self.anatomy, self.colors
        wing_random = self.random["wing"]
        bars = bird.wing_bars == "yes"
        beak_direction = unit((1.0, 0.10 if bird.pose != "flying" else 0.04))
        if bird.pose == "flying":
            far = SpreadWing((19.0, -10.0), self.lift + 0.46, colors["wing"], bars, 0.22)
            far.paint(canvas, wing_random)
        paint_tail(canvas, anatomy, colors["tail"], 0.52, self.random["plumage"])
        if bird.pose == "flying":
            paint_tucked_feet(canvas, anatomy, bird.leg_color)
        elif bird.pose != "swimming":
            paint_legs(canvas, anatomy, bird.leg_color, bird.pose == "perched")
        plumage = Plumage(anatomy, colors, self.light, beak_direction, bird.pose)
        plumage.paint(canvas, self.random["plumage"])
        if bird.pose == "flying":
            SpreadWing((7.0, -10.0), self.lift, colors["wing"], bars, 0.0).paint(
                canvas, wing_random
            )
        else:
            rise = 0.16 if bird.pose == "swimming" else 0.0
            wing = FoldedWing(anatomy, colors["wing"], bars, self.light, rise)
            wing.paint(canvas, wing_random)
        paint_beak(
            canvas, anatomy, beak_direction, bird.beak_shape, bird.beak_color, self.random["head"]
        )
        paint_eye(canvas, anatomy, beak_direction, bird.eye_ring == "yes", colors["crown"])


def _box(alpha):
    rows = np.flatnonzero((alpha > 64).any(1))
    columns = np.flatnonzero((alpha > 64).any(0))
    x, y = int(columns[0]), int(rows[0])
    return x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y
