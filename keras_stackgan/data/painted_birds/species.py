"""The 200 species of painted birds, and their split into 150 for training and 50 for testing."""

import dataclasses
import functools

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES, COLORED_PARTS, YES_NO
from keras_stackgan.data.painted_birds.keyed_draws import KeyedDraws

SPECIES_COUNT = 200

# Species are drawn at random, so that every fourth is as good a choice as any other.
TEST_NUMBERS = tuple(range(4, SPECIES_COUNT + 1, 4))

SPECIES_ATTRIBUTES = (
    *COLORED_PARTS,
    "beak_color",
    "leg_color",
    "beak_shape",
    "body_shape",
    "wing_bars",
    "eye_ring",
)

# What birds of a body and a beak are called: words of shape only, none that names a color.
NOUNS = {
    ("round", "short"): ("bunting", "finch", "sparrow", "wren", "tit"),
    ("round", "long"): ("kingfisher", "snipe", "woodcock", "sandpiper"),
    ("round", "hooked"): ("owlet", "parrot", "quail", "parakeet"),
    ("slender", "short"): ("warbler", "swallow", "wagtail", "flycatcher"),
    ("slender", "long"): ("sunbird", "hoopoe", "treecreeper", "honeyeater"),
    ("slender", "hooked"): ("shrike", "falcon", "kestrel", "cuckoo"),
    ("long-necked", "short"): ("goose", "swan", "crake", "bustard"),
    ("long-necked", "long"): ("heron", "egret", "crane", "stork"),
    ("long-necked", "hooked"): ("flamingo", "cormorant", "pelican", "ibis"),
}

EPITHETS = {
    "crown": "crowned",
    "nape": "naped",
    "back": "backed",
    "breast": "breasted",
    "belly": "bellied",
    "wing": "winged",
    "tail": "tailed",
    "beak_color": "billed",
    "leg_color": "legged",
}

# A part often has the color of another: (part, ((the other, probability), ...)), in this order.
SHARED_COLORS = (
    ("crown", ()),
    ("back", ()),
    ("wing", (("back", 0.45),)),
    ("breast", (("crown", 0.15), ("back", 0.12))),
    ("nape", (("crown", 0.5), ("back", 0.2))),
    ("belly", (("breast", 0.5),)),
    ("tail", (("wing", 0.4), ("back", 0.25))),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Species:
    """One kind of painted bird: a name and the attributes that belong to it.

    Args:
        number: int, 1 to 200.
        name: str. The label of its pictures, such as `"042.Teal_crowned_bunting"`.
        values: dict from the names in `SPECIES_ATTRIBUTES` to values.

    Example:

    ```python
    species(42).values["crown"]
    ```
    """

    number: int
    name: str
    values: dict

    @property
    def split(self):
        """`"train"` or `"test"`: a species is in one of them only."""
        return "test" if self.number in TEST_NUMBERS else "train"


def species(number):
    """Returns one of the 200 species; they are the same for every seed of the data set.

    Args:
        number: int, 1 to 200.

    Returns:
        A `Species`.

    Raises:
        ValueError: there is no species of that number.

    Example:

    ```python
    species(42).name
    ```
    """
    if not 1 <= number <= SPECIES_COUNT:
        raise ValueError(f"`number` must be in 1..{SPECIES_COUNT}. Received: {number}")
    return all_species()[number - 1]


@functools.cache
def all_species():
    """Returns all species in the order of their numbers.

    Example:

    ```python
    labels = [one.name for one in all_species()]
    ```
    """
    decks = {name: _deck(name) for name in SPECIES_ATTRIBUTES}
    made, used = [], set()
    for place in range(SPECIES_COUNT):
        draws = KeyedDraws("painted birds", "species", place + 1)
        values = with_shared_colors(draws, {name: deck[place] for name, deck in decks.items()})
        name = _draw_name(draws, values, used)
        used.add(name)
        made.append(Species(place + 1, f"{place + 1:03d}.{name}", values))
    return tuple(made)


def _deck(name):
    """Returns 200 values, each equally often, in a random order."""
    values = ATTRIBUTES[name]
    # Bars and rings are marks of a minority.
    values = (*YES_NO, "no") if values == YES_NO else values
    cards = list(values) * -(-SPECIES_COUNT // len(values))
    return KeyedDraws("painted birds", "deck", name).shuffled("card", cards)[:SPECIES_COUNT]


def with_shared_colors(draws, own):
    """Returns a bird's values, some parts with the color of another, as they are on birds.

    Args:
        draws: `KeyedDraws`.
        own: dict from the names in `SPECIES_ATTRIBUTES` to values drawn each for itself.

    Example:

    ```python
    with_shared_colors(KeyedDraws("a bird"), species(42).values)["tail"]
    ```
    """
    values = dict(own)
    # "Solid" birds exist, and are what "a mostly red bird" is said of.
    solid = draws.chance("solid", 0.1)
    for part, sources in SHARED_COLORS:
        left = draws.uniform(part)
        for other, probability in sources:
            if 0 <= left < probability:
                values[part] = values[other]
            left -= probability
        if solid and part in ("wing", "breast", "belly"):
            values[part] = values["back"]
    return {name: values[name] for name in SPECIES_ATTRIBUTES}


def _draw_name(draws, values, used):
    nouns = NOUNS[values["body_shape"], values["beak_shape"]]
    pairs = [(part, noun) for part in EPITHETS for noun in nouns]
    for part, noun in draws.shuffled("name", pairs):
        name = f"{values[part].capitalize()}_{EPITHETS[part]}_{noun}"
        if name not in used:
            return name
    raise AssertionError("More species than names.")
