"""The light that falls on a bird, and its gleam along edges."""

import dataclasses

import numpy as np

from keras_stackgan.data.painted_birds.anatomy import unit
from keras_stackgan.data.painted_birds.palette import DARK_INK

# The light itself, and what the surroundings throw back into the shadow.
_COLORS = {
    "sky": ((255, 252, 238), (170, 200, 236)),
    "foliage": ((252, 252, 206), (120, 164, 84)),
    "branch": ((255, 250, 228), (150, 140, 112)),
    "grass": ((255, 252, 214), (150, 186, 84)),
    "water": ((250, 254, 255), (110, 176, 204)),
    "snow": ((255, 255, 255), (206, 218, 238)),
    "dusk": ((255, 196, 128), (190, 104, 116)),
}


@dataclasses.dataclass
class Light:
    """Light from above, of the background's color.

    Args:
        direction: float array of shape `(3,)`. To the light, in the bird's axes; the third value
            points out of the picture.
        color, bounce: colors of shape `(3,)`.
    """

    direction: np.ndarray
    color: tuple
    bounce: tuple

    @classmethod
    def of(cls, background, facing_right, random):
        """Returns the light of a background, from the left or right by chance."""
        angle = random.normal(-0.35, 0.35)
        direction = unit((np.sin(angle), -0.78, 0.62))
        return cls(direction * (1.0 if facing_right else -1.0, 1, 1), *_COLORS[background])

    def paint_edges(self, canvas, outline, size):
        """Paints shadow inside the far edge of an outline and a gleam inside the near one.

        Args:
            canvas: `Canvas`, clipped to the outline.
            outline: path.
            size: float. How deep they reach; 1 for a body.
        """
        toward = self.direction[:2] * size
        with canvas.transformed(toward * 4.5):
            canvas.line(outline, DARK_INK, 7.0 * size, alpha=0.17, blur=3.0 * size)
        with canvas.transformed(toward * 1.6):
            canvas.line(outline, self.bounce, 2.4 * size, alpha=0.13, blur=1.5 * size)
        with canvas.transformed(toward * -3.0):
            canvas.line(outline, self.color, 2.6 * size, alpha=0.32, blur=1.3 * size)
