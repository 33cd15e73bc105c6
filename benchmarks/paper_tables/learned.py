"""Whether a row draws anything of what it was shown: orders between two that do not say nothing."""

import numpy as np

from paper_tables import rows

# Below it pictures are of one kind for a judge: of nothing, the inception score is 1.
NO_PICTURES = 1.5
OTHER_CAPTIONS = "attribute_accuracy_other_captions"


def learned(results, row):
    """Whether any seed of a row draws what captions say; without text, whether it draws at all.

    With text R-precision decides: its interval must lie above chance. Without, the inception score
    of any judge, which must reach `NO_PICTURES`. What is not measured is taken to have learned.

    Args:
        results: `Results`.
        row: str.

    Example:

    ```python
    learned(results, "v2")
    ```
    """
    metric = "r_precision" if rows.get(row).text else "inception_score"
    scores = [
        score
        for measurer in results.measurers(metric)
        for score in results.scores(row, metric, measurer)
    ]
    return not scores or any(map(_says_something, scores))


def _says_something(score):
    if score["metric"] == "inception_score":
        return score["value"] >= NO_PICTURES
    return score["low"] is None or score["low"] > chance(score)


def chance(score):
    """Returns what R-precision is for pictures that have nothing of their captions.

    Args:
        score: dict as of `Score`, whose metric's name ends with the number of captions.
    """
    return 1 / int(score["metric"].rpartition("_")[2])


def accuracy_chance(results):
    """Returns a sentence on attribute accuracy against other pictures' captions, or an empty str.

    Args:
        results: `Results`.
    """
    for measurer in results.measurers(OTHER_CAPTIONS):
        said = []
        values = {name: results.values(name, OTHER_CAPTIONS, measurer) for name in results.entries}
        drawn = [np.mean(values[name]) for name in rows.names() if values.get(name)]
        if drawn:
            said.append(f"{min(drawn):.3f} to {max(drawn):.3f} of the rows' pictures")
        said += [
            f"{np.mean(found):.3f} of real ones of {name.removeprefix('real_')} pixels"
            for name, found in values.items()
            if name.startswith("real_") and found
        ]
        return (
            "Attribute accuracy's own chance, the same pictures held against other pictures' "
            f"captions: {', '.join(said)} (by '{measurer}')."
        )
    return ""
