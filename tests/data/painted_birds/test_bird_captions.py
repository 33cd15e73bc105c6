import dataclasses
import re

import pytest
from caption_rules import read_caption

from keras_stackgan.data.painted_birds.attributes import ATTRIBUTES
from keras_stackgan.data.painted_birds.captions import HIDDEN, WORDS, make_caption, make_captions
from keras_stackgan.data.painted_birds.frames import FRAMES
from keras_stackgan.data.painted_birds.individual import individual
from keras_stackgan.data.painted_birds.keyed_draws import KeyedDraws
from keras_stackgan.data.painted_birds.wording import Wording


@pytest.fixture(scope="module")
def examples():
    birds = [individual(index) for index in range(300)]
    return [(bird, caption) for k, bird in enumerate(birds) for caption in make_captions(bird, k)]


def test_a_rule_reads_off_exactly_what_is_mentioned(examples):
    for bird, caption in examples:
        stated = {name: getattr(bird, name) for name in caption.mentioned}
        assert read_caption(caption.text) == stated, (caption, bird)


def test_every_value_is_stated_somewhere(examples):
    stated = {(name, getattr(b, name)) for b, caption in examples for name in caption.mentioned}
    wanted = {(name, value) for name, values in ATTRIBUTES.items() for value in values}
    assert stated == wanted


def test_captions_are_5_to_25_words_of_clean_english(examples):
    for _, caption in examples:
        text = caption.text
        assert WORDS[0] <= len(text.split()) <= WORDS[1], text
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]|  | ,|,,|^\W|[ ,;]$", text), text
        plural = r"(wings|feathers|legs|feet|bars|upperparts|underparts)\b"
        assert not re.search(rf"\ba \w+ {plural}|(?<!on )(?<!across )its {plural} is\b", text), text
        assert not re.search(r"\b(\w+) \1\b|\band and\b", text), text
        assert not re.search(r"\bwith [^,]* with\b", text), text


def test_ten_different_captions_that_are_functions_of_bird_and_key():
    bird = individual(5)
    captions = make_captions(bird, (0, 5))
    assert len({caption.text for caption in captions}) == 10
    assert captions == make_captions(bird, (0, 5))
    assert captions[:4] == make_captions(bird, (0, 5), count=4)
    assert captions != make_captions(bird, (1, 5))


def test_wording_varies(examples):
    assert len(FRAMES) >= 12
    texts = [caption.text for _, caption in examples]
    assert len({" ".join(text.split()[:2]) for text in texts}) > 60
    words = set(re.findall(r"[a-z]+", " ".join(texts)))
    for synonyms in ("crown head cap", "beak bill", "breast chest", "belly underside", "gray grey"):
        assert set(synonyms.split()) <= words
    assert any("mostly" in text for text in texts)
    assert any("wings and tail" in text for text in texts)


def test_what_cannot_be_seen_is_not_mentioned(examples):
    poses = {bird.pose for bird, _ in examples}
    assert set(HIDDEN) < poses
    for bird, caption in examples:
        assert not set(HIDDEN.get(bird.pose, ())) & set(caption.mentioned)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.write.__name__.strip("_"))
def test_every_frame_states_everything(frame):
    seen = 0
    for index in range(120):
        bird, draws = individual(index), KeyedDraws(index)
        names = draws.shuffled("names", list(ATTRIBUTES))[: 1 + index % len(ATTRIBUTES)]
        wording = Wording(bird, names, draws)
        if frame.fits(wording):
            stated = {name: getattr(bird, name) for name in names}
            assert read_caption(frame.write(wording)) == stated, frame.write(wording)
            seen += 1
    assert seen > 30


def test_the_same_sentence_with_another_color():
    changed = 0
    for index in range(100):
        bird = individual(index)
        caption = make_caption(bird, index)
        assert make_caption(bird, index, mentioned=caption.mentioned) == caption
        for part in {"crown", "breast", "tail"} & set(caption.mentioned):
            other = "teal" if getattr(bird, part) != "teal" else "red"
            wrong = dataclasses.replace(bird, **{part: other})
            told = make_caption(wrong, index, mentioned=caption.mentioned)
            assert told.mentioned == caption.mentioned
            stated = {name: getattr(wrong, name) for name in caption.mentioned}
            assert read_caption(told.text) == stated
            # One word apart, but for parts that shared a color before or do now.
            colors = [getattr(b, p) for b in (bird, wrong) for p in told.mentioned if p != part]
            if getattr(bird, part) not in colors and other not in colors:
                pairs = zip(told.text.split(), caption.text.split(), strict=True)
                differences = [pair for pair in pairs if pair[0] != pair[1]]
                assert 1 <= len(differences) <= 2, (told.text, caption.text)
                changed += 1
    assert changed > 10


def test_unknown_attributes_are_refused():
    for mentioned in ((), ("beard",)):
        with pytest.raises(ValueError, match="`mentioned` must name attributes"):
            make_caption(individual(0), 0, mentioned=mentioned)
