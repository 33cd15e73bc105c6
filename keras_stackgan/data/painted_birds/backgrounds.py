"""What is behind the bird, out of focus."""

import numpy as np

from keras_stackgan.data.painted_birds.canvas import UNITS
from keras_stackgan.data.painted_birds.palette import mix
from keras_stackgan.data.painted_birds.strokes import blobs, brush, look_up, mottled, vertical


def paint_background(canvas, name, random):
    """Paints a background of `attributes.BACKGROUNDS` over the whole canvas."""
    _PAINTERS[name](canvas, random)


def _scatter(random, count, top=0.0, bottom=UNITS):
    return np.stack([random.uniform(-8, UNITS + 8, count), random.uniform(top, bottom, count)], 1)


def _sky(canvas, random):
    shift = random.normal(0, 5, 3)
    field = vertical(
        [(0, (74, 146, 224) + shift), (0.6, (142, 194, 240) + shift), (1, (200, 226, 246) + shift)]
    )
    field = mottled(field, 3, random)
    canvas.field(field)
    brush(canvas, field, random, 150, 64, -0.12, 0.35, jitter=5, alpha=0.34)
    for _ in range(3):
        center = np.array((random.uniform(0, UNITS), random.uniform(20, 210)))
        points = center + random.normal(0, 1, (16, 2)) * (34, 8)
        sizes = random.uniform(26, 60, 16)
        blobs(canvas, "soft", points + (3, 7), sizes, (164, 186, 214), 0.22)
        blobs(canvas, "soft", points, sizes * 0.9, (255, 253, 248), 0.50)
        count = 10
        strokes = center + random.normal(0, 1, (count, 2)) * (28, 6)
        colors = np.full((count, 3), (253.0, 252.0, 249.0))
        kinds = random.integers(0, 4, count)
        angles = random.normal(-0.1, 0.3, count)
        canvas.marks(
            "bristle",
            strokes,
            angles,
            random.uniform(22, 40, count),
            colors,
            np.full(count, 0.22),
            kinds,
        )


def _leaves(canvas, random, count, size, dark, pale, kind, alpha, top=0.0, bottom=UNITS):
    points = _scatter(random, count, top, bottom)
    colors = mix(dark, pale, random.random((count, 1)))
    sizes = size * random.uniform(0.6, 1.4, count)
    alphas = alpha * random.uniform(0.5, 1, count)
    blobs(canvas, kind, points, sizes, colors, alphas)


def _foliage(canvas, random):
    hue = random.normal(0, 6)
    field = vertical([(0, (112 + hue, 150, 66)), (0.55, (66 + hue, 112, 50)), (1, (34, 74, 38))])
    field = mottled(field, 17, random)
    canvas.field(field)
    _leaves(canvas, random, 34, 64, (30, 70, 36), (120, 160, 62), "soft", 0.55)
    brush(canvas, field, random, 130, 46, random.uniform(0.4, 1.0), 0.8, jitter=13, alpha=0.42)
    _leaves(canvas, random, 16, 30, (110, 160, 60), (220, 232, 130), "disc", 0.30)
    _leaves(canvas, random, 10, 18, (150, 190, 80), (240, 244, 170), "disc", 0.34)


def _branch(canvas, random):
    hue = random.normal(0, 5)
    field = vertical([(0, (178 + hue, 172, 138)), (0.6, (146 + hue, 138, 104)), (1, (104, 96, 70))])
    field = mottled(field, 10, random)
    canvas.field(field)
    _leaves(canvas, random, 14, 60, (120, 116, 80), (206, 200, 160), "soft", 0.5)
    brush(canvas, field, random, 110, 50, 0.9, 0.7, jitter=9, alpha=0.42)
    for depth in (5.0, 3.0, 1.8):
        for _ in range(3):
            _far_twig(canvas, random, depth)
    _leaves(canvas, random, 14, 20, (126, 128, 62), (184, 176, 96), "disc", 0.42)


def _far_twig(canvas, random, blur):
    start = np.array((random.uniform(-20, UNITS), random.choice((-12.0, UNITS + 12.0))))
    stop = np.array((random.uniform(0, UNITS + 20), UNITS - start[1] + random.uniform(-60, 60)))
    middle = (start + stop) / 2 + random.normal(0, 22, 2)
    color = mix((62, 46, 36), (142, 128, 104), blur / 6)
    canvas.line(
        canvas.curve(np.array([start, middle, stop]), False),
        color,
        random.uniform(3, 7) + blur,
        0.7,
        blur,
    )
    side = middle + random.normal(0, 60, 2)
    twig = canvas.curve(
        np.array([middle, (middle + side) / 2 + random.normal(0, 8, 2), side]), False
    )
    canvas.line(twig, color, 2.5 + 0.4 * blur, 0.65, blur)


