"""The words that captions of painted birds are made of."""

# === Parts: the nouns after "a red ..." or "its ... is red"; a plural takes no article ===

PART_NOUNS = {
    "crown": ("crown", "crown", "head", "head", "cap"),
    "nape": ("nape",),
    "back": ("back", "back", "back", "mantle"),
    "breast": ("breast", "breast", "chest"),
    "belly": ("belly", "belly", "underside", "abdomen"),
    "wing": ("wings", "wings", "wings", "wing feathers"),
    "tail": ("tail", "tail", "tail", "tail feathers"),
}
# Where several parts share a color: "brown wings and tail".
SHORT_NOUNS = {
    "crown": ("crown", "head"),
    "nape": ("nape",),
    "back": ("back",),
    "breast": ("breast", "chest"),
    "belly": ("belly",),
    "wing": ("wings",),
    "tail": ("tail",),
}
PLURALS = {"wings", "wing feathers", "tail feathers", "underparts", "upperparts", "legs", "feet"}
# Two parts under one word, where both are stated and have one color.
JOINT_NOUNS = {"underparts": ("breast", "belly"), "upperparts": ("back", "wing")}

BEAK_NOUNS = ("beak", "beak", "bill")
LEG_NOUNS = ("legs", "legs", "feet")

COMPOUNDS = {
    "crown": ("crowned", "capped", "headed"),
    "nape": ("naped",),
    "back": ("backed",),
    "breast": ("breasted", "chested"),
    "belly": ("bellied",),
    "wing": ("winged",),
    "tail": ("tailed",),
    "beak_color": ("billed", "beaked"),
    "leg_color": ("legged",),
}

# === Adjectives ===

SIZE_WORDS = {
    "small": ("small", "small", "little", "tiny"),
    "medium": ("medium-sized", "medium-sized", "mid-sized"),
    "large": ("large", "large", "big"),
}
SHAPE_WORDS = {
    "round": ("round", "plump", "chubby"),
    "slender": ("slender", "slim"),
    "long-necked": ("long-necked",),
}
BEAK_WORDS = {
    "short": ("short", "short", "stubby"),
    "long": ("long", "long", "long thin"),
    "hooked": ("hooked", "hooked", "curved"),
}
WING_BARS = {
    "yes": ("wing bars", "bars on its wings", "bars across its wings"),
    "no": ("no wing bars", "no bars on its wings"),
}
EYE_RING = {
    "yes": ("an eye ring", "a ring around its eye", "a ring around the eye"),
    "no": ("no eye ring", "no ring around its eye"),
}

# === Where the bird is and what it does ===

PARTICIPLES = {
    "perched": ("perched", "perched", "perching", "sitting"),
    "standing": ("standing",),
    "flying": ("flying", "flying", "in flight"),
    "swimming": ("swimming", "swimming", "floating"),
}
VERBS = {
    "perched": ("sits", "perches", "is perched"),
    "standing": ("stands", "is standing"),
    "flying": ("flies", "is flying"),
    "swimming": ("swims", "floats", "is swimming"),
}
# Where the background is left unsaid.
PLACES = {
    "perched": ("on a branch",),
    "standing": ("on the ground", ""),
    "flying": ("", "", "through the air"),
    "swimming": ("", "on the water"),
}
SCENES = {
    ("perched", "sky"): ("on a branch against a blue sky", "on a branch under the open sky"),
    ("perched", "foliage"): (
        "on a branch among green leaves",
        "on a branch in front of green foliage",
    ),
    ("perched", "branch"): ("on a branch among bare branches", "in front of bare branches"),
    ("perched", "snow"): ("on a snowy branch", "on a branch in the snow", "on a branch in winter"),
    ("perched", "dusk"): ("on a branch at dusk", "on a branch at sunset"),
    ("standing", "sky"): ("on the ground under a blue sky", "under the open sky"),
    ("standing", "foliage"): ("in front of green leaves", "on the ground before green foliage"),
    ("standing", "grass"): ("in the grass", "on green grass", "in a meadow"),
    ("standing", "snow"): ("in the snow", "on snowy ground", "on white snow"),
    ("standing", "dusk"): ("on the ground at dusk", "on the ground at sunset"),
    ("flying", "sky"): ("in a blue sky", "across the open sky"),
    ("flying", "foliage"): ("past green leaves", "in front of green foliage"),
    ("flying", "water"): ("over the water", "above the water"),
    ("flying", "snow"): ("through the snow", "in the snow", "on a snowy day"),
    ("flying", "dusk"): ("at dusk", "at sunset", "in the evening light"),
    ("swimming", "water"): ("on open water", "in open water"),
    ("swimming", "foliage"): ("on the water in front of green leaves", "in front of green foliage"),
    ("swimming", "dusk"): ("on the water at dusk", "on the water at sunset"),
}
# Where the pose is left unsaid.
BACKGROUNDS = {
    "sky": ("against a blue sky", "under the open sky"),
    "foliage": ("in front of green leaves", "against green foliage"),
    "branch": ("among bare branches", "in front of bare branches"),
    "grass": ("in the grass", "in a meadow"),
    "water": ("against blue water", "against a background of water"),
    "snow": ("in the snow", "on a snowy day", "in winter"),
    "dusk": ("at dusk", "at sunset", "in the evening light"),
}
FACING = ("facing {}", "facing {}", "facing to the {}", "looking {}", "looking to the {}")


def article(words):
    """Puts "a" or "an" before words.

    Args:
        words: str. What follows the article.

    Example:

    ```python
    article("orange beak")  # "an orange beak"
    ```
    """
    return ("an " if words[0] in "aeiou" else "a ") + words


def enumerate_words(items):
    """Joins items with commas and "and".

    Items that hold an "and" themselves come last and are set off by a comma.

    Args:
        items: list of str, at least one.

    Example:

    ```python
    enumerate_words(["a red crown", "black wings", "a short beak"])
    # "a red crown, black wings and a short beak"
    ```
    """
    items = sorted(items, key=lambda item: " and " in item)
    if len(items) == 1:
        return items[0]
    double = [" and " in item for item in items]
    clear = not double[-1] or (len(items) == 2 and not double[0])
    return ", ".join(items[:-1]) + (" and " if clear else ", and ") + items[-1]


def join_clauses(clauses):
    """Joins clauses with commas and "and", in their order.

    Args:
        clauses: list of str, at least one.

    Example:

    ```python
    join_clauses(["its crown is red", "its wings are black"])
    # "its crown is red and its wings are black"
    ```
    """
    if len(clauses) == 1:
        return clauses[0]
    long = len(clauses) > 2 or " and " in "".join(clauses) or clauses[-1].startswith("it ")
    link = ", and " if long else " and "
    return ", ".join(clauses[:-1]) + link + clauses[-1]
