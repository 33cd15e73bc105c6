"""The brush marks: small gray pictures of strokes, feathers and leaves, all in one sheet."""

import functools

import numpy as np

# kind: (width and height of one mark in the sheet, number of different marks)
MARKS = {
    "bristle": ((160, 40), 4),
    "feather": ((32, 20), 4),
    "leaf": ((40, 20), 3),
    "blade": ((80, 8), 3),
    "soft": ((48, 48), 1),
    "disc": ((48, 48), 2),
}
SHEET_WIDTH = 656


def _grid(width, height):
    x = (np.arange(width) + 0.5) / width * 2 - 1
    y = (np.arange(height) + 0.5) / height * 2 - 1
    return np.meshgrid(x, y)


def _smooth(low, high, value):
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def _bristle(random, width, height):
    x, y = _grid(width, height)
    # Every hair has its own load of paint, and lifts off the canvas at its own place.
    hairs = np.convolve(random.normal(0, 1.6, height + 8), np.hanning(7) / 3, "same")[4:-4, None]
    start = -0.78 + 0.16 * np.convolve(random.normal(0, 1, height + 4), np.ones(5) / 5, "valid")
    stop = 0.62 + 0.45 * np.convolve(random.normal(0, 1, height + 2), np.ones(3) / 3, "valid")
    alpha = _smooth(-0.15, 0.15, x - start[:, None]) * _smooth(0.30, -0.25, x - stop[:, None])
    dryness = 0.10 + 0.30 * _smooth(-0.2, 0.9, x)
    alpha *= _smooth(1.0, 0.62, np.abs(y)) * np.clip(0.92 + dryness * hairs, 0.15, 1)
    return 0.93 + 0.07 * hairs + 0 * x, alpha


def _feather(random, width, height):
    x, y = _grid(width, height)
    half = 0.92 * np.sqrt(np.clip(1 - ((x + 0.05) / 0.95) ** 2, 0, 1)) * (0.82 + 0.18 * x)
    barbs = np.convolve(random.normal(0, 1, height + 2), (0.25, 0.5, 0.25), "same")[1:-1, None]
    edge = _smooth(0.0, 0.35, half - np.abs(y))
    alpha = edge * _smooth(-1.0, 0.1, x) * (0.92 + 0.1 * barbs)
    # Dark at the root, pale toward the fringe of the tip: overlapping rows read as plumage.
    gray = 0.80 + 0.17 * _smooth(-0.8, 0.75, x) + 0.07 * barbs
    return gray, alpha


def _leaf(random, width, height):
    x, y = _grid(width, height)
    half = 0.9 * np.sin(np.pi * np.clip((x + 1) / 2, 0, 1)) ** 0.8
    alpha = _smooth(0.0, 0.18, half - np.abs(y))
    gray = 0.82 + 0.16 * np.sign(y) * _smooth(0, 0.06, np.abs(y)) - 0.12 * (np.abs(y) < 0.09)
    return gray + random.normal(0, 0.02, (height, width)), alpha


def _blade(random, width, height):
    x, y = _grid(width, height)
    half = 0.95 * np.sqrt(np.clip((1 - x) / 2, 0, 1))
    alpha = _smooth(0.0, 0.5, half - np.abs(y)) * _smooth(-1, -0.7, x)
    return 0.80 + 0.20 * (x + 1) / 2 - 0.10 * y + random.normal(0, 0.01), alpha


def _soft(random, width, height):
    x, y = _grid(width, height)
    return np.ones_like(x), np.exp(-3.2 * (x * x + y * y)) * _smooth(1.0, 0.8, np.hypot(x, y))


def _disc(random, width, height):
    x, y = _grid(width, height)
    radius = np.hypot(x, y)
    rim = np.exp(-(((radius - 0.78) / 0.10) ** 2))
    return np.ones_like(x), _smooth(0.98, 0.66, radius) * (0.88 + 0.12 * rim)


_PAINTERS = {
    "bristle": _bristle,
    "feather": _feather,
    "leaf": _leaf,
    "blade": _blade,
    "soft": _soft,
    "disc": _disc,
}


@functools.cache
def brush_sheet():
    """Returns the sheet of marks and where they lie.

    Returns:
        A tuple of a uint8 array of shape `(height, width, 4)` (alpha not multiplied in) and a dict
        from kind to a list of `(x, y, width, height)`.
    """
    random = np.random.default_rng(20260)
    height = sum(size[1] + 4 for size, _ in MARKS.values())
    sheet = np.zeros((height, SHEET_WIDTH, 4), np.uint8)
    places, y = {}, 2
    for kind, ((width, mark_height), count) in MARKS.items():
        places[kind] = []
        for number in range(count):
            gray, alpha = _PAINTERS[kind](random, width, mark_height)
            x = 2 + number * (width + 2)
            mark = np.stack([gray, gray, gray, alpha], -1)
            sheet[y : y + mark_height, x : x + width] = np.clip(mark, 0, 1) * 255
            places[kind].append((x, y, width, mark_height))
        y += mark_height + 4
    return sheet, places


def weave(size):
    """Returns the gray relief of a canvas, a uint8 array of shape `(size, size)`."""
    random = np.random.default_rng(20261)
    noise = random.normal(0, 1, (size + 8, size + 8))
    kernel = np.hanning(5)[1:-1]

    def smooth(values, axis, times):
        for _ in range(times):
            values = np.apply_along_axis(np.convolve, axis, values, kernel / kernel.sum(), "same")
        return values

    # Threads along and across, and the unevenness of the ground under them.
    relief = smooth(noise, 0, 3) + smooth(noise.T, 1, 3) + 1.5 * smooth(smooth(noise, 0, 2), 1, 2)
    relief = relief[4:-4, 4:-4]
    return np.clip(128 + 34 * relief / relief.std(), 0, 255).astype(np.uint8)
