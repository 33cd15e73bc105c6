"""`keras-stackgan evaluate`."""

import sys

from absl import flags

from keras_stackgan.cli import (
    data_source,
    evaluation_data,
    evaluation_parts,
    model_source,
    quiet,
)
from keras_stackgan.cli.command import Command, print_flags

UNSEEN = (
    "Figures of pictures that were trained on say little of others: train with --split train, and "
    "measure --split test."
)


def define(values):
    """Defines the flags on a `FlagValues`."""

    def integer(name, default, help_text, lowest=1):
        flags.DEFINE_integer(name, default, help_text, lower_bound=lowest, flag_values=values)

    def string(name, default, help_text):
        flags.DEFINE_string(name, default, help_text, flag_values=values)

    model_source.define(values)
    data_source.define(
        values, "test", "train, test or all; the report counts pictures that were trained on."
    )
    evaluation_parts.define(values)
    integer(
        "num_pictures",
        None,
        "Pictures to draw; by default one for each picture in half of the data, whose other half "
        "is the reference.",
        lowest=20,
    )
    integer("keep", 5000, "Pictures for the measures that compare every two.", lowest=20)
    integer("batch_size", 16, "Pictures drawn at a time.")
    integer("seed", 0, "Of halves, captions, noise and intervals.", lowest=0)
    flags.DEFINE_bool(
        "map", True, "Write a t-SNE map of the pictures (needs scikit-learn).", flag_values=values
    )
    string(
        "training_split",
        None,
        "Split whose nearest pictures are shown beside generated ones, such as train.",
    )
    string("out", "evaluation", "Folder to write to.")
    string("cache_dir", None, "Where features of real pictures are kept; by default in --out.")


def run(values, rest):
    """Measures and writes the report."""
    del rest
    model_source.check(values)
    evaluation_parts.check(values)
    if values.dry_run:
        print_flags(values)
        return 0
    if values.data is None:
        raise ValueError("Give --data, the folder of the data set. See --help.")
    evaluation_parts.check_judges(values)
    quiet.load_tensorflow()
    from keras_stackgan.evaluation import evaluate_model

    model = model_source.load(values)
    settings, trained = evaluation_data.run_data(values)
    pictures, attributes = evaluation_data.evaluation_set(values, model, settings, trained)
    seen = evaluation_data.seen(values, pictures.records, trained)
    for count, sentence in seen.values():
        if count != 0:
            print(f"Note: {sentence}. {UNSEEN}", file=sys.stderr)
    evaluator = evaluation_parts.evaluator(values, attributes)
    report = evaluate_model(
        model,
        pictures,
        evaluator,
        distances=evaluation_parts.distances(values),
        about={**_about(values), **{name: said for name, (_, said) in seen.items()}},
        draw_batch_size=values.batch_size,
    )
    print(report.table())
    written = report.write(values.out) + _figures(values, evaluator, pictures)
    print(f"Written to '{values.out}': {', '.join(path.name for path in written)}.")
    return 0


def _figures(values, evaluator, pictures):
    from keras_stackgan.evaluation import write_map, write_neighbors, write_samples

    paths = [write_samples(values.out, evaluator)]
    if not evaluator.extractors:
        return paths
    if values.map:
        try:
            paths.append(write_map(values.out, evaluator, seed=values.seed))
        except (ImportError, ValueError) as error:
            print(f"No map. {error}")
    if values.training_split is not None:
        records = evaluation_data.read(values, values.training_split)
        use_boxes = not pictures.boxes
        paths.append(
            write_neighbors(
                values.out, evaluator, records, pictures.image_size, use_boxes=use_boxes
            )
        )
    return paths


def _about(values):
    from keras_stackgan.version import __version__

    return {
        "model": values.preset or values.run_dir,
        "data": f"{values.source}, {values.split}",
        "seed": values.seed,
        "keras_stackgan": __version__,
    }


COMMAND = Command(
    "evaluate",
    "Measures a run's model or a preset on held-out captions, with real pictures as the bound.",
    (
        "keras-stackgan evaluate --preset my_preset --data birds --source painted_birds "
        "--judges runs/judges",
        "keras-stackgan evaluate --run_dir runs/birds --data birds --source painted_birds "
        "--judges runs/judges --pair runs/text/guide --training_split train",
        "keras-stackgan evaluate --preset my_preset --data CUB --source cub "
        "--extractors fid_inception,fid_inception_at_64 --lpips alexnet",
    ),
    define,
    run,
)
