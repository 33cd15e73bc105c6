"""`keras-stackgan train_classifier`."""

from pathlib import Path

from absl import flags

from keras_stackgan.cli import data_source, evaluation_parts, quiet
from keras_stackgan.cli.command import Command, print_flags


def define(values):
    """Defines the flags on a `FlagValues`."""
    data_source.define(values)
    flags.DEFINE_string("out", None, "Folder to write the judges to.", flag_values=values)
    flags.DEFINE_list(
        "architectures", ["plain", "separable"],
        "One judge each. Two that look differently keep each other honest.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "image_size", 64, "Side at which they look, a multiple of 16.", lower_bound=16,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer("width", 32, "Channels of the first layer.", lower_bound=1,
                         flag_values=values)  # fmt: skip
    flags.DEFINE_integer(
        "epochs", 10, "Passes over the pictures.", lower_bound=1, flag_values=values
    )
    flags.DEFINE_integer("seed", 0, "Of weights and orders.", lower_bound=0, flag_values=values)


def run(values, rest):
    """Trains the judges."""
    del rest
    if values.dry_run:
        print_flags(values)
        return 0
    if values.data is None or values.out is None:
        raise ValueError("Give --data, the folder of the data set, and --out. See --help.")
    if Path(values.out).expanduser().exists():
        raise FileExistsError(f"'{values.out}' must not exist yet. Give another --out.")
    quiet.load_tensorflow()
    from keras_stackgan.data import sources
    from keras_stackgan.evaluation import train_judges

    split = data_source.split_of(values)
    # Captions have no part in this.
    options = {"uncaptioned": "keep"} if values.source == "folder" else {}
    records = sources.get(values.source).read(values.data, split, check_counts=False, **options)
    attributes, names = evaluation_parts.known_attributes(values.source, values.data, records)
    print(f"{len(records):,} pictures of '{values.data}'.")
    train_judges(
        records,
        values.out,
        None if attributes is None else attributes[0],
        names,
        architectures=values.architectures,
        image_size=values.image_size,
        width=values.width,
        epochs=values.epochs,
        seed=values.seed,
    )
    print(f"Written: {values.out}. Measure a model with: evaluate --judges {values.out} ...")
    return 0


COMMAND = Command(
    "train_classifier",
    "Trains judges of generated pictures: classifiers of a data set's labels and attributes.",
    (
        "keras-stackgan train_classifier --data birds --source painted_birds --out runs/judges",
        "keras-stackgan train_classifier --data my_flowers --out runs/judges --epochs 20",
    ),
    define,
    run,
)
