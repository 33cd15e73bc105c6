"""Generators put together of stages that were trained apart."""

from keras_stackgan.training.beginning import Beginning, twins


def with_later_stages(model, source):
    """Returns a model with one's stages, and the later ones of another.

    A first stage may be trained further by itself, which costs least; the stages after it still
    refine what it draws, if it has not become another.

    Args:
        model: `AdversarialModel` of some stages, as a run has trained it.
        source: str or path. The folder of a run, a built-in preset's name, or its directory, with
            the same first stages and more. It stays as it is.

    Returns:
        An `AdversarialModel` with the stages of `source`, not compiled.

    Raises:
        ValueError: The generators or their text encoders do not fit, or `source` has no later
            stages.

    Example:

    ```python
    model = with_later_stages(RunFolder("runs/first").load_model(), "stackgan_v2_painted_birds_256")
    ```
    """
    beginning = Beginning(source)
    whole = beginning.trained
    ours, theirs = list(model.output_sizes), list(whole.output_sizes)
    if type(model) is not type(whole) or ours != theirs[:-1][: len(ours)]:
        raise ValueError(
            "The later stages must be of a model whose first stages are as this "
            f"{type(model).__name__}'s, of {_sizes(ours)} pixels. Received: '{source}', a "
            f"{type(whole).__name__} of {_sizes(theirs)} pixels."
        )
    encoders = [m.text_encoder.fingerprint() for m in (model, whole) if m.text_encoder is not None]
    if len(set(encoders)) > 1:
        raise ValueError(
            "Later stages understand the text encoder that they were trained with alone. Received: "
            f"'{source}', whose encoder is another one than the run's."
        )
    places = {name: pair for name, *pair in twins(whole)}
    for name, live, average in twins(model):
        if name not in places or places[name][0].shape != live.shape:
            raise ValueError(
                f"The later stages must fit the earlier ones. Received: '{source}', whose "
                f"generator has no '{name}' of shape {tuple(live.shape)}."
            )
        places[name][0].assign(live)
        places[name][1].assign(average)
    if model.conditional and model.embedding_mean is not None:
        whole.embedding_mean.assign(model.embedding_mean)
        whole.embedding_scale.assign(model.embedding_scale)
    return whole


def _sizes(sizes):
    return ", ".join(map(str, sizes))
