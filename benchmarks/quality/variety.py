"""Do pictures of one caption differ as much as real ones: MS-SSIM and LPIPS in pairs."""

import numpy as np

from keras_stackgan.data.painted_birds import BirdSpecification
from keras_stackgan.metrics import Score, bootstrap_interval, caption_diversity, mean_interval
from quality.aim import AT_LEAST, Aim
from quality.collecting import REAL

CAPTIONS, PER_CAPTION = 20, 6
# Of the difference between real pictures of one caption.
VARIETY_AIM = 0.8
ONE_BIRD = "one_bird"


def variety(model, pictures, distances, painter, kind, batch_size=16):
    """Measures the pairs of a caption's pictures, and of real ones painted for the same caption.

    The painter keeps what the caption states and takes the rest from other held-out birds, one a
    picture. `one_bird` is the other end: all attributes kept, only the painter's chance differs.

    Args:
        model: `AdversarialModel` with a text encoder.
        pictures: `EvaluationSet` with attributes.
        distances: dict as `diversity_scores` takes it, of `ms_ssim` and perhaps `lpips`.
        painter: function `(specification, seed, size)` to a picture, or None: no bound then.
        kind: str. What scores call the model's pictures.
        batch_size: int. Pictures drawn at a time.

    Returns:
        `(scores, aims)`: the aims are ratios of the differences, of `1 - MS-SSIM` and of LPIPS.
    """
    count = min(CAPTIONS, len(pictures.compared))
    rows, places = pictures.compared[:count], np.arange(count)
    stated, size = pictures.stated(places, rows), pictures.image_size
    drawn = model.generate(
        stated["captions"], num_images=PER_CAPTION, seed=pictures.seed, batch_size=batch_size
    )
    groups = {(kind, ""): drawn.reshape(count, PER_CAPTION, size, size, 3)}
    if painter is not None:
        birds = [birds_of_caption(pictures, stated, place) for place in places]
        groups[REAL, ""] = _painted(birds, painter, size)
        same = [[BirdSpecification.from_numbers(x)] * PER_CAPTION for x in stated["targets"]]
        groups[REAL, f"/{ONE_BIRD}"] = _painted(same, painter, size)
    scores, aims = [], []
    for metric, (name, distance) in distances.items():
        found = {key: caption_diversity(group, distance) for key, group in groups.items()}
        for (which, suffix), values in found.items():
            interval = mean_interval(values)
            scores.append(Score(metric + suffix, which, *interval, count, pictures.seed, name))
        interval = _ratio(metric, found[kind, ""], found.get((REAL, "")), pictures.seed)
        shown = "1 - MS-SSIM" if metric == "ms_ssim" else "LPIPS"
        title = f"{shown} within a caption, over the real pictures'"
        aims.append(Aim(title, name, *interval, VARIETY_AIM, AT_LEAST, count))
    return scores, aims


def birds_of_caption(pictures, stated, place, count=PER_CAPTION):
    """Returns specifications for which a caption is true, the rest of each another bird's.

    Args:
        pictures: `EvaluationSet` with attributes.
        stated: dict with `targets` and `mentioned`, of captions.
        place: int. Which caption.
        count: int.
    """
    values, said = stated["targets"][place], stated["mentioned"][place]
    birds = []
    others = np.random.default_rng((pictures.seed, place)).permutation(len(pictures.records))
    for row in others:
        try:
            mixed = np.where(said, values, pictures.attributes[0][row])
            birds.append(BirdSpecification.from_numbers(mixed))
        except ValueError:
            # No such bird is painted: one swimming in the snow.
            continue
        if len(birds) == count:
            break
    return birds


def _painted(groups, painter, size):
    return [
        np.stack([painter(bird, 1000 * k + j, size) for j, bird in enumerate(birds)])
        for k, birds in enumerate(groups)
    ]


def _ratio(metric, ours, real, seed):
    if real is None:
        return None, None, None
    if metric == "ms_ssim":
        ours, real = 1.0 - ours, 1.0 - real
    return bootstrap_interval(lambda a, b: np.mean(a) / np.mean(b), ours, real, seed=seed)
