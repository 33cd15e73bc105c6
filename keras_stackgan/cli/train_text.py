"""`keras-stackgan train_text`."""

from pathlib import Path

import numpy as np
from absl import flags

from keras_stackgan.cli import data_source, quiet
from keras_stackgan.cli.command import Command, print_flags

BY = ("attributes", "pictures")


def define(values):
    """Defines the flags on a `FlagValues`."""
    data_source.define(values)
    flags.DEFINE_string("out", None, "Gets text_encoder/ and guide/.", flag_values=values)
    flags.DEFINE_enum(
        "by", "pictures", BY,
        "What teaches: the pictures of the captions, or known attributes (painted_birds).",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "text_encoder", None,
        "The directory of a trained encoder, or the name of a preset that ships: its encoder stays "
        "as it is, and a guide is made for it.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "image_size", 64, "Side of the pictures that are looked at.", lower_bound=16,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "guide_size", 32, "Side at which the guide of --by=attributes looks.", lower_bound=16,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "epochs", 10, "Passes over the pictures.", lower_bound=1, flag_values=values
    )
    flags.DEFINE_integer("seed", 0, "Of weights and orders.", lower_bound=0, flag_values=values)


def run(values, rest):
    """Trains encoder and guide."""
    del rest
    if values.dry_run:
        print_flags(values)
        return 0
    if values.data is None or values.out is None:
        raise ValueError("Give --data, the folder of the data set, and --out. See --help.")
    if values.by == "attributes" and values.source != "painted_birds":
        raise ValueError(
            "`--by=attributes` needs a data set whose attributes are known: --source="
            f"painted_birds. Received: --source={values.source}; use --by=pictures."
        )
    quiet.load_tensorflow()
    from keras_stackgan.data import sources
    from keras_stackgan.training import text_training

    out = Path(values.out).expanduser()
    text_training.check_new(out)
    split = data_source.split_of(values)
    records = sources.get(values.source).read(values.data, split, check_counts=False)
    encoder = None if values.text_encoder is None else _trained_encoder(values.text_encoder)
    if values.by == "attributes":
        _by_attributes(records, values, out, encoder)
    else:
        by_pictures(records, out, values.image_size, values.epochs, values.seed, encoder=encoder)
    print(
        f"Written: {out / text_training.ENCODER} and {out / text_training.GUIDE}. Train with "
        f"--text_encoder {out / text_training.ENCODER} --guide {out / text_training.GUIDE}."
    )
    return 0


def _by_attributes(records, values, out, encoder):
    from keras_stackgan.data.painted_birds import ATTRIBUTES, read_bird_attributes
    from keras_stackgan.training import text_training

    kept = {} if encoder is None else {"encoder": encoder, "text_epochs": 0}
    targets, mentioned = read_bird_attributes(values.data, records)
    text_training.train_text_on_attributes(
        pictures(records, values.image_size),
        [record.captions for record in records],
        targets,
        mentioned,
        {name: len(choices) for name, choices in ATTRIBUTES.items()},
        out,
        guide_size=values.guide_size,
        picture_epochs=values.epochs,
        seed=values.seed,
        **kept,
    )


def _trained_encoder(source):
    from keras_stackgan.presets import registry
    from keras_stackgan.text import TextEncoder
    from keras_stackgan.training.text_training import ENCODER

    if source in registry.builtin():
        return TextEncoder.load(Path(registry.find(source)) / ENCODER)
    return TextEncoder.load(Path(source).expanduser())


def by_pictures(records, out, image_size=64, epochs=None, seed=0, say=print, encoder=None):
    """Trains a text encoder and a matching model on captioned pictures, and writes both.

    Args:
        records: list of `Record`, with captions.
        out: path. Gets `text_encoder/` and `guide/`.
        image_size: int. Side of the pictures that are looked at.
        epochs: int or `None`. Passes over the pictures; by default about 1,500 batches, and 10 to
            30 passes.
        seed: int. Of weights and orders.
        say: function of a str, for what is to be told.
        encoder: a trained text encoder, which stays as it is, or `None` for a new
            `HashedNgramEncoder`, which learns too.
    """
    import keras

    from keras_stackgan.data import matching_dataset
    from keras_stackgan.text import HashedNgramEncoder, MatchingModel
    from keras_stackgan.training import guides, text_training

    keras.utils.set_random_seed(seed)
    if encoder is None:
        encoder = HashedNgramEncoder(seed=seed)
    else:
        encoder.network.trainable = False
    model = MatchingModel(encoder, image_size=image_size)
    batch_size = min(64, len(records))
    steps = max(1, len(records) // batch_size)
    epochs = epochs or min(30, max(10, 1500 // steps))
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, epochs * steps, alpha=0.01)
    model.compile(keras.optimizers.Adam(schedule))
    dataset = matching_dataset(
        records,
        encoder,
        image_size=image_size,
        batch_size=batch_size,
        seed=seed,
        num_hard=_num_hard(records, say),
        use_boxes=False,
    )
    model.fit(dataset, steps_per_epoch=steps, epochs=epochs, shuffle=False, verbose=2)
    guide = out / text_training.GUIDE
    guide.mkdir(parents=True, exist_ok=True)
    model.save(guide / guides.MATCHING_MODEL)
    # Last: its folder tells that all is there.
    encoder.save(out / text_training.ENCODER)


def _num_hard(records, say):
    """2, or 0 where the captions have none of the words that wrong captions are made by."""
    from keras_stackgan.data import HardNegatives

    try:
        HardNegatives(caption for record in records for caption in record.captions)
    except ValueError:
        say(
            "The captions have no two English words of one kind (colors, sizes, parts) that could "
            "be exchanged: pictures are told from the other captions alone."
        )
        return 0
    return 2


def pictures(records, size):
    """All pictures of some records, whole, brought to one size: uint8 `(n, size, size, 3)`."""
    from PIL import Image

    from keras_stackgan.data.decoding import decode

    images = np.empty((len(records), size, size, 3), np.uint8)
    for row, record in enumerate(records):
        picture = decode(record.read(), record.path)
        if picture.size != (size, size):
            picture = picture.resize((size, size), Image.Resampling.BOX)
        images[row] = np.asarray(picture)
    return images


COMMAND = Command(
    "train_text",
    "Trains a text encoder, and a guide for the generator, on a data set's own captions.",
    (
        "keras-stackgan train_text --data my_flowers --out runs/text",
        "keras-stackgan train_text --data birds --source painted_birds --by attributes "
        "--out runs/text",
        "keras-stackgan train_text --data birds --source painted_birds --by attributes "
        "--text_encoder stackgan_v2_painted_birds_256 --out runs/guide",
        "keras-stackgan train_text --data my_flowers --text_encoder stackgan_v2_flowers_128 "
        "--out runs/guide",
    ),
    define,
    run,
)
