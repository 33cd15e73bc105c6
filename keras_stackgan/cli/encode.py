"""`keras-stackgan encode`."""

import json
import time

from absl import flags

from keras_stackgan.cli import quiet, text_encoders
from keras_stackgan.cli.command import Command


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string("data", None, "Folder of the data set.", flag_values=values)
    flags.DEFINE_string(
        "source", "folder", "The data set's kind, as `prepare --help` lists them.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "split", None, "train, test or all; by default all of a folder, else train.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string("text_encoder", "minilm", text_encoders.HELP, flag_values=values)
    flags.DEFINE_string(
        "cache_dir", None, "Where they are kept; by default beside the data.", flag_values=values
    )
    flags.DEFINE_integer("seed", 0, "Of an untrained encoder.", lower_bound=0, flag_values=values)


def run(values, rest):
    """Encodes all captions, or finds them encoded."""
    del rest
    if values.dry_run:
        names = [name for name in values if name not in ("dry_run", "debug")]
        print(json.dumps({n: values[n].value for n in names}, indent=2))
        return 0
    if values.data is None:
        raise ValueError("Give --data, the folder of the data set. See --help.")
    quiet.load_tensorflow()
    from keras_stackgan.data import embed_captions, sources

    split = values.split or ("all" if values.source == "folder" else "train")
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
    "Computes the embeddings of all captions once and keeps them on disk. `train` does it too.",
    (
        "keras-stackgan encode --data my_flowers",
        "keras-stackgan encode --data my_flowers --text_encoder hashed_ngrams",
        "keras-stackgan encode --data my_flowers --text_encoder my_encoder_folder",
    ),
    define,
    run,
)
