"""Beak and eye."""

import numpy as np

from keras_stackgan.data.painted_birds.palette import BEAK_RGB, DARK_INK, luminance, mix, shaded

# length and half height at the root, in head radii
_BEAKS = {"short": (0.78, 0.36), "long": (1.95, 0.25), "hooked": (1.05, 0.44)}


def beak_length(shape, head_radius):
    """Returns how far a beak reaches beyond the head."""
    return _BEAKS[shape][0] * head_radius


def paint_beak(canvas, anatomy, direction, shape, color_name, random):
    """Paints a beak onto the front of the head.

    Args:
        canvas: `Canvas`.
        anatomy: `Anatomy`.
        direction: float array of shape `(2,)`.
        shape, color_name: str. See `attributes`.
        random: NumPy generator.
    """
    color = np.array(BEAK_RGB[color_name], np.float64)
    radius = anatomy.head_radius
    length, half = (radius * value for value in _BEAKS[shape])
    length, half = length * (1 + 0.04 * random.normal()), half * (1 + 0.04 * random.normal())
    root = anatomy.head + np.asarray(direction) * radius * 0.86 + np.array((0.0, 0.06 * radius))
    with canvas.transformed(root, turn=np.arctan2(direction[1], direction[0])):
        upper, lower = _mandibles(canvas, shape, length, half)
        canvas.fill(
            lower,
            shader=canvas.linear((0, 0), (0, half), [shaded(color, 0.40), shaded(color, 0.12)]),
        )
        canvas.line(lower, color * 0.35, 0.6, alpha=0.45)
        shades = [shaded(color, 0.95), shaded(color, 0.62), shaded(color, 0.34)]
        canvas.fill(upper, shader=canvas.linear((0, -half), (0, half * 0.5), shades))
        canvas.line(upper, color * 0.35, 0.6, alpha=0.45)
        nostril = canvas.curve(
            np.array(((half * 0.45, -half * 0.42), (half * 0.85, -half * 0.34))), False
        )
        canvas.line(nostril, DARK_INK, 0.9, alpha=0.6)


def _mandibles(canvas, shape, length, half):
    if shape == "hooked":
        upper = [
            (-4, -half),
            (length * 0.35, -half * 1.02),
            (length * 0.78, -half * 0.62),
            (length * 1.0, half * 0.25),
            (length * 0.97, half * 1.15),
            (length * 0.80, half * 0.52),
            (length * 0.45, half * 0.16),
            (-4, half * 0.12),
        ]
        lower = [
            (-4, 0),
            (length * 0.4, half * 0.14),
            (length * 0.68, half * 0.45),
            (length * 0.42, half * 0.82),
            (-4, half * 0.88),
        ]
    else:
        upper = [
            (-4, -half),
            (length * 0.25, -half * 0.86),
            (length * 0.62, -half * 0.42),
            (length, half * 0.10),
            (length * 0.96, half * 0.16),
            (length * 0.5, half * 0.10),
            (-4, half * 0.10),
        ]
        lower = [
            (-4, 0),
            (length * 0.5, half * 0.06),
            (length * 0.95, half * 0.14),
            (length * 0.6, half * 0.44),
            (length * 0.25, half * 0.76),
            (-4, half * 0.84),
        ]
    return canvas.curve(np.array(upper)), canvas.curve(np.array(lower))


def paint_eye(canvas, anatomy, direction, ring, crown):
    """Paints the eye, with a pale ring around it where asked."""
    radius = anatomy.head_radius
    forward = np.asarray(direction)
    downward = np.array((-forward[1], forward[0]))
    center = anatomy.head + forward * radius * 0.38 - downward * radius * 0.06
    eye = radius * 0.165
    if ring:
        canvas.fill(canvas.circle(center, eye * 1.95), DARK_INK, alpha=0.45, blur=1.0)
        canvas.fill(canvas.circle(center, eye * 1.70), (253, 250, 240), blur=0.35)
    elif luminance(crown) < 0.3:
        canvas.fill(canvas.circle(center, eye * 1.28), mix(crown, (150, 96, 48), 0.7))
    canvas.fill(canvas.circle(center, eye * 1.12), (40, 24, 18))
    canvas.fill(canvas.circle(center, eye * 0.86), (14, 11, 14))
    shine = center + np.array((-0.30, -0.36)) * eye
    canvas.fill(canvas.circle(shine, eye * 0.34), (255, 255, 255), alpha=0.95)
