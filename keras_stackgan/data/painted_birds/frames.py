"""The sentences that captions of painted birds are: each takes all that is to be stated."""

import dataclasses
from collections.abc import Callable

from keras_stackgan.data.painted_birds.phrases import enumerate_words, join_clauses


@dataclasses.dataclass(frozen=True)
class Frame:
    """One form of sentence.

    Args:
        needs: tuple of str. Attributes of `Wording` that must not be empty.
        write: function from a `Wording` to a sentence.
        weight: float. How often it is used, among those that fit.

    Example:

    ```python
    FRAMES[0].write(wording)  # "a small bird with black wings, perched on a branch"
    ```
    """

    needs: tuple
    write: Callable
    weight: float = 1.0

    def fits(self, wording):
        return all(getattr(wording, name) for name in self.needs)


def _comma(words):
    return f", {words}" if words else ""


def _rest(w):
    return [f"it has {enumerate_words(w.others)}"] if w.others else []


def _plain(w):
    after = w.after_noun()
    return w.bird("a") + w.with_features() + (_comma(after) if w.features else f" {after}").rstrip()


def _scene_first(w):
    return f"{w.bird('a')} {w.after_noun()}{w.with_features()}"


def _has(w):
    end = f", and it {w.predicate()}" if w.situated else ""
    return f"{w.bird('this')} has {enumerate_words(w.features)}{end}"


def _is_and_has(w):
    return f"{w.bird('this')} {w.predicate()} and has {enumerate_words(w.features)}"


def _complement(w):
    end = f", and it {w.predicate()}" if w.situated else ""
    # "This bird is red with black wings", but "this bird is small, with black wings".
    link = "" if w.colored else ","
    features = f"{link}{w.with_features()}" if w.features else ""
    return f"this bird is {enumerate_words(w.adjectives)}{features}{end}"


def _verb_and_has(w):
    return f"{w.bird('a')} {w.verb()} and has {enumerate_words(w.features)}"


def _with_verb(w):
    return f"{w.bird('a')}{w.with_features()} {w.verb()}"


def _opening_scene(w):
    start = w.predicate().removeprefix("is ")
    return f"{start}, {w.bird('this')} has {enumerate_words(w.features)}"


def _opening_features(w):
    return f"{w.with_features().strip()}, {w.bird('this')} {w.predicate()}"


def _clauses(w):
    sentences = [f"its {subject} {rest}" for subject, rest in w.clauses]
    return f"{w.bird('the')} {w.predicate()}; {join_clauses(sentences + _rest(w))}"


def _part_of(w):
    (subject, rest), *others = w.clauses
    sentences = [f"the {subject} of {w.bird('this')} {rest}"]
    sentences += [f"its {subject} {rest}" for subject, rest in others]
    if w.situated:
        sentences.append(f"it {w.predicate()}")
    return join_clauses(sentences + _rest(w))


def _whose(w):
    clauses = [f"whose {subject} {rest}" for subject, rest in w.clauses]
    clauses += [f"which has {enumerate_words(w.others)}"] if w.others else []
    return f"{w.bird('a')} {join_clauses(clauses)}{_comma(w.after_noun())}"


def _picture_of(w):
    return f"a picture of {_plain(w)}"


def _this_is(w):
    return f"this is {_plain(w)}"


def _there_is(w):
    end = f", and it has {enumerate_words(w.features)}" if w.features else ""
    return f"there is {w.bird('a')} {w.after_noun()}{end}"


def _inserted(w):
    return f"{w.bird('the')}, {w.after_noun()}, has {enumerate_words(w.features)}"


def _that_has(w):
    end = f" and {w.predicate()}" if w.situated else ""
    return f"{w.bird('a')} that has {enumerate_words(w.features)}{end}"


def _seen_here(w):
    return f"in this picture, {w.bird('a')}{w.with_features()} {w.predicate()}"


def _two_sentences(w):
    return f"{w.bird('the')} {w.predicate()}. it has {enumerate_words(w.features)}."


FRAMES = (
    Frame((), _plain, 5.0),
    Frame(("features", "placed"), _scene_first, 2.0),
    Frame(("features",), _has, 3.0),
    Frame(("features", "placed"), _is_and_has),
    Frame(("adjectives",), _complement, 3.0),
    Frame(("features", "posed", "placed"), _verb_and_has),
    Frame(("features", "posed", "placed"), _with_verb, 2.0),
    Frame(("features", "placed"), _opening_scene),
    Frame(("features", "placed"), _opening_features),
    Frame(("clauses", "situated"), _clauses, 1.5),
    Frame(("clauses",), _part_of, 1.5),
    Frame(("clauses",), _whose),
    Frame((), _picture_of, 0.7),
    Frame((), _this_is),
    Frame(("situated",), _there_is),
    Frame(("features", "placed"), _inserted),
    Frame(("features",), _that_has),
    Frame(("situated",), _seen_here, 0.7),
    Frame(("features", "placed"), _two_sentences, 0.7),
)
