"""Does each stage refine the one before: Frechet distance at one size, and fine detail."""

import numpy as np

from keras_stackgan.metrics import FeatureStatistics, Score, bootstrap_interval
from keras_stackgan.metrics.frechet_distance import frechet_interval
from quality.aim import BELOW, Aim
from quality.collecting import ENLARGED, REAL, REFERENCE

GROUPS = 10
DETAIL = "fine_detail_over_real"


def refinement(found, kinds, extractor, size, seed):
    """Measures the stages' pictures, all brought to one size, against other real pictures.

    Args:
        found: dict as `collect` returns it.
        kinds: list of str: the stages in order, then `"real"`.
        extractor: `FeatureExtractor`. Which made the features.
        size: int. To which pictures were brought.
        seed: int. Of the resampling.

    Returns:
        `(scores, aims)`: an aim a step from one stage to the next.
    """
    statistics = FeatureStatistics(extractor.name, extractor.resize)
    statistics.update(found["features", REFERENCE])
    enlarged = f"{ENLARGED} to {size}"
    scores, aims, distances = [], [], {}
    for kind in kinds:
        rows = found["features", kind].astype("float64")
        interval = frechet_interval(statistics, [rows[k::GROUPS] for k in range(GROUPS)], 2.262)
        about = (len(rows), seed, extractor.name, f"{enlarged}, {extractor.resize}")
        scores.append(Score("frechet_distance", kind, *interval, *about))
        distances[kind] = interval[0]
        detail, real = found["detail", kind], found["detail", REAL]
        interval = bootstrap_interval(
            lambda ours, real: np.mean(ours) / np.mean(real), detail, real, seed=seed
        )
        scores.append(Score(DETAIL, kind, *interval, len(rows), seed, "spectrum", enlarged))
    stages = kinds[:-1]
    for before, after in zip(stages, stages[1:], strict=False):
        ratio = distances[after] / max(distances[before], 1e-9)
        name = f"Frechet distance at {after}, over that at {before}"
        aims.append(Aim(name, extractor.name, ratio, None, None, 1.0, BELOW, len(rows)))
    return scores, aims
