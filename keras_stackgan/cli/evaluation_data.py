"""The pictures that `evaluate` measures, and which of them were trained on."""

from pathlib import Path

from keras_stackgan.cli import evaluation_parts


def read(values, split, boxes=False):
    """Returns the records of a split of the data that flags name."""
    from keras_stackgan.data import sources

    # Painted birds come without boxes unless asked for; other data have those that they have.
    options = {"boxes": True} if boxes and values.source == "painted_birds" else {}
    return sources.get(values.source).read(values.data, split, check_counts=False, **options)


def run_data(values):
    """Returns what the run in `--run_dir` was trained on: its settings and its records.

    Args:
        values: parsed `FlagValues`.

    Returns:
        `(settings, records)`: both None of a preset, the records None where the run's data are no
        longer there.
    """
    if values.run_dir is None:
        return None, None
    from keras_stackgan.data import sources
    from keras_stackgan.training import RunFolder

    settings = RunFolder(values.run_dir).read_config()["data"]
    folder = settings.get("folder")
    if (folder is None or not Path(folder).is_dir()) and settings["source"] == values.source:
        # Data move: what is measured is then taken for the same data set.
        folder = values.data
    try:
        records = sources.get(settings["source"]).read(
            folder,
            settings["split"],
            check_counts=False,
            strict=False,
            **settings.get("options", {}),
        )
    except (OSError, TypeError, ValueError):
        return settings, None
    return settings, records


def evaluation_set(values, model, settings, trained):
    """Returns the `EvaluationSet` that flags describe, and the names of known attributes.

    Args:
        values: parsed `FlagValues`.
        model: the model that draws.
        settings: dict or None. See `run_data`.
        trained: list of `Record` or None. See `run_data`.

    Raises:
        ValueError: the model draws another number of classes than the data have.
    """
    from keras_stackgan.evaluation import EvaluationSet

    records = read(values, values.split, boxes=model.takes_boxes)
    known, names = evaluation_parts.known_attributes(values.source, values.data, records)
    pictures = EvaluationSet(
        records,
        model.output_sizes[-1],
        values.num_pictures,
        attributes=known,
        class_names=_class_names(values, model, settings, trained),
        boxes=model.takes_boxes,
        seed=values.seed,
    )
    return pictures, list(names or ())


def seen(values, records, trained):
    """Returns what the report says of pictures that model and judges were trained on.

    Args:
        values: parsed `FlagValues`.
        records: list of `Record`. Those that are measured.
        trained: list of `Record` or None. See `run_data`.

    Returns:
        A dict from `"trained_on"` and `"judges_trained_on"`, each where it applies, to `(count,
        sentence)`; the count is None where it is not known.
    """
    from keras_stackgan.evaluation import count_seen, judges_trained_on

    known = {}
    if values.run_dir is not None:
        known["trained_on"] = trained
    if values.judges is not None:
        known["judges_trained_on"] = judges_trained_on(values.judges)
    found = {}
    for name, pictures in known.items():
        whose = "by the judges" if name.startswith("judges") else "by the model"
        count = None if pictures is None else count_seen(records, pictures)
        said = "it is not known how many" if count is None else f"{count:,}"
        found[name] = (
            count,
            f"{said} of {len(records):,} pictures measured were trained on {whose}",
        )
    return found


def _class_names(values, model, settings, trained):
    """The labels in the order of the model's numbers: their places among what it was trained on."""
    if getattr(model, "num_classes", None) is None:
        return None
    from keras_stackgan.data import class_names

    names = None if settings is None else settings.get("batches", {}).get("class_names")
    if names is not None:
        candidates = [list(names)]
    elif trained is not None:
        candidates = [class_names([record for record in trained if record.label is not None])]
    else:
        # A preset does not say which split it was trained on.
        candidates = [class_names(read(values, split)) for split in ("all", "train")]
    for names in candidates:
        if len(names) == model.num_classes:
            return names
    raise ValueError(
        "The data must have as many labels as the model draws classes, or its numbers are of "
        f"others. Received: {model.num_classes} classes, "
        f"{' or '.join(str(len(names)) for names in candidates)} labels. Give the --data and "
        "--source that the model was trained on."
    )
