"""Captions of painted birds: what they say is true, and known."""

import dataclasses
import math

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES, COLORED_PARTS
from keras_stackgan.data.painted_birds.frames import FRAMES
from keras_stackgan.data.painted_birds.keyed_draws import KeyedDraws
from keras_stackgan.data.painted_birds.wording import Wording

WORDS = (5, 25)

# How many attributes a caption picks, and how often.
PICKED = {2: 0.1, 3: 0.25, 4: 0.3, 5: 0.2, 6: 0.1, 7: 0.05}

# How readily each is picked. A pair (attribute, value) goes before the attribute: people say what
# is unusual.
WEIGHTS = {
    "crown": 1.0,
    "nape": 0.5,
    "back": 0.8,
    "breast": 1.0,
    "belly": 0.8,
    "wing": 1.1,
    "tail": 0.7,
    "beak_color": 0.6,
    "leg_color": 0.4,
    "beak_shape": 0.5,
    "body_shape": 0.5,
    "size": 1.1,
    ("size", "medium"): 0.35,
    "wing_bars": 0.8,
    ("wing_bars", "no"): 0.05,
    "eye_ring": 0.6,
    ("eye_ring", "no"): 0.04,
    "pose": 1.8,
    "facing": 1.2,
    ("facing", "right"): 0.6,
    "background": 0.9,
}

# A stated part may take along another of the same color: (part, other, probability).
COMPANIONS = (
    ("back", "wing", 0.5),
    ("wing", "back", 0.3),
    ("crown", "nape", 0.3),
    ("breast", "belly", 0.35),
    ("wing", "tail", 0.35),
)

# What a pose does not show: legs are drawn in, or under water as most of the belly is.
HIDDEN = {"flying": ("leg_color",), "swimming": ("leg_color", "belly")}


@dataclasses.dataclass(frozen=True, slots=True)
class Caption:
    """A sentence about a painted bird and what it states.

    Args:
        text: str. Lower case, 5 to 25 words.
        mentioned: tuple of str. The attributes whose values follow from the text, in the order of
            `ATTRIBUTES`.

    Example:

    ```python
    make_captions(individual(17), (0, 17))[0].text
    ```
    """

    text: str
    mentioned: tuple[str, ...]


def make_captions(specification, key, count=10):
    """Writes captions of a bird.

    Args:
        specification: `BirdSpecification`.
        key: anything with a fixed `str`, such as `(seed, index)`. The same bird and key get the
            same captions.
        count: int, at least 1. Defaults to 10.

    Returns:
        A list of `Caption`, no two of the same text.

    Example:

    ```python
    for caption in make_captions(individual(17), (0, 17)):
        print(caption.text, caption.mentioned)
    ```
    """
    captions, number = {}, 0
    while len(captions) < count:
        caption = make_caption(specification, (key, number))
        captions.setdefault(caption.text, caption)
        number += 1
    return list(captions.values())


def make_caption(specification, key, mentioned=None):
    """Writes one caption of a bird.

    The words are functions of the key, each for itself: with the same key and `mentioned`, another
    specification gives the same sentence with its own values in it. That makes hard negatives.

    Args:
        specification: `BirdSpecification`.
        key: anything with a fixed `str`.
        mentioned: collection of str or None. The attributes to state, of `ATTRIBUTES`. Defaults to
            None: they are chosen, and the caption gets 5 to 25 words.

    Returns:
        A `Caption`.

    Raises:
        ValueError: `mentioned` is empty or names an attribute that there is not.

    Example:

    ```python
    bird = individual(17)
    caption = make_caption(bird, "first")
    wrong = dataclasses.replace(bird, crown="blue")
    make_caption(wrong, "first", mentioned=caption.mentioned).text
    ```
    """
    draws = KeyedDraws("painted birds", "caption", key)
    if mentioned is not None:
        unknown = set(mentioned) - set(ATTRIBUTES)
        if unknown or not mentioned:
            raise ValueError(
                f"`mentioned` must name attributes of {tuple(ATTRIBUTES)}. Received: {mentioned!r}"
            )
        return _write(specification, set(mentioned), draws)
    picked = draws.choice("picked", tuple(PICKED), tuple(PICKED.values()))
    hidden = HIDDEN.get(specification.pose, ())
    ranked = [name for name in _rank(specification, draws) if name not in hidden]
    while True:
        stated = _extend(specification, ranked[:picked], draws, set(ranked))
        caption = _write(specification, stated, draws)
        words = len(caption.text.split())
        if WORDS[0] <= words <= WORDS[1]:
            return caption
        picked += 1 if words < WORDS[0] else -1


def _rank(specification, draws):
    """Returns all attributes, those to state first."""

    def rank(name):
        weight = WEIGHTS.get((name, getattr(specification, name)), WEIGHTS[name])
        # Sampling without replacement: Efraimidis and Spirakis, 2006.
        return math.log(1 - draws.uniform(f"rank {name}")) / weight

    return sorted(ATTRIBUTES, key=rank, reverse=True)


def _extend(specification, names, draws, visible):
    mentioned = set(names)
    for part, other, probability in COMPANIONS:
        same = getattr(specification, part) == getattr(specification, other)
        if part in mentioned and same and draws.chance(f"{part} {other}", probability):
            mentioned.add(other)
    for parts, probability in ((set(COLORED_PARTS), 0.5), ({"back", "wing", "breast"}, 0.6)):
        same = len({getattr(specification, part) for part in parts}) == 1
        if same and mentioned & parts and draws.chance(f"all {len(parts)}", probability):
            mentioned |= parts
    return mentioned & visible


def _write(specification, mentioned, draws):
    wording = Wording(specification, mentioned, draws)
    fitting = [frame for frame in FRAMES if frame.fits(wording)]

    def rank(frame):
        return math.log(1 - draws.uniform(f"frame {FRAMES.index(frame)}")) / frame.weight

    text = max(fitting, key=rank).write(wording)
    return Caption(text, tuple(name for name in ATTRIBUTES if name in mentioned))
