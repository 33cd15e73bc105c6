"""What carries the bird: branch, ground or water."""

import numpy as np

from keras_stackgan.data.painted_birds.canvas import UNITS
from keras_stackgan.data.painted_birds.palette import DARK_INK, mix
from keras_stackgan.data.painted_birds.strokes import brush, mottled, vertical

# top and bottom of the ground
_GROUND = {
    "sky": ((198, 176, 134), (134, 108, 76)),
    "foliage": ((122, 100, 62), (66, 56, 38)),
    "grass": ((124, 170, 58), (60, 112, 34)),
    "snow": ((252, 253, 255), (206, 218, 236)),
    "dusk": ((104, 66, 78), (52, 34, 56)),
}
_WATER = {
    "water": ((96, 168, 194), (24, 82, 126)),
    "foliage": ((86, 128, 84), (26, 62, 50)),
    "dusk": ((244, 158, 104), (98, 62, 116)),
}
SHINE = {"water": (226, 244, 250), "foliage": (204, 226, 180), "dusk": (255, 222, 170)}


def _bark(background):
    return np.array((96.0, 66, 60) if background == "dusk" else (112.0, 86, 62))


def paint_branch(canvas, background, height, width, random):
    """Paints the branch under a perched bird: across the picture, its top at `height`."""
    slope = random.normal(0, 0.035)
    x = np.linspace(-14, UNITS + 14, 8)
    middle = height + width / 2 + slope * (x - UNITS / 2) + random.normal(0, 1.2, 8)
    half = width / 2 * np.linspace(1.12, 0.84, 8) * (1 + 0.06 * random.normal(size=8))
    edge = np.concatenate([np.stack([x, middle - half], 1), np.stack([x, middle + half], 1)[::-1]])
    shape = canvas.curve(edge)
    bark = _bark(background)
    canvas.fill(shape, DARK_INK, 0.25, 4.0)
    shades = [mix(bark, (255, 240, 210), 0.42), bark, bark * 0.42]
    canvas.fill(shape, shader=canvas.linear((0, height), (0, height + width), shades, [0, 0.45, 1]))
    with canvas.clipped(shape):
        count = 110
        points = np.stack(
            [random.uniform(0, UNITS, count), height + random.uniform(-3, width + 3, count)], 1
        )
        depth = (points[:, 1:] - height) / width
        colors = mix(mix(bark, (255, 240, 210), 0.4), bark * 0.4, depth.clip(0, 1))
        colors = colors + random.normal(0, 16, (count, 1))
        canvas.marks(
            "bristle",
            points,
            slope + random.normal(0, 0.1, count),
            random.uniform(14, 40, count),
            colors,
            np.full(count, 0.6),
            random.integers(0, 4, count),
        )
        canvas.line(shape, DARK_INK, 2.2, alpha=0.4, blur=1.0)
    top = np.stack([x, middle - half], 1)
    if background == "snow":
        canvas.line(canvas.curve(top + (0, 0.5), False), (196, 208, 226), width * 0.5)
        canvas.line(canvas.curve(top - (0, 0.8), False), (252, 253, 255), width * 0.42)
    else:
        _twigs(canvas, background, height + width / 2, random)


def _twigs(canvas, background, height, random):
    pale = (180, 116, 62) if background == "dusk" else (166, 196, 78)
    dark = (92, 56, 54) if background == "dusk" else (58, 116, 48)
    count = 7
    x = np.where(
        random.random(count) < 0.5, random.uniform(2, 50, count), random.uniform(206, 254, count)
    )
    angles = np.where(random.random(count) < 0.6, -1.0, 1.0) * random.uniform(0.3, 1.3, count)
    lengths = random.uniform(18, 30, count)
    points = np.stack([x, height + random.normal(0, 2, count)], 1)
    points += np.stack([np.cos(angles), np.sin(angles)], 1) * lengths[:, None] * 0.5
    colors = mix(dark, pale, random.random((count, 1)))
    shadow = points + (1.5, 2.0)
    canvas.marks(
        "leaf",
        shadow,
        angles,
        lengths,
        np.full((count, 3), 20.0),
        np.full(count, 0.3),
        np.arange(count),
    )
    canvas.marks("leaf", points, angles, lengths, colors, np.ones(count), np.arange(count))


