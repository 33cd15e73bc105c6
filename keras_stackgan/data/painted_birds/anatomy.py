"""The shapes of birds: a spine of circles for every pose and body shape, and points on it.

A bird is drawn looking right, y pointing down, about 100 units long.
"""

import dataclasses

import numpy as np

# Per pose and body shape: six circles (x, y, radius) at head, neck, chest, belly, vent and the
# tail's root; the tail's direction, length and half width; the length of a leg.
_FORMS = {
    ("perched", "round"): (
        (
            (24, -43, 21.5),
            (17, -27, 23.5),
            (8, -6, 30.0),
            (-6, 13, 29.0),
            (-22, 29, 16.5),
            (-32, 40, 8.0),
        ),
        ((-0.68, 0.73), 46, 8.5),
        7,
    ),
    ("perched", "slender"): (
        (
            (31, -45, 17.5),
            (23, -30, 16.5),
            (13, -10, 19.5),
            (-4, 9, 18.0),
            (-22, 28, 11.5),
            (-34, 41, 6.5),
        ),
        ((-0.7, 0.71), 64, 7.5),
        7,
    ),
    ("perched", "long-necked"): (
        (
            (34, -66, 15.5),
            (20, -47, 11.0),
            (14, -14, 20.0),
            (-5, 8, 22.0),
            (-26, 26, 14.0),
            (-39, 37, 7.0),
        ),
        ((-0.75, 0.66), 42, 8),
        7,
    ),
    ("standing", "round"): (
        (
            (34, -35, 21.0),
            (24, -21, 22.5),
            (11, -3, 28.5),
            (-9, 7, 27.0),
            (-31, 8, 15.5),
            (-44, 6, 8.0),
        ),
        ((-0.99, 0.06), 44, 8.5),
        22,
    ),
    ("standing", "slender"): (
        (
            (39, -33, 17.0),
            (30, -20, 16.0),
            (15, -5, 18.0),
            (-8, 3, 16.5),
            (-33, 6, 10.5),
            (-48, 6, 6.5),
        ),
        ((-0.99, 0.12), 62, 7.5),
        26,
    ),
    ("standing", "long-necked"): (
        (
            (42, -66, 15.0),
            (27, -45, 10.5),
            (18, -10, 18.5),
            (-8, -1, 20.5),
            (-34, 1, 13.0),
            (-49, 0, 7.0),
        ),
        ((-0.97, 0.22), 38, 8),
        34,
    ),
    ("flying", "round"): (
        (
            (42, -9, 19.0),
            (30, -4, 19.5),
            (10, 1, 23.5),
            (-13, 3, 20.5),
            (-35, 2, 11.5),
            (-46, 1, 6.5),
        ),
        ((-1.0, 0.03), 44, 13),
        0,
    ),
    ("flying", "slender"): (
        (
            (46, -9, 15.5),
            (34, -5, 14.5),
            (13, 0, 16.0),
            (-12, 2, 14.0),
            (-36, 2, 8.5),
            (-49, 1, 5.5),
        ),
        ((-1.0, 0.03), 58, 12),
        0,
    ),
    ("flying", "long-necked"): (
        (
            (66, -14, 14.5),
            (45, -8, 10.0),
            (15, 0, 18.0),
            (-12, 2, 17.0),
            (-37, 2, 10.0),
            (-50, 1, 6.0),
        ),
        ((-1.0, 0.03), 40, 13),
        0,
    ),
    ("swimming", "round"): (
        (
            (37, -40, 20.0),
            (28, -24, 18.5),
            (18, -4, 23.5),
            (-8, 1, 26.0),
            (-38, -4, 15.5),
            (-53, -11, 8.0),
        ),
        ((-0.89, -0.45), 30, 7.5),
        0,
    ),
    ("swimming", "slender"): (
        (
            (41, -42, 16.5),
            (32, -27, 13.5),
            (20, -5, 16.5),
            (-8, 1, 17.5),
            (-39, -3, 10.5),
            (-54, -9, 6.5),
        ),
        ((-0.92, -0.38), 38, 7),
        0,
    ),
    ("swimming", "long-necked"): (
        (
            (44, -70, 15.0),
            (26, -49, 10.0),
            (21, -8, 18.5),
            (-8, 0, 24.0),
            (-40, -5, 15.0),
            (-56, -13, 8.0),
        ),
        ((-0.89, -0.45), 30, 7.5),
        0,
    ),
}
HEAD, NECK, CHEST, BELLY, VENT, ROOT = range(6)
WATERLINE = 11.0

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
    the head, above 5 the rump. `side` runs across it: -1 is the edge of the back, 1 that of the belly.
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
    circles, (direction, length, width), leg = _FORMS[pose, body_shape]
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
