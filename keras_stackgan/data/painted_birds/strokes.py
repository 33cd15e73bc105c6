"""Coarse fields of color and the brushwork that covers them."""

import functools

import numpy as np

from keras_stackgan.data.painted_birds.canvas import UNITS

GRID = 48


@functools.cache
def _spread(knots):
    # Weights that spread `knots` values smoothly over the grid.
    x = np.linspace(0, knots - 1, GRID)
    lower = np.minimum(x.astype(int), knots - 2)
    share = x - lower
    share = share * share * (3 - 2 * share)
    weights = np.zeros((GRID, knots))
    weights[np.arange(GRID), lower] = 1 - share
    weights[np.arange(GRID), lower + 1] = share
    return weights


def vertical(stops):
    """Returns a field of shape `(GRID, GRID, 3)` from pairs of height (0 to 1) and color."""
    heights, colors = zip(*stops, strict=True)
    colors = np.array(colors, np.float64)
    y = np.linspace(0, 1, GRID)
    column = np.stack([np.interp(y, heights, colors[:, k]) for k in range(3)], 1)
    return np.repeat(column[:, None], GRID, 1)


def mottled(field, amount, random, knots=6):
    """Adds slow random change to a field: mostly of brightness, a little of hue."""
    noise = random.normal(0, amount, (knots, knots, 1))
    noise = noise + random.normal(0, 0.35 * amount, (knots, knots, 3))
    weights = _spread(knots)
    return field + np.einsum("yi,ijc,xj->yxc", weights, noise, weights)


def look_up(field, points):
    """Returns a field's colors at points in picture units."""
    cells = np.clip(points / UNITS * GRID, 0, GRID - 1).astype(int)
    return field[cells[:, 1], cells[:, 0]]


def brush(
    canvas,
    field,
    random,
    count,
    length,
    angle,
    spread=0.3,
    top=0,
    bottom=UNITS,
    jitter=8.0,
    alpha=0.5,
):
    """Covers a band of the picture with bristle strokes that take their colors from a field."""
    points = np.stack(
        [random.uniform(-10, UNITS + 10, count), random.uniform(top, bottom, count)], 1
    )
    colors = (
        look_up(field, points)
        + random.normal(0, jitter, (count, 1))
        + random.normal(0, 0.3 * jitter, (count, 3))
    )
    angles = angle + random.normal(0, spread, count)
    lengths = length * random.uniform(0.6, 1.4, count)
    alphas = alpha * random.uniform(0.6, 1.2, count).clip(0, 1)
    canvas.marks("bristle", points, angles, lengths, colors, alphas, random.integers(0, 4, count))


def blobs(canvas, kind, points, sizes, colors, alphas):
    """Draws round marks: soft ones, or discs as a lens draws distant lights."""
    count = len(points)
    sizes, alphas = np.broadcast_to(sizes, count), np.broadcast_to(alphas, count)
    colors = np.broadcast_to(np.asarray(colors, np.float64), (count, 3))
    canvas.marks(kind, points, np.zeros(count), sizes, colors, alphas, np.arange(count))
