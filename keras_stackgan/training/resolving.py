"""What follows from the data, filled into a run's settings."""

import copy

from keras_stackgan.recipes.named_recipe import check_phases

RUN = {
    "seed": 0,
    "save_every": 500,
    "stats_every": 100,
    "sample_every": 1000,
    "sample_captions": None,
    "sample_columns": 8,
}


def resolve(settings, records, embeddings, text_encoder):
    """Fills in what follows from the data: the embeddings' width, steps of epochs, captions.

    Args:
        settings: See `StagedTraining`.
        records: list of `Record`.
        embeddings: `CaptionEmbeddings` or `None`.
        text_encoder: `TextEncoder` or `None`.

    Returns:
        A new dict: the whole configuration of a run.
    """
    check_phases(settings["phases"], "the settings")
    config = copy.deepcopy(settings)
    config["run"] = {**RUN, **config.get("run", {})}
    if embeddings is not None:
        config["model"]["config"]["embedding_dim"] = int(embeddings.dim)
    if text_encoder is not None:
        config["text"]["fingerprint"] = text_encoder.fingerprint()
        if config["run"]["sample_captions"] is None:
            distinct = sorted({record.captions[0] for record in records})
            config["run"]["sample_captions"] = distinct[:: max(1, len(distinct) // 8)][:8]
    for phase in config["phases"]:
        if len(records) < phase["batch_size"] and "epochs" in phase:
            raise ValueError(
                f"A batch must not be larger than the data set of {len(records)} pictures. "
                f"Received: batch_size={phase['batch_size']} in phase '{phase['name']}'."
            )
        if "epochs" in phase:
            phase["steps_per_epoch"] = len(records) // phase["batch_size"]
            phase["steps"] = phase.pop("epochs") * phase["steps_per_epoch"]
        elif "learning_rate_decay" in phase:
            # It counts epochs of the data, however many of them the steps are.
            epoch = max(1, len(records) // phase["batch_size"])
            phase.setdefault("steps_per_epoch", epoch)
        else:
            phase.setdefault("steps_per_epoch", phase["steps"])
    return config
