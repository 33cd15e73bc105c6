"""`keras-stackgan prepare`."""

import json
import shlex
from pathlib import Path

from absl import flags

from keras_stackgan.cli import data_source, quiet
from keras_stackgan.cli.close_names import did_you_mean
from keras_stackgan.cli.command import Command, given

PAINTED = {
    "toy_flowers": "painted flowers, small and quick",
    "painted_birds": "painted birds with ten captions each (needs skia-python)",
}
READ = {
    "cub": "birds, CUB-200-2011",
    "flowers": "flowers, Oxford-102",
    "coco": "COCO captions of 2014",
    "lsun_bedroom": "bedrooms of LSUN",
    "lsun_church": "churches of LSUN",
    "imagenet_dog": "ImageNet's dogs",
    "imagenet_cat": "ImageNet's cats",
    "tf_flowers": "TensorFlow's flower photographs",
    "class_folder": "your pictures, one folder a class",
    "folder": "your pictures and captions.jsonl or captions.csv",
}
FROM_TFDS = {"tfds": "a data set of TensorFlow Datasets (--builder)"}
KINDS = {**PAINTED, **READ, **FROM_TFDS}

# The flags that each kind knows; of kinds that are not here, those of `READ`.
FLAGS_OF_READ = ("data", "out", "split", "check_counts")
FLAGS = {
    "toy_flowers": ("out", "count", "size", "seed"),
    "painted_birds": ("out", "split", "count", "size", "hybrids", "seed", "workers"),
    "class_folder": (*FLAGS_OF_READ, "caption_template"),
    "tf_flowers": (*FLAGS_OF_READ, "caption_template"),
    "tfds": ("builder", "out", "split", "download"),
}


