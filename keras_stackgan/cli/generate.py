"""`keras-stackgan generate`."""

import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import boxes, captions, drawn_files, model_source, quiet
from keras_stackgan.cli.command import Command


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    flags.DEFINE_multi_string(
        "caption", None, "Sentence to draw; may be given several times.", flag_values=values
    )
    flags.DEFINE_string(
        "captions", None, "Text file in UTF-8, a sentence to draw a line.", flag_values=values
    )
    flags.DEFINE_multi_integer(
        "label", None, "Class to draw, from 0, for a model of classes; may be given several times.",
        lower_bound=0, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "num_images", 1, "Pictures of each caption or class.", lower_bound=1, flag_values=values
    )
    flags.DEFINE_integer(
        "seed", 0, "Of the noise.", lower_bound=0, upper_bound=2**31 - 1, flag_values=values
    )
    flags.DEFINE_string(
        "stages", "last", "last, all, or a stage's number from 1.", flag_values=values
    )
    boxes.define(values)
    flags.DEFINE_bool(
        "grid", False, "Write one sheet of all pictures too, a row a caption or class.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "out", "pictures", "Folder to write to: PNG files, numbered on from those that are there, "
        f"and {drawn_files.MANIFEST}, which says what each was drawn of.",
        flag_values=values,
    )  # fmt: skip


def run(values, rest):
    """Draws and writes PNG files."""
    del rest
    model_source.check(values)
    stages = values.stages
    if stages not in ("last", "all"):
        if not (stages.isascii() and stages.isdigit()):
            raise ValueError(f"`--stages` must be last, all or a number. Received: {stages!r}.")
        stages = int(stages)
    given = boxes.get(values)
    if values.dry_run:
        names = (*model_source.FLAGS, "caption", "captions", "label", "num_images", "seed", "box")
        shown = {name: values[name].value for name in (*names, "grid", "out")}
        print(json.dumps({**shown, "stages": stages}, indent=2))
        return 0
    sentences, labels = _sentences(values), values.label
    quiet.load_tensorflow()
    model = model_source.load(values)
    _check_conditions(model, sentences, labels)
    from keras_stackgan.models import box_checks

    pictures = model.generate(
        captions=sentences or None,
        labels=labels,
        num_images=values.num_images,
        seed=values.seed,
        stages=stages,
        **box_checks.given(model, given),
    )
    conditions = [{"caption": sentence} for sentence in sentences]
    conditions += [{"label": label} for label in labels or ()]
    about = {"preset": values.preset} if values.preset else {"run_dir": values.run_dir}
    if given is not None:
        about["box"] = values.box
    written = drawn_files.write(
        pictures,
        conditions,
        values.num_images,
        Path(values.out).expanduser(),
        stages,
        {**about, "seed": values.seed},
        values.grid,
    )
    if len(written) == 1:
        print(f"Written: '{written[0]}'.")
    else:
        names = f"{written[0].name} to {written[-1].name}"
        print(f"{len(written)} files in '{values.out}': {names}.")
    return 0


def _sentences(values):
    if values.captions is None:
        return captions.check(values.caption or [])
    if values.caption:
        raise ValueError("Give --caption or --captions. Received both.")
    return captions.read(values.captions)


def _check_conditions(model, sentences, labels):
    if model.num_classes is None and labels is not None:
        raise ValueError("This model knows no classes. Leave --label out.")
    if model.num_classes is not None:
        if sentences:
            raise ValueError("This model draws classes. Give --label in place of --caption.")
        if not labels:
            raise ValueError(f"This model draws {model.num_classes} classes. Give --label.")
        return
    if model.embedding_dim is None and sentences:
        raise ValueError("This model draws without text. Leave --caption out.")
    if model.embedding_dim is not None and not sentences:
        raise ValueError('This model draws sentences. Give --caption "...".')
    if model.embedding_dim is not None and model.text_encoder is None:
        raise ValueError(
            "This model was trained on embeddings that came with the data set. Give "
            "--text_encoder, the directory of the encoder that made them."
        )


COMMAND = Command(
    "generate",
    "Draws pictures of sentences, by a run's model or a preset.",
    (
        'keras-stackgan generate --run_dir runs/flowers --caption "a red rose" --num_images 4',
        'keras-stackgan generate --run_dir runs/flowers --caption "a red rose" --stages all',
        'keras-stackgan generate --preset my_preset --caption "a red bird" --seed 7 --out birds',
        "keras-stackgan generate --preset my_preset --captions captions.txt --num_images 4 --grid",
        'keras-stackgan generate --run_dir runs/gawwn --caption "a red bird" --box 0.5,0.2,0.4,0.6',
    ),
    define,
    run,
)
