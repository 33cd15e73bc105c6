"""How much pictures of one caption differ, and real ones of one class."""

import numpy as np

from keras_stackgan.metrics import Score, caption_diversity, mean_interval

CAPTIONS, PER_CAPTION = 20, 6


def diversity_scores(
    pictures, draw, distances, captions=CAPTIONS, per_caption=PER_CAPTION, real=True
):
    """Measures the pairs of a caption's pictures, and for comparison those of a class's.

    No two real pictures have one caption; those of one class differ in more than a caption leaves
    open, so theirs is an upper bound of what a model should show.

    Args:
        pictures: `EvaluationSet`.
        draw: function as `EvaluationSet.generated_batches` takes it.
        distances: dict from a metric's name to `(extractor's name, callable)`, the callable as
            `caption_diversity` takes it.
        captions: int. Captions, or classes.
        per_caption: int >= 2. Pictures of each.
        real: bool. Whether real pictures are measured too.

    Returns:
        A list of `Score`; their `n` counts captions.

    Example:

    ```python
    diversity_scores(pictures, draw, {"ms_ssim": ("ms-ssim", ms_ssim)})
    ```
    """
    kinds = {"generated": _generated(pictures, draw, captions, per_caption)}
    if real:
        kinds["real"] = _of_classes(pictures, captions, per_caption)
    scores = []
    for kind, groups in kinds.items():
        if len(groups) < 2:
            continue
        for metric, (name, distance) in distances.items():
            found = caption_diversity(groups, distance)
            value, low, high = mean_interval(found)
            scores.append(
                Score(metric, kind, value, low, high, len(found), pictures.seed, name, "none")
            )
    return scores


def _generated(pictures, draw, captions, per_caption):
    groups = []
    for number, row in enumerate(pictures.compared[:captions]):
        stated = pictures.stated([number], [row])
        chosen = stated["captions"] * per_caption if "captions" in stated else None
        asked = pictures.asked([row] * per_caption, chosen)
        groups.append(draw(per_caption, pictures.seed + number, **asked))
    return groups


def _of_classes(pictures, classes, per_class):
    by_label = {}
    for row in pictures.compared:
        label = pictures.records[row].label
        if label is not None:
            by_label.setdefault(label, []).append(row)
    groups = [rows[:per_class] for rows in by_label.values() if len(rows) > 1]
    return [np.stack([pictures.read(row) for row in rows]) for rows in groups[:classes]]
