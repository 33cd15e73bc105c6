"""Legs and feet."""

import numpy as np

from keras_stackgan.data.painted_birds.palette import LEG_RGB, mix, shaded


def foot_height(anatomy):
    """Returns how far down, in the bird's own units, the feet stand."""
    hip, _, _ = anatomy.at(np.array(2.75), np.array(0.9))
    return float(hip[1]) + anatomy.leg


def paint_legs(canvas, anatomy, color_name, grips):
    """Paints two legs; the toes close around a branch where `grips`."""
    color = np.array(LEG_RGB[color_name], np.float64)
    hip, _, _ = anatomy.at(np.array(2.75), np.array(0.75))
    ground = foot_height(anatomy)
    for shift, light in ((8.0, 0.25), (-1.0, 0.55)):
        foot = np.array((hip[0] + 5.0 + shift, ground + (0.6 if light > 0.5 else -0.6)))
        knee = np.array((hip[0] + 1.5 + shift, (hip[1] + ground) / 2))
        leg = canvas.curve(np.array([(hip[0] + shift + 2.5, hip[1]), knee, foot]), False)
        canvas.line(leg, shaded(color, 0.05), 4.0)
        canvas.line(leg, shaded(color, light), 2.9)
        _toes(canvas, foot, color, light, grips)


def _toes(canvas, foot, color, light, grips):
    if grips:
        toes = [((-3.5, -0.5), (-4.5, 4.0)), ((0.5, -1.0), (0.8, 5.2)), ((4.5, -0.8), (6.0, 4.4))]
    else:
        toes = [((-4.0, 1.0), (-7.5, 1.8)), ((4.0, 0.6), (10.0, 2.2)), ((3.0, 1.6), (6.5, 4.2))]
    for middle, end in toes:
        toe = canvas.curve(np.array([foot, foot + middle, foot + end]), False)
        canvas.line(toe, shaded(color, 0.05), 3.6)
        canvas.line(toe, mix(shaded(color, light), (255, 250, 240), 0.06), 2.5)


def paint_tucked_feet(canvas, anatomy, color_name):
    """Paints the feet of a flying bird, stretched back under its tail."""
    color = np.array(LEG_RGB[color_name], np.float64)
    start, backward, _ = anatomy.at(np.array(4.0), np.array(0.85))
    for drop, light in ((1.0, 0.25), (4.0, 0.55)):
        ankle = start + backward * 16 + (0, drop)
        end = ankle + backward * 9 + (0, 1.5)
        leg = canvas.curve(np.array([start, (start + ankle) / 2 + (0, 1.5), ankle, end]), False)
        canvas.line(leg, shaded(color, 0.05), 3.6)
        canvas.line(leg, shaded(color, light), 2.5)
        for spread in (-3.0, 3.0):
            toe = canvas.curve(np.array([ankle, ankle + backward * 7 + (0, spread)]), False)
            canvas.line(toe, shaded(color, light), 2.0)