def paint_ground(canvas, background, height, random):
    """Paints the ground that a bird stands on; `height` is that of its feet."""
    top, bottom = (np.array(color, np.float64) for color in _GROUND[background])
    x = np.linspace(-16, UNITS + 16, 6)
    ridge = np.stack([x, height - 17 + random.normal(0, 2.0, 6)], 1)
    shape = canvas.curve(np.concatenate([ridge, [(UNITS + 16, 300), (-16, 300)]]))
    canvas.fill(shape, shader=canvas.linear((0, height - 20), (0, UNITS), [top, bottom]))
    share = (height - 20) / UNITS
    field = mottled(vertical([(0, top), (share, top), (1, bottom)]), 6, random)
    with canvas.clipped(shape):
        jitter = 5 if background == "snow" else 13
        brush(canvas, field, random, 110, 52, 0.0, 0.12, height - 20, UNITS + 6, jitter, 0.55)
        canvas.line(canvas.curve(ridge, False), mix(top, (255, 255, 255), 0.4), 3.0, 0.5, 1.5)
    if background == "grass":
        _blades(canvas, field, height - 15, 170, random)


def paint_tufts(canvas, background, height, random):
    """Paints grass before the feet."""
    if background == "grass":
        top, bottom = _GROUND["grass"]
        _blades(canvas, vertical([(0, top), (1, bottom)]), height + 9, 46, random)


def _blades(canvas, field, height, count, random):
    points = np.stack(
        [random.uniform(0, UNITS, count), random.uniform(height - 4, height + 8, count)], 1
    )
    colors = field[24, 24] + random.normal(0, 20, (count, 1)) + random.normal(0, 5, (count, 3))
    lengths = random.uniform(12, 24, count)
    angles = -1.55 + random.normal(0, 0.3, count)
    canvas.marks(
        "blade", points, angles, lengths, colors, np.full(count, 0.9), random.integers(0, 3, count)
    )


def paint_contact(canvas, center, half_width):
    """Paints the shadow that a bird throws on the ground."""
    x, y = center
    points = np.array([(x - half_width, y), (x, y - 4.5), (x + half_width, y), (x, y + 4.5)])
    canvas.fill(canvas.curve(points), DARK_INK, 0.45, 3.5)


def paint_water(canvas, background, shore, random):
    """Paints water from the height `shore` down to the picture's lower edge."""
    top, bottom = _WATER[background]
    edge = shore / UNITS
    field = mottled(vertical([(0, top), (edge, top), (1, bottom)]), 6, random)
    area = canvas.polygon([(-4, shore), (UNITS + 4, shore), (UNITS + 4, 270), (-4, 270)])
    canvas.fill(area, shader=canvas.linear((0, shore), (0, UNITS), [top, bottom]))
    with canvas.clipped(area):
        brush(canvas, field, random, 90, 60, 0.0, 0.05, shore, UNITS + 8, 11, 0.5)
        count = 46
        points = np.stack(
            [random.uniform(0, UNITS, count), random.uniform(shore + 4, UNITS, count)], 1
        )
        lengths = (12 + 30 * (points[:, 1] - shore) / (UNITS - shore)) * random.uniform(
            0.6, 1.3, count
        )
        colors = np.broadcast_to(np.array(SHINE[background], np.float64), (count, 3))
        alphas = random.uniform(0.15, 0.5, count)
        canvas.marks(
            "blade",
            points,
            random.normal(0, 0.03, count),
            lengths,
            colors,
            alphas,
            random.integers(0, 3, count),
        )
    canvas.line(
        canvas.polygon([(-4, shore), (UNITS + 4, shore)], False),
        mix(top, (255, 255, 255), 0.3),
        2.0,
        0.4,
        1.5,
    )


def paint_waterline(canvas, background, center, half_width, random):
    """Paints the rings of water around a swimming bird."""
    x, y = center
    count = 18
    depth = np.linspace(0, 1, count)
    points = np.stack(
        [x + half_width * random.uniform(-0.75, 0.75, count), y + 0.5 + 20 * depth], 1
    )
    lengths = half_width * (1.0 - 0.4 * depth) * random.uniform(0.5, 1.0, count)
    colors = np.broadcast_to(np.array(SHINE[background], np.float64), (count, 3))
    alphas = (0.6 - 0.4 * depth) * random.uniform(0.5, 1, count)
    canvas.marks(
        "blade",
        points,
        random.normal(0, 0.02, count),
        lengths,
        colors,
        alphas,
        random.integers(0, 3, count),
    )