def _grass(canvas, random):
    hue = random.normal(0, 6)
    field = vertical(
        [
            (0, (222, 232, 196)),
            (0.25, (196 + hue, 212, 130)),
            (0.45, (150 + hue, 188, 78)),
            (1, (86 + hue, 142, 44)),
        ]
    )
    field = mottled(field, 7, random)
    canvas.field(field)
    _leaves(canvas, random, 14, 66, (130, 168, 92), (170, 196, 120), "soft", 0.55, 20, 80)
    brush(canvas, field, random, 60, 56, 0.0, 0.15, jitter=7, alpha=0.4)
    count = 170
    points = _scatter(random, count, 96, UNITS + 30)
    points = points[np.argsort(points[:, 1])]
    colors = look_up(field, points) + random.normal(0, 15, (count, 1)) + (0, 0, -8)
    lengths = (0.28 * (points[:, 1] - 60)).clip(14, 60) * random.uniform(0.8, 1.3, count)
    angles = -1.5 + random.normal(0, 0.22, count)
    canvas.marks(
        "blade", points, angles, lengths, colors, np.full(count, 0.5), random.integers(0, 3, count)
    )
    _leaves(canvas, random, 9, 9, (250, 236, 130), (255, 255, 240), "disc", 0.75, 110, 200)


def _water(canvas, random):
    shift = random.normal(0, 4, 3)
    field = vertical(
        [(0, (150, 204, 214) + shift), (0.4, (72, 146, 178) + shift), (1, (24, 82, 126) + shift)]
    )
    field = mottled(field, 6, random)
    canvas.field(field)
    _ripples(canvas, field, random, 0)


def _ripples(canvas, field, random, top, shine=(226, 244, 250)):
    """Lays short level strokes over water, smaller toward the far shore."""
    brush(canvas, field, random, 90, 60, 0.0, 0.05, top, UNITS + 8, jitter=11, alpha=0.5)
    count = 46
    points = _scatter(random, count, top + 4, UNITS)
    near = (points[:, 1] - top) / (UNITS - top)
    colors = mix(look_up(field, points), shine, random.uniform(0.15, 0.6, (count, 1)))
    lengths = (14 + 34 * near) * random.uniform(0.6, 1.3, count)
    canvas.marks(
        "blade",
        points,
        random.normal(0, 0.03, count),
        lengths,
        colors,
        np.full(count, 0.55),
        random.integers(0, 3, count),
    )


def _snow(canvas, random):
    shift = random.normal(0, 3)
    field = vertical([(0, (176 + shift, 190, 208)), (0.6, (206, 216, 228)), (1, (232, 238, 246))])
    field = mottled(field, 4, random)
    canvas.field(field)
    for _ in range(6):
        x, base = random.uniform(0, UNITS), random.uniform(150, 190)
        height = random.uniform(70, 140)
        tree = np.array([(x, base - height), (x + height * 0.26, base), (x - height * 0.26, base)])
        canvas.fill(canvas.polygon(tree), (112, 136, 150), 0.5, 5.0)
    brush(canvas, field, random, 130, 60, 0.05, 0.4, jitter=3, alpha=0.26)
    _leaves(canvas, random, 26, 11, (246, 250, 255), (255, 255, 255), "soft", 0.9)


def _dusk(canvas, random):
    shift = random.normal(0, 5)
    field = vertical(
        [
            (0, (84 + shift, 66, 128)),
            (0.35, (170 + shift, 92, 124)),
            (0.62, (242, 136, 90)),
            (0.85, (254, 196, 104)),
            (1, (250, 176, 96)),
        ]
    )
    field = mottled(field, 5, random)
    canvas.field(field)
    brush(canvas, field, random, 80, 70, 0.0, 0.12, jitter=7, alpha=0.5)
    sun = np.array([(random.uniform(40, 216), random.uniform(150, 185))])
    blobs(canvas, "soft", sun, 150, (255, 214, 120), 0.65)
    blobs(canvas, "disc", sun, 36, (255, 246, 206), 0.9)
    for base, color in ((214, (126, 70, 100)), (232, (84, 48, 80))):
        x = np.linspace(-10, UNITS + 10, 9)
        hills = np.stack(
            [x, base + 7 * np.sin(x / 47 + random.uniform(0, 6)) + random.normal(0, 1.5, 9)], 1
        )
        shape = canvas.curve(np.concatenate([hills, [(UNITS + 10, 300), (-10, 300)]]))
        canvas.fill(shape, color, 0.85, 2.5)


_PAINTERS = {
    "sky": _sky,
    "foliage": _foliage,
    "branch": _branch,
    "grass": _grass,
    "water": _water,
    "snow": _snow,
    "dusk": _dusk,
}
