"""The single birds of the data set: which species, which differences, which scene."""

import functools

from keras_stackgan.data.painted_birds.attributes import (
    BACKGROUNDS_OF_POSE,
    COLORED_PARTS,
    COLORS,
    FACINGS,
    POSES,
    SIZES,
)
from keras_stackgan.data.painted_birds.keyed_draws import KeyedDraws
from keras_stackgan.data.painted_birds.species import (
    SPECIES_ATTRIBUTES,
    SPECIES_COUNT,
    all_species,
    species,
    with_shared_colors,
)
from keras_stackgan.data.painted_birds.specification import BirdSpecification

MORPH = 1 / 6

SIZE_WEIGHTS = (0.3, 0.4, 0.3)
# Most face one way: what a caption leaves unsaid should have a likely value.
FACING_WEIGHTS = (0.35, 0.65)
# These two belong to one pose only.
BACKGROUND_WEIGHTS = {"branch": 2, "grass": 2}
POSE_WEIGHTS = {
    "round": (0.4, 0.25, 0.25, 0.1),
    "slender": (0.38, 0.22, 0.3, 0.1),
    "long-necked": (0.15, 0.35, 0.2, 0.3),
}


def species_of(index):
    """Returns the species of a bird: birds take turns.

    Args:
        index: int, at least 0. The bird's place in the data set.

    Returns:
        A `Species`.

    Example:

    ```python
    species_of(0).number  # 1
    ```
    """
    return species(index % SPECIES_COUNT + 1)


def individual(index, seed=0, hybrids=0.0):
    """Returns one bird of the data set.

    Each of the seven colored parts differs from the species' own color in one bird of six. Size,
    pose, facing and background are the bird's; the rest is the species'.

    Args:
        index: int, at least 0. The bird's place in the data set.
        seed: int. The seed of the data set. Defaults to 0.
        hybrids: float in [0, 1]. Share of the training species' birds that take each attribute of
            the species' from a training species of its own. Defaults to 0.

    Returns:
        A `BirdSpecification`.

    Example:

    ```python
    individual(17).pose
    ```
    """
    draws = KeyedDraws("painted birds", "individual", seed, index)
    own = species_of(index)
    values = dict(own.values)
    # Birds of the test species stay pure, so that scores on them compare.
    if own.split == "train" and draws.chance("hybrid", hybrids):
        parents = {n: draws.choice(f"parent {n}", _training_species()) for n in SPECIES_ATTRIBUTES}
        # Else hardly any were of one color, and "a red bird" were said of few.
        values = with_shared_colors(draws, {n: one.values[n] for n, one in parents.items()})
    for part in COLORED_PARTS:
        if draws.chance(f"morph {part}", MORPH):
            others = [color for color in COLORS if color != values[part]]
            values[part] = draws.choice(part, others)
    pose = draws.choice("pose", POSES, POSE_WEIGHTS[values["body_shape"]])
    backgrounds = BACKGROUNDS_OF_POSE[pose]
    weights = [BACKGROUND_WEIGHTS.get(background, 1) for background in backgrounds]
    return BirdSpecification(
        **values,
        size=draws.choice("size", SIZES, SIZE_WEIGHTS),
        pose=pose,
        facing=draws.choice("facing", FACINGS, FACING_WEIGHTS),
        background=draws.choice("background", backgrounds, weights),
    )


@functools.cache
def _training_species():
    return tuple(one for one in all_species() if one.split == "train")


def painting_seed(index, seed=0):
    """Returns the seed that the painter gets for one bird, an int in [0, 2**31).

    Args:
        index: int, at least 0. The bird's place in the data set.
        seed: int. The seed of the data set. Defaults to 0.

    Example:

    ```python
    paint_with_box(individual(17), painting_seed(17), 256)
    ```
    """
    return KeyedDraws("painted birds", "painting", seed, index).integer("seed") >> 33
