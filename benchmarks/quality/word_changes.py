"""Does one changed word change what it is about, and leave the rest as it was said."""

import dataclasses

import numpy as np

from keras_stackgan.data.painted_birds import ATTRIBUTES, BirdSpecification, make_caption
from keras_stackgan.data.painted_birds.captions import HIDDEN
from keras_stackgan.data.progress import progress_bar
from keras_stackgan.metrics import Score, bootstrap_interval, proportion_interval
from quality.aim import AT_LEAST, Aim
from quality.collecting import REAL
from quality.text_fidelity import share_ratio

PARTS = ("crown", "nape", "back", "breast", "belly", "wing", "tail", "beak_color")
CHANGED = (*PARTS, "background", "pose", "facing")
# Two pictures must be read right, so about the square of a single picture's 0.9.
CHANGE_AIM = 0.8
FOLLOWED, KEPT = "word_change_followed", "word_change_rest_kept"
TITLES = {
    FOLLOWED: "a changed word is followed, over the real pictures'",
    KEPT: "the rest stays as stated, over the real pictures'",
}


class Change:
    """A caption and the same with another value of one attribute.

    Args:
        attribute: str. What changes.
        birds: the two `BirdSpecification`.
        captions: the two `Caption`: the same sentence, with each bird's values.

    Example:

    ```python
    change = change_of(individual(17), "crown", np.random.default_rng(0), "a key")
    change.captions[1].text
    ```
    """

    def __init__(self, attribute, birds, captions):
        self.attribute, self.birds, self.captions = attribute, birds, captions


def change_of(bird, attribute, generator, key):
    """Returns a `Change`, or None where the bird's pose hides it or no other value can be painted.

    Args:
        bird: `BirdSpecification`.
        attribute: str, of `CHANGED`.
        generator: `np.random.Generator`. Of the new value.
        key: anything with a fixed `str`. Of the sentence.
    """
    mentioned = {*make_caption(bird, key).mentioned, attribute}
    others = [value for value in ATTRIBUTES[attribute] if value != getattr(bird, attribute)]
    for value in generator.permutation(others):
        try:
            other = dataclasses.replace(bird, **{attribute: str(value)})
        except ValueError:
            continue
        if mentioned.isdisjoint(HIDDEN.get(bird.pose, ())) and mentioned.isdisjoint(
            HIDDEN.get(other.pose, ())
        ):
            captions = [make_caption(each, key, mentioned) for each in (bird, other)]
            return Change(attribute, (bird, other), captions)
    return None


def make_changes(pictures, count):
    """Returns changes of held-out birds, the attributes of `CHANGED` in turn.

    Args:
        pictures: `EvaluationSet` with attributes.
        count: int. How many.
    """
    generator, changes = np.random.default_rng(pictures.seed), []
    rows, number = pictures.compared, 0
    while len(changes) < count:
        row = rows[number % len(rows)]
        bird = BirdSpecification.from_numbers(pictures.attributes[0][row])
        attribute = CHANGED[len(changes) % len(CHANGED)]
        change = change_of(bird, attribute, generator, ("change", pictures.seed, number))
        if change is not None:
            changes.append(change)
        number += 1
    return changes


def word_changes(model, pictures, count, readers, painter, kind, batch_size=16, bar=True):
    """Draws captions and their changed forms from the same noise, and reads both.

    Args:
        model: `AdversarialModel` with a text encoder.
        pictures: `EvaluationSet` with attributes.
        count: int. Pairs.
        readers: dict from a judge's name to a callable as `attribute_reader` returns it.
        painter: function `(specification, seed, size)` to a picture, or None: no bound then.
        kind: str. What scores call the model's pictures.
        batch_size: int. Pictures drawn at a time.
        bar: bool. Whether progress is shown.

    Returns:
        `(scores, aims, pairs)`: `pairs` is `(changes, pictures)`, the pictures `(2, count, ...)`.
    """
    changes = make_changes(pictures, count)
    seed, size = pictures.seed, pictures.image_size
    images = {kind: [[], []]}
    if painter is not None:
        images[REAL] = [[], []]
    shown = progress_bar(count, "pair") if bar else None
    for number in range(0, count, batch_size):
        some = changes[number : number + batch_size]
        for side in (0, 1):
            captions = [change.captions[side].text for change in some]
            images[kind][side].append(
                model.generate(captions, seed=seed + number, batch_size=batch_size)
            )
            if painter is not None:
                painted = [painter(x.birds[side], number + k, size) for k, x in enumerate(some)]
                images[REAL][side].append(np.stack(painted))
        if shown is not None:
            shown.update(number + len(some))
    images = {which: [np.concatenate(x) for x in sides] for which, sides in images.items()}
    scores, aims = [], []
    for judge, read in readers.items():
        outcomes = {
            which: outcome(changes, [read(side) for side in sides])
            for which, sides in images.items()
        }
        for which, found in outcomes.items():
            scores += _scores(changes, found, which, judge, seed)
        aims += _aims(outcomes, kind, judge, seed)
    return scores, aims, (changes, np.stack(images[kind]))


def outcome(changes, readings):
    """Judges pairs of pictures by what was read off them.

    Args:
        changes: list of `Change`.
        readings: two int arrays `(count, attributes)`.

    Returns:
        `(followed, kept, rest)`: bool, int and int arrays `(count,)`: whether the changed
        attribute was read as asked in both pictures, of how many others so, of how many.
    """
    names = list(ATTRIBUTES)
    asked = [np.array([x.birds[side].numbers() for x in changes]) for side in (0, 1)]
    right = (readings[0] == asked[0]) & (readings[1] == asked[1])
    column = np.array([names.index(x.attribute) for x in changes])
    stated = np.array([[name in x.captions[0].mentioned for name in names] for x in changes])
    rows = np.arange(len(changes))
    followed = right[rows, column]
    stated[rows, column] = False
    return followed, (right & stated).sum(axis=1), stated.sum(axis=1)


def _kept_share(kept, rest):
    return kept.sum() / max(rest.sum(), 1)


def _scores(changes, found, which, judge, seed):
    followed, kept, rest = found
    share, n = float(followed.mean()), len(followed)

    def score(metric, value, low, high, n):
        return Score(metric, which, value, low, high, n, seed, judge, "classifier")

    scores = [score(FOLLOWED, share, *proportion_interval(share, n), n)]
    scores.append(score(KEPT, *bootstrap_interval(_kept_share, kept, rest, seed=seed), n))
    for attribute in CHANGED:
        own = np.array([change.attribute == attribute for change in changes])
        if own.any():
            share, n = float(followed[own].mean()), int(own.sum())
            scores.append(
                score(f"{FOLLOWED}/{attribute}", share, *proportion_interval(share, n), n)
            )
    return scores


def _aims(outcomes, kind, judge, seed):
    ours, real = outcomes[kind], outcomes.get(REAL)
    intervals = {FOLLOWED: (None, None, None), KEPT: (None, None, None)}
    if real is not None:
        intervals[FOLLOWED] = share_ratio(ours[0], real[0], seed)
        if real[1].any():
            intervals[KEPT] = bootstrap_interval(
                lambda a, b: a.sum() / max(b.sum(), 1), ours[1], real[1], seed=seed
            )
    return [
        Aim(TITLES[metric], judge, *interval, CHANGE_AIM, AT_LEAST, len(ours[0]))
        for metric, interval in intervals.items()
    ]
