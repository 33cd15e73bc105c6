"""`keras-stackgan generate`."""

import json
import re
from pathlib import Path

from absl import flags

from keras_stackgan.cli import boxes, model_source, quiet
from keras_stackgan.cli.command import Command


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    flags.DEFINE_multi_string(
        "caption", None, "Sentence to draw; may be given several times.", flag_values=values
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
    flags.DEFINE_string("out", "pictures", "Folder to write to.", flag_values=values)


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
        names = (*model_source.FLAGS, "caption", "label", "num_images", "seed", "box", "out")
        print(json.dumps({**{n: values[n].value for n in names}, "stages": stages}, indent=2))
        return 0
    quiet.load_tensorflow()
    model = model_source.load(values)
    captions, labels = values.caption or [], values.label
    _check_conditions(model, captions, labels)
    from keras_stackgan.models import box_checks

    pictures = model.generate(
        captions=captions or None,
        labels=labels,
        num_images=values.num_images,
        seed=values.seed,
        stages=stages,
        **box_checks.given(model, given),
    )
    words = captions or [f"class {label}" for label in labels or ()]
    written = write(pictures, words, values.num_images, Path(values.out).expanduser(), stages)
    print(f"{len(written)} files in '{values.out}': {written[0].name} and so on.")
    return 0


def write(pictures, captions, num_images, folder, stages):
    """Writes pictures as PNG files, and for all stages a strip of each.

    Args:
        pictures: uint8 array `(n, size, size, 3)`, or a list of them, one a stage.
        captions: list of str, for the files' names; empty for models without text and classes.
        num_images: int. Pictures of each caption.
        folder: Path. Made if absent.
        stages: `"all"`, `"last"` or int, as in `generate`.

    Returns:
        The list of paths.
    """
    from keras_stackgan.callbacks.sample_grid import save_png, strip

    folder.mkdir(parents=True, exist_ok=True)
    by_stage = pictures if stages == "all" else [pictures]
    paths = []
    for number in range(len(by_stage[0])):
        words = captions[number // num_images] if captions else "picture"
        name = f"{number:03d}_{_slug(words)}"
        every = [stage[number] for stage in by_stage]
        for k, picture in enumerate(every):
            end = f"_stage{k + 1}_{len(picture)}" if len(every) > 1 else ""
            paths.append(folder / f"{name}{end}.png")
            save_png(picture, paths[-1])
        if len(every) > 1:
            paths.append(folder / f"{name}_stages.png")
            save_png(strip(every), paths[-1])
    return paths


def _slug(words):
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:40] or "picture"


def _check_conditions(model, captions, labels):
    if model.num_classes is None and labels is not None:
        raise ValueError("This model knows no classes. Leave --label out.")
    if model.num_classes is not None:
        if captions:
            raise ValueError("This model draws classes. Give --label in place of --caption.")
        if not labels:
            raise ValueError(f"This model draws {model.num_classes} classes. Give --label.")
        return
    if model.embedding_dim is None and captions:
        raise ValueError("This model draws without text. Leave --caption out.")
    if model.embedding_dim is not None and not captions:
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
        'keras-stackgan generate --run_dir runs/gawwn --caption "a red bird" --box 0.5,0.2,0.4,0.6',
    ),
    define,
    run,
)
