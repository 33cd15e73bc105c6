"""What a run's sample grids show."""

import numpy as np

from keras_stackgan.data.center_pictures import center_box

ROWS = 8


def conditions(model, config, records, embeddings, text_encoder):
    """The arguments of `SampleGrid` that say what its rows are.

    Args:
        model: `AdversarialModel`.
        config: dict, a run's configuration.
        records: list of `Record`.
        embeddings: `CaptionEmbeddings` or `None`.
        text_encoder: `TextEncoder` or `None`.

    Returns:
        A dict with `captions`, `embeddings` or nothing; with `boxes`, where the model takes them.
    """
    if not model.conditional:
        return {}
    if text_encoder is None:
        shown = records[: min(ROWS, len(embeddings))]
        rows = np.asarray([embeddings[k][0] for k in range(len(shown))], "float32")
        found = {"embeddings": rows}
    else:
        captions = config["run"]["sample_captions"]
        own = {record.captions[0]: record for record in records}
        # A caption of the user's own has no picture: any picture's box will do.
        shown = [own.get(text, records[k % len(records)]) for k, text in enumerate(captions)]
        found = {"captions": captions}
    if model.takes_boxes:
        use_boxes = config["data"].get("batches", {}).get("use_boxes", True)
        size = model.output_sizes[-1]
        found["boxes"] = np.stack([center_box(record, size, use_boxes) for record in shown])
    return found
