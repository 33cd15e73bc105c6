import numpy as np
import pytest

from keras_stackgan.data import HardNegatives

CAPTIONS = [
    "a small bird with red wings and a blue tail",
    "a large grey-headed bird, its back is gray, facing left",
    "a yellow-winged bird facing right",
]


def made(caption, negatives=None, count=300):
    """Everything that becomes of a caption."""
    negatives = negatives or HardNegatives(CAPTIONS, swap=0.0)
    rng = np.random.default_rng(0)
    return {negatives(caption, rng) for _ in range(count)}


def test_one_word_becomes_another_of_its_kind():
    assert made("a red bird") == {f"a {c} bird" for c in ("blue", "gray", "grey", "yellow")}
    assert made("a small bird") == {"a large bird"}
    assert made("facing left") == {"facing right"}
    assert made("on its wings") == {"on its tail", "on its back"}


def test_only_one_word_changes_and_everything_else_stays():
    caption = "A Red bird, with RED wings; facing  left!"
    words = caption.split()
    results = made(caption)
    assert len(results) > 5
    for result in results:
        assert result.lower().count("bird") == 1
        assert sum(a != b for a, b in zip(words, result.split(), strict=True)) == 1


def test_letters_that_grow_in_lower_case_move_nothing():
    assert made("\u0130\u0130\u0130 is a Red bird") == {
        f"\u0130\u0130\u0130 is a {color} bird" for color in ("blue", "gray", "grey", "yellow")
    }
    swapped = made("\u0130\u0130 RED wings, a blue tail", HardNegatives(CAPTIONS, swap=1.0))
    assert swapped == {"\u0130\u0130 blue wings, a RED tail"}


def test_words_of_one_meaning_never_replace_each_other():
    assert not any("gr" in caption for caption in made("a gray bird"))


def test_parts_of_compounds_are_words():
    results = made("a red-winged bird")
    assert "a blue-winged bird" in results
    assert "a red-headed bird" in results


def test_words_that_the_data_does_not_use_are_not_put_in():
    everything = " ".join(made(" ".join(CAPTIONS), count=1000))
    assert "purple" not in everything and "beak" not in everything


def test_two_colors_are_swapped():
    swapping = HardNegatives(CAPTIONS, swap=1.0)
    assert made("red wings, a blue tail", swapping) == {"blue wings, a red tail"}
    # The same color twice cannot be.
    assert all("a gray" not in x for x in made("gray wings, a grey tail", swapping))
    three = made("red wings, blue tail, red back", swapping)
    assert three == {"blue wings, red tail, red back", "red wings, red tail, blue back"}


def test_colors_are_changed_most_often():
    negatives = HardNegatives(CAPTIONS, swap=0.0)
    rng = np.random.default_rng(0)
    changed = sum("wings" in negatives("a bird with red wings", rng) for _ in range(500))
    assert 340 < changed < 450


def test_a_caption_without_a_known_word_has_none():
    assert made("a bird") == {None}


def test_a_lexicon_of_ones_own():
    negatives = HardNegatives(["a cat", "a dog"], {"animal": (("cat",), ("dog", "hound"))})
    assert made("the cat sat", negatives) == {"the dog sat"}


def test_the_same_generator_state_gives_the_same_caption():
    negatives = HardNegatives(CAPTIONS)
    first, again = (negatives(CAPTIONS[0], np.random.default_rng(3)) for _ in range(2))
    assert first == again != CAPTIONS[0]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"`swap` must lie in \[0, 1\]"):
        HardNegatives(CAPTIONS, swap=2)
    with pytest.raises(ValueError, match="`captions` must use two meanings"):
        HardNegatives(["a red bird", "a red flower"])