def define(values):
    """Defines the flags on a `FlagValues`."""
    flags.DEFINE_string(
        "data", None, "Folder of the data set's own files, to be checked.", flag_values=values
    )
    flags.DEFINE_string(
        "out", None, "Folder to write: pictures and captions.jsonl.", flag_values=values
    )
    flags.DEFINE_string("split", None, "train, test or all; by default each.", flag_values=values)
    flags.DEFINE_bool(
        "check_counts", True, "Refuse another number of pictures than published.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "caption_template", None, "For class folders, such as 'a photo of a {label}'.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer("count", None, "Pictures to paint.", lower_bound=1, flag_values=values)
    flags.DEFINE_integer(
        "size", None, "Side of painted pictures in pixels.", lower_bound=8, flag_values=values
    )
    flags.DEFINE_float(
        "hybrids", None, "Share of painted training birds that mix species.", 0.0, 1.0,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer("seed", 0, "Of what is painted.", lower_bound=0, flag_values=values)
    flags.DEFINE_integer(
        "workers", None, "Processes that paint; by default one a core.", lower_bound=1,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string("builder", None, "For tfds: the data set's name.", flag_values=values)
    flags.DEFINE_bool(
        "download", False, "For tfds: let it download what is absent.", flag_values=values
    )


def run(values, rest):
    """Paints, checks or converts."""
    if not rest or rest[0] not in KINDS:
        received = f" Received: {rest[0]!r}.{did_you_mean(rest[0], KINDS)}" if rest else ""
        raise ValueError(
            f"`prepare` needs what to prepare: {', '.join(KINDS)}.{received} See --help."
        )
    kind = rest[0]
    known = FLAGS.get(kind, FLAGS_OF_READ)
    foreign = [name for name in given(values) if name not in (*known, "dry_run", "debug")]
    if foreign:
        raise ValueError(
            f"`prepare {kind}` takes no --{foreign[0]}. Leave it out; there are "
            f"{', '.join(f'--{name}' for name in known)}."
        )
    if values.dry_run:
        names = [name for name in values if name not in ("dry_run", "debug")]
        print(json.dumps({"prepare": kind, **{n: values[n].value for n in names}}, indent=2))
        return 0
    if kind in PAINTED:
        return _paint(kind, values)
    if kind == "tfds":
        return _from_tfds(values)
    return _check_or_convert(kind, values)


def _out(values):
    if values.out is None:
        raise ValueError("Give --out, the folder to write.")
    return Path(values.out).expanduser()


def _paint(kind, values):
    out = _out(values)
    quiet.load_tensorflow()
    if kind == "toy_flowers":
        from keras_stackgan.data import write_toy_flowers

        records = write_toy_flowers(
            out, count=values.count or 500, size=values.size or 64, seed=values.seed
        )
        _tell(records, out, "folder")
        return 0
    from keras_stackgan.data.painted_birds import write_painted_birds

    asked = {name: values[name].value for name in ("count", "size", "workers", "split", "hybrids")}
    asked = {name: value for name, value in asked.items() if value is not None}
    _tell(write_painted_birds(out, seed=values.seed, **asked), out, "painted_birds")
    return 0


def _check_or_convert(kind, values):
    quiet.load_tensorflow()
    from keras_stackgan.data import sources, write_folder

    source = sources.get(kind)
    if values.data is None:
        print(source.how_to_get())
        raise ValueError("Give --data, the folder of these files. Nothing is downloaded here.")
    options = {}
    if values.caption_template is not None:
        options["caption_template"] = values.caption_template
    out = None if values.out is None else Path(values.out).expanduser()
    splits = ["all"] if kind in data_source.WHOLE else ["train", "test"]
    splits = [values.split] if values.split else splits
    for split in splits:
        try:
            records = source.read(values.data, split, check_counts=values.check_counts, **options)
        except FileNotFoundError:
            print(source.how_to_get())
            raise
        target = out / split if out is not None and len(splits) > 1 else out
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_folder(records, target)
            _tell(records, target, "folder", split)
        else:
            _tell(records, values.data, kind, split, _settings(values))
    return 0


def _from_tfds(values):
    quiet.load_tensorflow()
    from keras_stackgan.data import read_tfds

    if values.builder is None:
        raise ValueError("Give --builder, the name of a data set of TensorFlow Datasets.")
    builder = values.builder
    if values.download:
        import tensorflow_datasets as tfds

        builder = tfds.builder(builder)
        builder.download_and_prepare()
    records = read_tfds(builder, values.split or "train", _out(values))
    _tell(records, values.out, "folder")
    return 0


def _settings(values):
    """The flags by which `train` reads the same as was read here."""
    settings = [] if values.check_counts else ["--nocheck_counts"]
    if values.caption_template is not None:
        template = json.dumps(values.caption_template, ensure_ascii=False)
        settings += ["--set", f"data.options.caption_template={template}"]
    return settings


def _tell(records, folder, source, split=None, settings=()):
    captions = sum(len(record.captions) for record in records)
    classes = len({record.label for record in records} - {None})
    which = f"Split {split}: " if split else ""
    print(f"{which}{len(records):,} pictures, {captions:,} captions, {classes:,} classes.")
    data = ["--data", str(folder), *(() if source == "folder" else ("--source", source))]
    run = ["--run_dir", f"runs/{Path(folder).resolve().name}"]
    for words in (["audit", *data], ["train", *data, *settings, *run]):
        print(f"  keras-stackgan {shlex.join(words)}")


COMMAND = Command(
    "prepare",
    "Paints a data set, checks one where it lies, or converts it to the folder form. "
    "Nothing is downloaded unless asked for.\n\nKinds:\n"
    + "\n".join(f"  {name}: {what}" for name, what in KINDS.items()),
    (
        "keras-stackgan prepare toy_flowers --out flowers --count 500 --size 64",
        "keras-stackgan prepare painted_birds --out birds --count 2000 --size 256",
        "keras-stackgan prepare cub                        # says how to get the files",
        "keras-stackgan prepare cub --data CUB             # checks them where they lie",
        "keras-stackgan prepare cub --data CUB --out birds # writes birds/train and birds/test",
        "keras-stackgan prepare class_folder --data pets --out pets_captioned \\",
        "    --caption_template 'a photo of a {label}'",
    ),
    define,
    run,
    arguments="KIND",
    most_arguments=1,
)
