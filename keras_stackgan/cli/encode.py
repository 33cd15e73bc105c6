"""`keras-stackgan encode`."""

import time

from absl import flags

from keras_stackgan.cli import data_source, quiet, text_encoders
from keras_stackgan.cli.command import Command, print_flags


def define(values):
    """Defines the flags on a `FlagValues`."""
    data_source.define(values)
    flags.DEFINE_string("text_encoder", "minilm", text_encoders.HELP, flag_values=values)
    flags.DEFINE_string(
        "cache_dir", None, "Where they are kept; by default beside the data.", flag_values=values
    )
    flags.DEFINE_integer("seed", 0, "Of an untrained encoder.", lower_bound=0, flag_values=values)


def run(values, rest):
    """Encodes all captions, or finds them encoded."""
    del rest
    if values.dry_run:
        print_flags(values)
        return 0
    if values.data is None:
        raise ValueError("Give --data, the folder of the data set. See --help.")
    quiet.load_tensorflow()
    from keras_stackgan.data import embed_captions, sources

    split = data_source.split_of(values)
    records = sources.get(values.source).read(values.data, split, check_counts=False)
    encoder = text_encoders.get(values.text_encoder, values.seed)
    began = time.monotonic()
    embeddings = embed_captions(records, encoder, values.cache_dir)
    print(
        f"{len(embeddings.array):,} captions of {len(records):,} pictures, {embeddings.dim} "
        f"numbers each, in {time.monotonic() - began:.1f} s. `train` finds them with "
        f"--text_encoder {values.text_encoder}."
    )
    return 0


COMMAND = Command(
    "encode",
    "Computes the embeddings of all captions once and keeps them beside the data, where `train` "
    "with the same --text_encoder finds them (not in another --cache_dir).",
    (
        "keras-stackgan encode --data my_flowers --text_encoder runs/text/text_encoder",
        "keras-stackgan encode --data my_flowers --text_encoder minilm",
    ),
    define,
    run,
)
