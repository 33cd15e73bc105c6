"""The bird's body: its coat of colors, its roundness and its feathers."""

import numpy as np

from keras_stackgan.data.painted_birds.palette import DARK_INK, mix, shaded

_SIDES = 17
_FEATHERS = 900
# How far down the sides the back comes, where on the spine the nape ends and the belly starts: what
# a raised wing or the water hides is made up for.
_REACHES = {
    "perched": (0.0, 2.0, 2.05),
    "standing": (0.0, 2.0, 2.0),
    "flying": (0.16, 2.4, 2.05),
    "swimming": (0.0, 2.0, 1.7),
}


def _step(low, high, value):
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


class Plumage:
    """Paints the body of one bird.

    Args:
        anatomy: `Anatomy`.
        colors: dict from part to a float array of shape `(3,)`.
        light: `Light`.
        beak_direction: float array of shape `(2,)`.
        pose: str. See `attributes`.
    """

    def __init__(self, anatomy, colors, light, beak_direction, pose):
        self.back_drop, self.nape_end, self.belly_start = _REACHES[pose]
        self.anatomy = anatomy
        self.colors = colors
        self.light = light
        self.beak_direction = np.asarray(beak_direction, np.float64)

    def coat(self, place, side, points):
        """Returns the color that each point's part has.

        Args:
            place, side: float arrays of one shape. See `Anatomy`.
            points: float array of that shape and `(2,)`.

        Returns:
            A float array of that shape and `(3,)`, before light falls on it.
        """
        colors = self.colors
        color = np.broadcast_to(colors["back"], (*place.shape, 3))

        def lay(color, part, share):
            return mix(color, colors[part], share[..., None])

        under = _step(-0.14, 0.06, side - self.back_drop + 0.14 * _step(1.4, 0.6, place))
        color = lay(color, "breast", under)
        hind = _step(0.0, 0.35, place - self.belly_start - 0.35 * side)
        color = lay(color, "belly", under * hind)
        # The head has axes of its own: along the beak and down from it.
        along, down = self._head_axes(points)
        neck = _step(self.nape_end, self.nape_end - 0.5, place)
        neck = neck * _step(-0.02, -0.26, side - 0.2 * _step(1.0, 0.0, place))
        behind = _step(-0.30, -0.52, along - 0.25 * down) * _step(1.0, 0.7, place)
        behind = behind * _step(0.55, 0.15, down)
        color = lay(color, "nape", np.maximum(neck, behind))
        top = _step(0.32, 0.14, down - 0.10 * along) * _step(-0.70, -0.50, along - 0.3 * down)
        return lay(color, "crown", top * _step(1.25, 0.95, place))

    def _head_axes(self, points):
        offset = (points - self.anatomy.head) / self.anatomy.head_radius
        forward = self.beak_direction
        downward = np.array((-forward[1], forward[0]))
        return offset @ forward, offset @ downward

    def brightness(self, place, side, normal):
        """Returns how much light falls on the round body, from 0 to 1."""
        side = np.clip(side, -1, 1)
        facing = np.sqrt(1 - side**2)
        direct = (
            self.light.direction[0] * side * normal[..., 0]
            + self.light.direction[1] * side * normal[..., 1]
            + self.light.direction[2] * facing
        )
        bounce = 0.32 * np.clip(side * normal[..., 1], 0, 1) ** 2
        return np.clip(0.30 + 0.64 * np.clip(direct, 0, 1) + bounce, 0, 1)

    def paint(self, canvas, random):
        """Paints the body onto a canvas; returns its outline as a path."""
        anatomy = self.anatomy
        outline = canvas.curve(anatomy.outline()[::2])
        depth = anatomy.girth / 30
        place = np.repeat(anatomy.places[:, None], _SIDES, 1)
        side = np.repeat(np.linspace(-1, 1, _SIDES)[None], len(place), 0)
        points, _, normal = anatomy.at(place, side)
        colors = shaded(self.coat(place, side, points), self.brightness(place, side, normal))
        with canvas.clipped(outline):
            canvas.fill(outline, colors[20, _SIDES // 2])
            wide, _, _ = anatomy.at(place, side * 1.10)
            canvas.mesh(wide, colors)
            canvas.line(outline, DARK_INK, 2.4 * depth, alpha=0.26, blur=1.1 * depth)
        self._feathers(canvas, random)
        with canvas.clipped(outline):
            self.light.paint_edges(canvas, outline, depth)
        return outline

    def _feathers(self, canvas, random):
        place = np.sort(random.uniform(-0.85, 5.45, _FEATHERS))[::-1]
        side = np.sin(random.uniform(-1.35, 1.35, _FEATHERS))
        points, tangent, normal = self.anatomy.at(place, side)
        coat = self.coat(
            place + random.normal(0, 0.06, _FEATHERS),
            side + random.normal(0, 0.05, _FEATHERS),
            points + random.normal(0, 0.5, (_FEATHERS, 2)),
        )
        light = self.brightness(place, side, normal) + random.normal(0, 0.055, _FEATHERS)
        direction = tangent + normal * (0.12 * side)[:, None]
        angles = np.arctan2(direction[:, 1], direction[:, 0]) + random.normal(0, 0.16, _FEATHERS)
        radius = np.interp(place, self.anatomy.places, self.anatomy.radii)
        lengths = (2.6 + 0.22 * radius) * random.uniform(0.8, 1.2, _FEATHERS)
        colors = shaded(coat, light) * 1.06 + random.normal(0, 2.5, (_FEATHERS, 1))
        alphas = random.uniform(0.55, 0.9, _FEATHERS)
        variants = random.integers(0, 4, _FEATHERS)
        canvas.marks("feather", points, angles, lengths, colors, alphas, variants)
