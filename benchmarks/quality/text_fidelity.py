"""Do pictures show what their captions say: attribute accuracy and R-precision."""

import numpy as np
from keras import ops

from keras_stackgan.data.painted_birds import ATTRIBUTES
from keras_stackgan.metrics import (
    Score,
    attribute_accuracy,
    bootstrap_interval,
    proportion_interval,
)
from keras_stackgan.metrics.retrieval_precision import retrieval_hits
from quality.aim import AT_LEAST, Aim
from quality.collecting import REAL

ASKED = ("crown", "breast", "belly", "wing", "tail", "beak_color", "background", "pose")
ACCURACY_AIM, RETRIEVAL_AIM = 0.9, 0.7
CANDIDATES, RESAMPLES = 100, 500


def accuracy(found, kinds, judges, seed):
    """Measures what judges read off pictures, against what they read off the real ones.

    Args:
        found: dict as `collect` returns it.
        kinds: list of str, the last one `"real"`.
        judges: list of str.
        seed: int. Of the intervals' resampling.

    Returns:
        `(scores, aims)`: of every kind the mean over `ASKED`, each attribute of all, and for the
        stages' pictures the mean's ratio to the real pictures'.
    """
    columns = [list(ATTRIBUTES).index(name) for name in ASKED]
    targets, mentioned = found["targets"][:, columns], found["mentioned"][:, columns]
    scores, aims = [], []

    def mean(reading, targets, mentioned):
        return attribute_accuracy(reading, targets, mentioned)["mean"]

    def ratio(reading, real, targets, mentioned):
        bound = max(mean(real, targets, mentioned), 1 / len(real))
        return mean(reading, targets, mentioned) / bound

    for judge in judges:
        real = found["reading", judge, REAL][:, columns]
        for kind in kinds:
            reading = found["reading", judge, kind]
            arrays = (reading[:, columns], targets, mentioned)
            interval = bootstrap_interval(mean, *arrays, resamples=RESAMPLES, seed=seed)
            about = (len(targets), seed, judge, "classifier")
            scores.append(Score("attribute_accuracy", kind, *interval, *about))
            scores += _each_attribute(found, reading, kind, seed, judge)
            if kind == REAL:
                continue
            interval = bootstrap_interval(
                ratio, arrays[0], real, targets, mentioned, resamples=RESAMPLES, seed=seed
            )
            name = f"attribute accuracy at {kind}, over the real pictures'"
            aims.append(Aim(name, judge, *interval, ACCURACY_AIM, AT_LEAST, len(targets)))
    return scores, aims


def retrieval(found, kinds, pairs, statements, seed):
    """Measures how often a picture's own caption is the best of 100, against the real pictures.

    Args:
        found: dict as `collect` returns it.
        kinds: list of str, the last one `"real"`.
        pairs: list of str.
        statements: list of str, one a row: texts of one statement never compete.
        seed: int. Of the wrong captions and the intervals' resampling.

    Returns:
        `(scores, aims)`.
    """
    candidates = min(CANDIDATES, len(set(statements)))
    scores, aims = [], []
    for pair in pairs:
        hits = {
            kind: retrieval_hits(
                found["vectors", pair, kind], found["texts", pair], statements, candidates, seed
            )
            for kind in kinds
        }
        for kind, right in hits.items():
            share, n = float(right.mean()), len(right)
            interval = proportion_interval(share, n)
            metric = f"r_precision_{candidates}"
            scores.append(Score(metric, kind, share, *interval, n, seed, pair))
            if kind != REAL:
                interval = share_ratio(right, hits[REAL], seed)
                name = f"R-precision (1 of {candidates}) at {kind}, over the real pictures'"
                aims.append(Aim(name, pair, *interval, RETRIEVAL_AIM, AT_LEAST, n))
    return scores, aims


def share_ratio(ours, real, seed):
    """Returns the ratio of two shares of the same rows, with its interval; Nones where it has none.

    Args:
        ours, real: bool arrays `(n,)`.
        seed: int. Of the resampling.
    """
    if not real.any():
        return None, None, None

    def ratio(ours, real):
        return np.mean(ours) / max(np.mean(real), 1 / len(real))

    return bootstrap_interval(ratio, ours, real, resamples=RESAMPLES, seed=seed)


def judged_pair(judge, targets):
    """Returns a pair of encoders made of a judge, for `collect`.

    A picture's vector has, for every value of every attribute, the logarithm of how much likelier
    the judge thinks it than it is among all birds; a caption's has ones where it states a value.
    What captions state is known, so no text encoder's errors come in.

    Args:
        judge: `AttributeClassifier`.
        targets: int array `(birds, attributes)`. All birds' values.
    """
    usual = []
    for column, values in zip(targets.T, ATTRIBUTES.values(), strict=True):
        counts = np.bincount(column, minlength=len(values)) + 1
        usual.append(np.log(counts / counts.sum()))

    def picture_vectors(pictures):
        features = judge.features(pictures)
        parts = [
            ops.convert_to_numpy(ops.log_softmax(judge.heads[name](features)))
            for name in ATTRIBUTES
        ]
        return np.concatenate([p - u for p, u in zip(parts, usual, strict=True)], axis=1)

    def text_vectors(batch):
        parts = [
            np.eye(len(values))[batch["targets"][:, k]] * batch["mentioned"][:, k, None]
            for k, values in enumerate(ATTRIBUTES.values())
        ]
        return np.concatenate(parts, axis=1)

    return picture_vectors, text_vectors


def statements(found):
    """Returns a str a row: what the caption states, whatever its words."""
    return [
        str(np.where(said, values, -1).tolist())
        for values, said in zip(found["targets"], found["mentioned"], strict=True)
    ]


def _each_attribute(found, reading, kind, seed, judge):
    shares = attribute_accuracy(reading, found["targets"], found["mentioned"], list(ATTRIBUTES))
    scores = []
    for name, count in zip(ATTRIBUTES, found["mentioned"].sum(axis=0), strict=True):
        if count:
            interval = proportion_interval(shares[name], int(count))
            metric = f"attribute_accuracy/{name}"
            about = (int(count), seed, judge, "classifier")
            scores.append(Score(metric, kind, shares[name], *interval, *about))
    return scores
