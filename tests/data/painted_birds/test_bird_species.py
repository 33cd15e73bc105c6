import collections

import pytest

from keras_stackgan.data.painted_birds import (
    all_species,
    individual,
    painting_seed,
    species,
    species_of,
)
from keras_stackgan.data.painted_birds.attributes import COLORED_PARTS, COLORS
from keras_stackgan.data.painted_birds.keyed_draws import KeyedDraws
from keras_stackgan.data.painted_birds.species import SPECIES_ATTRIBUTES


def test_200_species_in_a_fixed_split():
    names = [one.name for one in all_species()]
    assert len({name.split(".")[1] for name in names}) == 200
    assert [int(name.split(".")[0]) for name in names] == list(range(1, 201))
    # Recorded: the data set must not change unnoticed.
    assert species(42).name == "042.Green_crowned_ibis"
    assert collections.Counter(one.split for one in all_species()) == {"train": 150, "test": 50}
    assert len({tuple(one.values.values()) for one in all_species()}) == 200


def test_every_color_is_used_for_every_part():
    for part in COLORED_PARTS:
        for split, least in (("train", 5), ("test", 1)):
            counts = collections.Counter(
                one.values[part] for one in all_species() if one.split == split
            )
            assert min(counts[color] for color in COLORS) >= least, (part, split, counts)


def test_colors_of_a_species_go_together():
    def share(one, other):
        return sum(s.values[one] == s.values[other] for s in all_species()) / 200

    for one, other in (("crown", "nape"), ("breast", "belly"), ("wing", "tail"), ("back", "wing")):
        assert share(one, other) > 0.3
    assert share("crown", "tail") < 0.25


def test_individuals_differ_in_what_may_differ():
    birds = [individual(index) for index in range(1200)]
    morphs = 0
    for index, bird in enumerate(birds):
        own = species_of(index).values
        differing = [name for name in SPECIES_ATTRIBUTES if getattr(bird, name) != own[name]]
        assert set(differing) <= set(COLORED_PARTS)
        morphs += len(differing)
    assert 0.14 < morphs / (7 * len(birds)) < 0.19
    one_species = birds[::200]
    assert len({bird.background for bird in one_species}) > 1
    assert len({(bird.crown, bird.back, bird.wing, bird.belly) for bird in birds}) > 600


def test_individuals_are_functions_of_seed_and_index():
    assert individual(3, seed=1) == individual(3, seed=1)
    assert individual(3, seed=1) != individual(3, seed=2) != individual(203, seed=2)
    assert painting_seed(3) != painting_seed(4) != painting_seed(4, seed=1)
    assert 0 <= painting_seed(3) < 2**31
    # Recorded: equal on every system.
    assert individual(17).numbers() == (7, 7, 2, 3, 8, 3, 3, 2, 1, 0, 1, 2, 1, 1, 1, 1, 3)


def test_a_number_that_no_species_has():
    with pytest.raises(ValueError, match="`number` must be in 1..200. Received: 0"):
        species(0)


def test_draws_depend_on_their_names_only():
    first, second = KeyedDraws("key", 1), KeyedDraws("key", 1)
    assert first.uniform("b") == second.uniform("b")
    first.uniform("a")
    assert first.choice("c", "xyz") == second.choice("c", "xyz")
    assert KeyedDraws("key", 2).integer("a") != first.integer("a") != first.integer("b")
    counts = collections.Counter(first.choice(k, "ab", (1, 3)) for k in range(2000))
    assert 0.2 < counts["a"] / 2000 < 0.3
    assert sorted(first.shuffled("d", range(9))) == list(range(9)) != first.shuffled("d", range(9))


def test_hybrids_take_each_attribute_from_training_species():
    pure = [individual(index) for index in range(400)]
    mixed = [individual(index, hybrids=1.0) for index in range(400)]
    training = [one for one in all_species() if one.split == "train"]
    pairs = {(one.values["beak_color"], one.values["leg_color"]) for one in training}
    for index, (before, after) in enumerate(zip(pure, mixed, strict=True)):
        if species_of(index).split == "test":
            assert before == after
    changed = [
        index
        for index in range(400)
        if species_of(index).split == "train" and pure[index].beak_shape != mixed[index].beak_shape
    ]
    assert 150 < len(changed) < 250
    found = {(bird.beak_color, bird.leg_color) for bird in mixed}
    assert len(found) >= len(pairs)


def test_share_of_hybrids():
    def differing(hybrids):
        pairs = [(individual(i), individual(i, hybrids=hybrids)) for i in range(600)]
        return sum(before != after for before, after in pairs)

    assert differing(0.0) == 0
    # 450 of 600 birds are of training species.
    assert 0.35 < differing(0.4) / 450 < 0.45


def test_hybrids_are_of_one_color_as_often_as_species():
    def share(hybrids):
        birds = [individual(index, hybrids=hybrids) for index in range(2000)]
        return sum(bird.back == bird.wing for bird in birds) / 2000

    # A hybrid's parents share colors already, and it shares them once more.
    assert 0.9 * share(0.0) < share(1.0) < 1.3 * share(0.0)
