"""One painted bird, described completely."""

import dataclasses

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES, BACKGROUNDS_OF_POSE


@dataclasses.dataclass(frozen=True, slots=True)
class BirdSpecification:
    """Every attribute of one painted bird.

    Args:
        crown, nape, back, breast, belly, wing, tail: str. Colors, of `attributes.COLORS`.
        beak_color, leg_color: str. Of `attributes.BEAK_COLORS` and `attributes.LEG_COLORS`.
        beak_shape, body_shape, size, pose, facing, background: str. See `attributes.ATTRIBUTES`.
        wing_bars, eye_ring: `"yes"` or `"no"`.

    Raises:
        ValueError: a value is not one of its attribute's, or no such bird is painted (a swimming
            one needs water before a shore or a dusk).

    Example:

    ```python
    bird = BirdSpecification("red", "red", "brown", "red", "white", "brown", "black", "yellow",
                             "gray", "short", "round", "medium", "yes", "no", "perched", "left",
                             "foliage")
    bird.numbers()[0]  # 0: "red" is the first color
    ```
    """

    crown: str
    nape: str
    back: str
    breast: str
    belly: str
    wing: str
    tail: str
    beak_color: str
    leg_color: str
    beak_shape: str
    body_shape: str
    size: str
    wing_bars: str
    eye_ring: str
    pose: str
    facing: str
    background: str

    def __post_init__(self):
        for name, values in ATTRIBUTES.items():
            if getattr(self, name) not in values:
                raise ValueError(
                    f"`{name}` must be one of {values}. Received: {getattr(self, name)!r}"
                )
        if self.background not in BACKGROUNDS_OF_POSE[self.pose]:
            raise ValueError(
                f"`background` of a {self.pose} bird must be one of "
                f"{BACKGROUNDS_OF_POSE[self.pose]}. Received: {self.background!r}"
            )

    def numbers(self):
        """Returns the place of every value among its attribute's, in the order of ATTRIBUTES."""
        return tuple(values.index(getattr(self, name)) for name, values in ATTRIBUTES.items())

    @classmethod
    def from_numbers(cls, numbers):
        """Returns the specification with the values that `numbers` gave."""
        pairs = zip(ATTRIBUTES.items(), numbers, strict=True)
        return cls(**{name: values[number] for (name, values), number in pairs})
