"""A model measured on a data set: the real pictures as the bound, then its own."""

from keras_stackgan.data.progress import progress_bar
from keras_stackgan.evaluation.diversity_scores import diversity_scores
from keras_stackgan.evaluation.report import Report

REAL, GENERATED = "real", "generated"


def evaluate_model(
    model,
    pictures,
    evaluator,
    *,
    distances=None,
    bound=True,
    about=None,
    bar=True,
    draw_batch_size=16,
):
    """Measures a model on an evaluation set.

    Args:
        model: `AdversarialModel`, with a text encoder if it draws captions.
        pictures: `EvaluationSet` of the model's picture size.
        evaluator: `Evaluator`. Its reference is set if it has none, and again if it was set from
            other pictures by their key.
        distances: dict or None. As `diversity_scores` takes it; None: no diversity.
        bound: bool. Whether the real pictures of the compared half are measured, too.
        about: dict or None. What the report says of model and data.
        bar: bool. Whether progress is shown.
        draw_batch_size: int. Pictures that the model draws at a time.

    Returns:
        A `Report`.

    Raises:
        ValueError: the model draws captions or labels, or into boxes, and the set has none.

    Example:

    ```python
    pictures = EvaluationSet(records, model.output_sizes[-1])
    report = evaluate_model(model, pictures, Evaluator([extractor]))
    ```
    """
    draw = drawer(model, pictures, draw_batch_size)
    key = pictures.key()
    # One that was set without a key is the caller's own choice.
    if not evaluator.reference or evaluator.reference_key not in (None, key):
        batches = _watched(pictures.reference_batches(), len(pictures.reference), bar)
        evaluator.set_reference(batches, key)
    generated = _watched(pictures.generated_batches(draw), pictures.num_pictures, bar)
    scores = evaluator.evaluate(GENERATED, generated, pictures.num_pictures)
    if bound:
        real = _watched(pictures.real_batches(), len(pictures.compared), bar)
        scores += evaluator.evaluate(REAL, real, len(pictures.compared))
    if distances:
        scores += diversity_scores(pictures, draw, distances, real=bound)
    return Report(scores, about)


def drawer(model, pictures, batch_size=16):
    """Returns the function that `EvaluationSet.generated_batches` takes, of a model.

    Args:
        model: `AdversarialModel`.
        pictures: `EvaluationSet`: what is to be drawn must be known of it.
        batch_size: int. Pictures drawn at a time.

    Raises:
        ValueError: the set has no captions, labels or boxes where the model draws them.
    """
    by_labels = getattr(model, "num_classes", None) is not None
    by_captions = not by_labels and model.embedding_dim is not None
    if by_captions and not pictures.captioned:
        raise ValueError("The model draws captions, and pictures of this data set have none.")
    if by_captions and model.text_encoder is None:
        raise ValueError(
            "The model was trained on embeddings that came with the data set. Give it the text "
            "encoder that made them (--text_encoder)."
        )
    if by_labels and pictures.class_names is None:
        raise ValueError("The model draws labels, and pictures of this data set have none.")

    if pictures.boxes != getattr(model, "takes_boxes", False):
        raise ValueError(
            "`pictures` must have boxes if the model takes them, and else none. Received: "
            f"boxes={pictures.boxes} for a {type(model).__name__}; make the `EvaluationSet` with "
            f"boxes={not pictures.boxes}."
        )

    def draw(count, seed, captions=None, labels=None, **boxes):
        if by_labels:
            return model.generate(labels=labels, seed=seed, batch_size=batch_size)
        if by_captions:
            return model.generate(captions=captions, seed=seed, batch_size=batch_size, **boxes)
        return model.generate(num_images=count, seed=seed, batch_size=batch_size)

    return draw


def _watched(batches, count, bar):
    if not bar:
        yield from batches
        return
    shown, done = progress_bar(count, "picture"), 0
    for batch in batches:
        yield batch
        done += len(batch["pictures"])
        shown.update(done)
