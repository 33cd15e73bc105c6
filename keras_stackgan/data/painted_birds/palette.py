"""The colors that the names stand for, and how light changes them."""

import numpy as np

RGB = {
    "red": (208, 30, 36),
    "orange": (244, 126, 20),
    "yellow": (252, 214, 42),
    "green": (58, 148, 48),
    "teal": (16, 160, 158),
    "blue": (34, 82, 208),
    "purple": (122, 48, 168),
    "pink": (250, 128, 180),
    "brown": (122, 74, 36),
    "black": (34, 32, 40),
    "gray": (134, 138, 146),
    "white": (248, 246, 240),
}
BEAK_RGB = {**RGB, "gray": (116, 122, 132), "black": (44, 42, 48)}
LEG_RGB = {**RGB, "pink": (236, 150, 156), "gray": (108, 112, 120), "black": (42, 40, 44)}

DARK_INK = np.array((24.0, 18.0, 30.0))


def rgb(name):
    """Returns a named color as a float array of shape `(3,)`, from 0 to 255."""
    return np.array(RGB[name], np.float64)


def mix(first, second, share):
    """Mixes two colors; `share` is the second's, from 0 to 1."""
    return np.asarray(first, np.float64) * (1 - share) + np.asarray(second, np.float64) * share


def luminance(color):
    """Returns how bright colors of shape `(..., 3)` look, from 0 to 1."""
    return np.asarray(color, np.float64) @ np.array((0.299, 0.587, 0.114)) / 255


def shaded(color, light):
    """Lights colors from a cool shadow (`light` 0) over their own (0.6) to a highlight (1).

    Args:
        color: float array of shape `(..., 3)`.
        light: float array of the shape before the channels.

    Returns:
        A float array of the shape of `color`. Hue is kept, so that names stay true.
    """
    color = np.asarray(color, np.float64)
    light = np.clip(np.asarray(light, np.float64), 0, 1)[..., None]
    # Pale colors lose less: a white belly in shadow must not turn gray.
    floor = 0.57 + 0.20 * luminance(color)[..., None]
    depth = np.clip(light / 0.6, 0, 1)
    depth = depth * depth * (3 - 2 * depth)
    shadow = floor * np.array((0.96, 0.96, 1.08))
    highlight = np.clip((light - 0.6) / 0.4, 0, 1) ** 1.5
    lit = color * (shadow + (1 - shadow) * depth)
    # A dark coat gleams less, and coolly: black must not turn brown.
    pale = luminance(color)[..., None]
    gleam = mix((206, 222, 255), (255, 252, 240), pale)
    return lit + (gleam - lit) * (0.14 + 0.14 * pale) * highlight
