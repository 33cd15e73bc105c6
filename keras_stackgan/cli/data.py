"""Records and embeddings, as a run's settings name them."""


def read(settings, target_size, run_seed=0, folder=None):
    """Reads what a run trains on.

    Args:
        settings: dict with `data` and `text`, as a recipe's.
        target_size: int. Side of the largest pictures, for the audit.
        run_seed: int. Of the weights of an untrained encoder.
        folder: str or `None`, in place of `data["folder"]`.

    Returns:
        `(records, embeddings, text_encoder)`; the latter two may be `None`.
    """
    from keras_stackgan.cli import text_encoders
    from keras_stackgan.data import embed_captions, sources

    data, text = settings["data"], settings["text"]
    source = sources.get(data["source"])
    folder = folder or data["folder"]
    records = source.read(
        folder,
        data["split"],
        check_counts=data.get("check_counts", True),
        strict=not data.get("skip_bad"),
        **data["options"],
    )
    encoder = embeddings = None
    if text["embeddings"] is not None:
        embeddings = source.released_embeddings(folder, data["split"], text["embeddings"], records)
    if text["encoder"] is not None:
        encoder = text_encoders.get(text["encoder"], run_seed)
    if data.get("skip_bad"):
        records, embeddings = source.keep_good(
            records, embeddings, target_size, captioned=encoder is not None
        )
    if encoder is not None:
        embeddings = embed_captions(records, encoder)
    return records, embeddings, encoder
