"""The shapes of birds: a spine of circles for every pose and body shape, and points on it.

A bird is drawn looking right, y pointing down, about 100 units long.
"""

import dataclasses

import numpy as np

from keras_stackgan.data.painted_birds.forms import FORMS

HEAD, NECK, CHEST, BELLY, VENT, ROOT = range(6)
WATERLINE = 14.0

_ROWS_A_CIRCLE = 9
_CAP_ROWS = 7
_RUMP_ROWS = 5


def unit(vector):
    """Returns a vector of length 1."""
    vector = np.asarray(vector, np.float64)
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)


@dataclasses.dataclass
class Anatomy:
    """One bird's shape: the spine sampled densely, and where things are attached.

    `place` runs along the spine: 0 is the head's center, 5 the tail's root; below 0 is the cap of
    the head, above 5 the rump. `side` runs across it: -1 is the edge of the back, 1 that of the
    belly.
    """

    places: np.ndarray
    centers: np.ndarray
    radii: np.ndarray
    root: np.ndarray
    root_radius: float
    head: np.ndarray
    head_radius: float
    tail_direction: np.ndarray
    tail_length: float
    tail_width: float
    leg: float

    @property
    def girth(self):
        """The radius around the chest."""
        return float(np.interp(2.3, self.places, self.radii))

    @property
    def tangents(self):
        return unit(np.gradient(self.centers, axis=0))

    @property
    def normals(self):
        tangents = self.tangents
        return np.stack([tangents[:, 1], -tangents[:, 0]], 1)

    def at(self, place, side):
        """Returns points, directions toward the tail and outward normals at places and sides.

        Args:
            place, side: float arrays of one shape.

        Returns:
            A tuple of three float arrays, each of that shape and `(2,)`.
        """

        def look_up(table):
            return np.stack([np.interp(place, self.places, table[:, k]) for k in (0, 1)], -1)

        normal = look_up(self.normals)
        radius = np.interp(place, self.places, self.radii)
        point = look_up(self.centers) + normal * (radius * side)[..., None]
        return point, look_up(self.tangents), normal

    def outline(self):
        """Returns the silhouette as points of shape `(n, 2)`."""
        offset = self.normals * self.radii[:, None]
        return np.concatenate([self.centers - offset, (self.centers + offset)[::-1]])


def build_anatomy(pose, body_shape, random):
    """Builds a bird's shape with a little natural variation.

    Args:
        pose, body_shape: str. See `attributes`.
        random: NumPy generator.

    Returns:
        An `Anatomy`.
    """
    circles, (direction, length, width), leg = FORMS[pose, body_shape]
    circles = np.array(circles, np.float64)
    circles[:, :2] += random.normal(0, 0.7, (6, 2))
    plump, head = 1 + 0.035 * random.normal(size=2).clip(-2, 2)
    circles[CHEST : VENT + 1, 2] *= plump
    circles[HEAD, 2] *= head
    turn = random.normal(0, 0.06)
    turned = np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn)))) @ direction
    knots = np.arange(6.0)
    places = np.linspace(0, 5, 5 * _ROWS_A_CIRCLE + 1)
    curve = _spline(knots, circles, places)
    # The head's cap: half a circle beyond the first center, away from the neck.
    angles = np.linspace(np.pi / 2, 0, _CAP_ROWS + 1)[:-1] * 0.985
    forward = unit(curve[0, :2] - curve[2, :2])
    cap = np.empty((_CAP_ROWS, 3))
    cap[:, :2] = curve[0, :2] + forward * (circles[HEAD, 2] * np.sin(angles))[:, None]
    cap[:, 2] = circles[HEAD, 2] * np.cos(angles)
    # The rump: the body runs out over the tail.
    share = np.linspace(0, 1, _RUMP_ROWS + 1)[1:]
    rump = np.empty((_RUMP_ROWS, 3))
    rump[:, :2] = curve[-1, :2] + unit(turned) * (1.7 * circles[ROOT, 2] * share)[:, None]
    rump[:, 2] = circles[ROOT, 2] * np.sqrt(1 - 0.98 * share**2)
    spine = np.concatenate([cap, curve, rump])
    return Anatomy(
        places=np.concatenate([-np.sin(angles), places, 5 + 0.6 * share]),
        centers=spine[:, :2],
        radii=spine[:, 2],
        root=curve[-1, :2],
        root_radius=float(circles[ROOT, 2]),
        head=circles[HEAD, :2],
        head_radius=float(circles[HEAD, 2]),
        tail_direction=unit(turned),
        tail_length=length * (1 + 0.06 * random.normal()),
        tail_width=width * (1 + 0.06 * random.normal()),
        leg=float(leg),
    )


def _spline(knots, values, places):
    """Evaluates the Catmull-Rom spline through `values` at `places`."""
    slopes = np.gradient(values, axis=0)
    number = np.minimum(places.astype(int), len(knots) - 2)
    share = (places - number)[:, None]
    square, cube = share**2, share**3
    return (
        (2 * cube - 3 * square + 1) * values[number]
        + (cube - 2 * square + share) * slopes[number]
        + (3 * square - 2 * cube) * values[number + 1]
        + (cube - square) * slopes[number + 1]
    )
