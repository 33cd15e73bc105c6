"""Records and embeddings, as a run's settings name them."""


def read(settings, target_size, run_seed=0, folder=None, run=None, teach=None):
    """Reads what a run trains on.

    Args:
        settings: dict with `data` and `text`, as a recipe's.
        target_size: int. Side of the largest pictures, for the audit.
        run_seed: int. Of the weights of an untrained encoder.
        folder: str or `None`, in place of `data["folder"]`.
        run: `RunFolder` or `None`. Its own copy of the encoder is taken where it has one: what the
            settings name may have been moved since. It keeps the embeddings where the data's
            folder cannot be written.
        teach: function of the records, or `None`. Trains the encoder and returns its folder, where
            the settings ask for one that is taught; `data.read` writes that into the settings.

    Returns:
        `(records, embeddings, text_encoder)`; the latter two may be `None`.
    """
    from keras_stackgan.cli import text_encoders
    from keras_stackgan.data import sources

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
    if data.get("skip_bad"):
        records, embeddings = source.keep_good(
            records, embeddings, target_size, captioned=text["encoder"] is not None
        )
    if text["encoder"] == text_encoders.TAUGHT:
        # From here on the run has an encoder like any other.
        text["encoder"] = str(teach(records))
    if text["encoder"] is not None:
        encoder = run.own_text_encoder() if run is not None else None
        encoder = encoder or text_encoders.get(text["encoder"], run_seed)
        embeddings = _embed(records, encoder, run)
    return records, embeddings, encoder


def _embed(records, encoder, run):
    from keras_stackgan.data import embed_captions
    from keras_stackgan.data.embeddings import CACHE_FOLDER

    try:
        return embed_captions(records, encoder)
    except OSError:
        if run is None:
            raise
        return embed_captions(records, encoder, cache_dir=run.path / CACHE_FOLDER)
