"""`keras-stackgan export`."""

import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import model_source, quiet
from keras_stackgan.cli.command import Command

FORMATS = ("saved_model", "onnx", "litert")


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    flags.DEFINE_enum("format", "saved_model", FORMATS, "What to write.", flag_values=values)
    flags.DEFINE_string(
        "out", None, "Directory of the SavedModel, or file of the others.", flag_values=values
    )
    flags.DEFINE_integer(
        "batch_size", None, "litert: a fixed number of pictures at a time; free if not given.",
        lower_bound=1, flag_values=values,
    )  # fmt: skip


def run(values, rest):
    """Writes the export."""
    del rest
    model_source.check(values)
    if values.out is None:
        raise ValueError("Give --out, what to write. See --help.")
    if values.batch_size is not None and values.format != "litert":
        raise ValueError(f"`--batch_size` is litert's. Received: --format {values.format}.")
    if values.dry_run:
        names = (*model_source.FLAGS, "format", "out", "batch_size")
        print(json.dumps({name: values[name].value for name in names}, indent=2))
        return 0
    quiet.load_tensorflow()
    from keras_stackgan import export

    model, out = model_source.load(values), Path(values.out).expanduser()
    if values.format == "saved_model":
        export.export_saved_model(model, out)
    elif values.format == "onnx":
        export.export_onnx(model, out)
    else:
        export.export_litert(model, out, batch_size=values.batch_size)
    files = [path for path in out.rglob("*") if path.is_file()] if out.is_dir() else [out]
    print(f"'{out}', {sum(path.stat().st_size for path in files) / 1e6:.1f} MB.")
    if values.format == "saved_model" and model.embedding_dim is not None:
        takes = "sentences" if hasattr(model.text_encoder, "graph_encode") else "embeddings"
        print(f"It takes {takes} and a seed: tf.saved_model.load({str(out)!r}).generate")
    return 0


COMMAND = Command(
    "export",
    "Writes a run's model or a preset for other programs: a SavedModel that takes sentences and "
    "needs nothing but TensorFlow, or the generator as an ONNX or LiteRT file.",
    (
        "keras-stackgan export --run_dir runs/flowers --out flowers_saved_model",
        "keras-stackgan export --preset my_preset --format onnx --out birds.onnx",
        "keras-stackgan export --preset my_preset --format litert --out birds.tflite",
    ),
    define,
    run,
)
