"""What can be said of a painted bird: names and values, in the order that numbers them."""

COLORS = (
    "red",
    "orange",
    "yellow",
    "green",
    "teal",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "gray",
    "white",
)
BEAK_COLORS = ("yellow", "orange", "red", "black", "gray")
LEG_COLORS = ("orange", "pink", "gray", "black")
BODY_SHAPES = ("round", "slender", "long-necked")
SIZES = ("small", "medium", "large")
POSES = ("perched", "standing", "flying", "swimming")
FACINGS = ("left", "right")
BEAK_SHAPES = ("short", "long", "hooked")
# A perched bird sits on a branch whatever is behind it; "branch" is a thicket of them.
BACKGROUNDS = ("sky", "foliage", "branch", "grass", "water", "snow", "dusk")
YES_NO = ("no", "yes")

COLORED_PARTS = ("crown", "nape", "back", "breast", "belly", "wing", "tail")

ATTRIBUTES = {
    **{part: COLORS for part in COLORED_PARTS},
    "beak_color": BEAK_COLORS,
    "leg_color": LEG_COLORS,
    "beak_shape": BEAK_SHAPES,
    "body_shape": BODY_SHAPES,
    "size": SIZES,
    "wing_bars": YES_NO,
    "eye_ring": YES_NO,
    "pose": POSES,
    "facing": FACINGS,
    "background": BACKGROUNDS,
}

BACKGROUNDS_OF_POSE = {
    "perched": ("sky", "foliage", "branch", "snow", "dusk"),
    "standing": ("sky", "foliage", "grass", "snow", "dusk"),
    "flying": ("sky", "foliage", "water", "snow", "dusk"),
    "swimming": ("water", "foliage", "dusk"),
}
