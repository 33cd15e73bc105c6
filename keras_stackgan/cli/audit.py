"""`keras-stackgan audit`."""

from pathlib import Path

from absl import flags

from keras_stackgan.cli import data_source, quiet
from keras_stackgan.cli.command import Command, print_flags

# Findings at which training ends with an error, unless such pictures are left out.
STOPPING = ("missing", "unreadable", "truncated", "bad_box", "uncaptioned")


def define(values):
    """Defines the flags on a `FlagValues`."""
    data_source.define(
        values,
        split_help="train, test or all; by default train, compared with test. All of a folder, and "
        f"with --out of {' and '.join(data_source.WHOLE[1:])}.",
    )
    flags.DEFINE_integer(
        "image_size", None, "Side of the largest pictures wanted: smaller ones are named, too.",
        lower_bound=1, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_bool(
        "captioned", None, "Whether pictures should have captions; by default the kind's.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_bool(
        "skip_bad", False, "Write what is left as a data folder to --out.", flag_values=values
    )
    flags.DEFINE_string("out", None, "Folder to write with --skip_bad.", flag_values=values)


def run(values, rest):
    """Audits and prints the report; the exit code is 1 where training would end with an error."""
    del rest
    if values.dry_run:
        print_flags(values)
        return 0
    if values.data is None:
        raise ValueError("Give --data, the folder of the data set. See --help.")
    if values.skip_bad != (values.out is not None):
        raise ValueError("`--skip_bad` and `--out` belong together: give both, or none.")
    quiet.load_tensorflow()
    from keras_stackgan.data import sources, write_folder

    source = sources.get(values.source)
    # What is written as a folder is split anew: nothing may be lost.
    split = data_source.split_of(values, written=values.skip_bad)
    captioned = source.captioned if values.captioned is None else values.captioned
    # Without a size wanted no picture is below it.
    report = source.audit(values.data, values.image_size or 1, split, captioned=captioned)
    print(report)
    if values.skip_bad:
        records = source.read(values.data, split, check_counts=False, strict=False)
        good = report.good(records)
        write_folder(good, Path(values.out))
        which = "" if split == "all" else f" of the {split} split"
        print(f"{len(good):,} of {len(records):,} pictures{which} are in '{values.out}'.")
        return 0
    if any(finding.bad_records for finding in report.findings):
        print("To leave these out: audit --skip_bad --out FOLDER, or train --skip_bad.")
    return 1 if any(finding.kind in STOPPING for finding in report.findings) else 0


COMMAND = Command(
    "audit",
    "Finds what is wrong with a data set before training: damaged, missing, doubled, small. Ends "
    "with the exit code 1 where training would end with an error.",
    (
        "keras-stackgan audit --data my_flowers",
        "keras-stackgan audit --data CUB --source cub --image_size 256",
        "keras-stackgan audit --data my_flowers --skip_bad --out my_good_flowers",
    ),
    define,
    run,
)
