"""Pictures of an evaluation: a map of all, and the training pictures nearest to generated ones."""

from pathlib import Path

import numpy as np

from keras_stackgan.callbacks.sample_grid import save_png, tile
from keras_stackgan.data.center_pictures import center_picture
from keras_stackgan.evaluation.model_evaluation import GENERATED, REAL
from keras_stackgan.metrics import nearest_neighbors, neighbor_sheet, tsne_map
from keras_stackgan.metrics.evaluator import key_of

MAP, NEIGHBORS, SAMPLES = "map.png", "neighbors.png", "samples.png"


def write_map(folder, evaluator, size=2000, seed=0):
    """Writes `map.png`: the pictures that were measured, placed by the first extractor's features.

    Args:
        folder: path. Made if absent.
        evaluator: `Evaluator` that has measured `"real"` and `"generated"` pictures.
        size: int. Side in pixels.
        seed: int. Of t-SNE.

    Returns:
        The path.

    Raises:
        ImportError: scikit-learn is not installed.

    Example:

    ```python
    write_map("runs/evaluation", evaluator)
    ```
    """
    key = key_of(evaluator.extractors[0])
    sides = []
    for kind in (REAL, GENERATED):
        pictures = evaluator.pictures[kind]
        sides += [pictures, evaluator.features[kind][key].rows[: len(pictures)]]
    count = min(len(sides[1]), len(sides[3]))
    return _write(folder, MAP, tsne_map(*[side[:count] for side in sides], size=size, seed=seed))


def write_neighbors(folder, evaluator, records, image_size, count=8, neighbors=6, use_boxes=True):
    """Writes `neighbors.png`: generated pictures, each with the nearest training pictures.

    The first extractor's features decide, of whole pictures and of mirrored ones alike only as far
    as the extractor does.

    Args:
        folder: path. Made if absent.
        evaluator: `Evaluator` that has measured `"generated"` pictures.
        records: list of `Record`: the training pictures.
        image_size: int. Side of the pictures.
        count: int. Generated pictures.
        neighbors: int. Training pictures of each.
        use_boxes: bool. Whether training pictures are cut to their boxes, as `EvaluationSet` cuts
            those that it was made without `boxes` of.

    Returns:
        The path.

    Example:

    ```python
    write_neighbors("runs/evaluation", evaluator, training_records, 64)
    ```
    """
    extractor = evaluator.extractors[0]
    pictures = evaluator.pictures[GENERATED][:count]
    features = evaluator.features[GENERATED][key_of(extractor)].rows[: len(pictures)]
    parts = []

    def read(record):
        return center_picture(record, image_size, use_boxes)

    for first in range(0, len(records), 64):
        parts.append(extractor(np.stack([read(record) for record in records[first : first + 64]])))
    rows, _ = nearest_neighbors(features, np.concatenate(parts), min(neighbors, len(records)))
    sheet = neighbor_sheet(pictures, lambda row: read(records[row]), rows)
    return _write(folder, NEIGHBORS, sheet)


def write_samples(folder, evaluator, rows=6, columns=8):
    """Writes `samples.png`: the first generated pictures that were measured, none chosen.

    Args:
        folder: path. Made if absent.
        evaluator: `Evaluator` that has measured `"generated"` pictures.
        rows: int.
        columns: int.

    Returns:
        The path.
    """
    pictures = evaluator.pictures[GENERATED]
    rows = max(1, min(rows, len(pictures) // columns))
    return _write(folder, SAMPLES, tile(pictures[: rows * columns], rows))


def _write(folder, name, picture):
    folder = Path(folder).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    save_png(picture, folder / name)
    return folder / name
