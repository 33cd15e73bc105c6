"""`keras-stackgan rank`."""

import functools
import json
from pathlib import Path

from absl import flags

from keras_stackgan.cli import boxes, captions, model_source, quiet, serving
from keras_stackgan.cli.close_names import did_you_mean
from keras_stackgan.cli.command import Command, given

PORT = 7861
KINDS = ("preset", "run_dir", "folder")
STEPS = {
    "prepare": (*KINDS, "sha256", "captions", "box", "seed", "out"),
    "serve": ("study", *serving.FLAGS),
    "report": ("study", "level", "seed", "out"),
}


def define(values):
    """Defines the flags on a `FlagValues`."""
    for kind, what in zip(
        KINDS,
        (model_source.PRESET_HELP.rstrip("."), "Folder of a run", "Folder of pictures"),
        strict=True,
    ):
        flags.DEFINE_multi_string(
            kind, None, f"prepare: {what}, or NAME=... for a name of its own in the report. May be "
            "given several times.",
            flag_values=values,
        )  # fmt: skip
    flags.DEFINE_multi_string(
        "sha256", None, f"prepare: of a preset, NAME=... with its name: {model_source.SHA256_HELP}",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string(
        "captions", None,
        "prepare: text file, a sentence a line. In folders the first picture by name belongs to "
        "the first line.",
        flag_values=values,
    )  # fmt: skip
    boxes.define(values)
    flags.DEFINE_string(
        "out", None, "prepare: folder of the study to write. report: where to write it; by default "
        "into the study.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_string("study", None, "serve, report: folder of the study.", flag_values=values)
    flags.DEFINE_float(
        "level", 0.95, "report: of the intervals.", lower_bound=0.5, upper_bound=0.999,
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "seed", 0, "Of the noise and the intervals.", lower_bound=0, upper_bound=2**30,
        flag_values=values,
    )  # fmt: skip
    serving.define(values, PORT)


def run(values, rest):
    """Prepares a study, serves it, or reports on it."""
    step = rest[0] if rest else None
    if step not in STEPS:
        received = "" if step is None else f" Received: {step!r}.{did_you_mean(step, STEPS)}"
        raise ValueError(f"`rank` needs what to do: {', '.join(STEPS)}.{received} See --help.")
    allowed = (*STEPS[step], "dry_run", "debug")
    odd = [name for name in given(values) if name not in allowed]
    if odd:
        raise ValueError(f"`rank {step}` takes no --{odd[0]}. See rank {step} --help.")
    if values.dry_run:
        print(json.dumps({"rank": step, **{n: values[n].value for n in STEPS[step]}}, indent=2))
        return 0
    return {"prepare": _prepare, "serve": _serve, "report": _report}[step](values)


def named_sources(values):
    """Returns a dict from the models' names to kind and value, in the order of the kinds."""
    found = {}
    for kind in KINDS:
        for text in values[kind].value or ():
            name, equals, value = text.partition("=")
            if not equals:
                name, value = Path(text).name, text
            if name in found or not name or not value:
                raise ValueError(
                    f"Each model needs a name of its own. Received: --{kind} {text!r}. Give it "
                    f"one: --{kind} NAME={value or text}."
                )
            found[name] = (kind, value)
    return found


def checksums(values, found):
    """Returns a dict from the names of presets to the checksums that `--sha256` gives them."""
    given_to = {}
    for text in values.sha256 or ():
        name, _, checksum = text.rpartition("=")
        if found.get(name, (None,))[0] != "preset" or name in given_to:
            raise ValueError(
                "`--sha256` must be NAME=... with the name of one of the presets, once each. "
                f"Received: --sha256 {text!r}."
            )
        given_to[name] = checksum
    return given_to


def _prepare(values):
    if values.captions is None or values.out is None:
        raise ValueError("Give --captions and --out. See --help.")
    found = named_sources(values)
    if len(found) < 2:
        raise ValueError("Give two models at least: --preset, --run_dir or --folder. See --help.")
    known, places = checksums(values, found), boxes.get(values)
    sentences = captions.read(values.captions)
    quiet.load_tensorflow()
    from keras_stackgan.pages import prepare_study

    sources = {
        name: Path(value)
        if kind == "folder"
        else functools.partial(_load, name, kind, value, known.get(name))
        for name, (kind, value) in found.items()
    }
    study = prepare_study(sources, sentences, values.out, values.seed, places)
    print(f"'{study}': {len(sentences):,} captions, {len(sources)} models.")
    print(f"Let people rank: keras-stackgan rank serve --study {study}")
    return 0


def _load(name, kind, value, sha256):
    print(f"{name} draws.", flush=True)
    if kind == "preset":
        from keras_stackgan import presets

        return presets.from_preset(value, sha256=sha256)
    from keras_stackgan.training import RunFolder

    return RunFolder(value).load_model()


def _study(values):
    from keras_stackgan.pages import RankStudy

    if values.study is None:
        raise ValueError("Give --study, the folder that `rank prepare` wrote. See --help.")
    return RankStudy(values.study)


def _serve(values):
    from keras_stackgan.pages import RankPage

    study = _study(values)
    print(f"{len(study.captions):,} captions, {len(study.models)} models. Votes: '{study.votes}'.")
    return serving.serve(serving.open_server(RankPage(study), values), "Rank pictures at")


def _report(values):
    from keras_stackgan.pages import RankReport

    study = _study(values)
    quiet.load_tensorflow()
    report = RankReport(study, values.level, values.seed)
    print(report.table())
    written = report.write(values.out or study.directory)
    print(f"\nWritten: {', '.join(str(path) for path in written)}.")
    return 0


COMMAND = Command(
    "rank",
    "Lets people rank the pictures of several models blind, in the browser, as the papers' human "
    "rank.",
    (
        "keras-stackgan rank prepare --preset ours=my_preset --run_dir theirs=runs/gan_int_cls "
        "--captions captions.txt --out studies/birds",
        "keras-stackgan rank prepare --folder a=pictures_a --folder b=pictures_b "
        "--captions captions.txt --out studies/birds",
        "keras-stackgan rank serve --study studies/birds",
        "keras-stackgan rank report --study studies/birds",
    ),
    define,
    run,
    arguments="prepare | serve | report",
    most_arguments=1,
    parts=STEPS,
)
