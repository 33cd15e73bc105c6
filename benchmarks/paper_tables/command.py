"""Flags, and the order of work."""

import gc
import os
from pathlib import Path

from absl import flags

from paper_tables.options import DATA, DTYPES, RECIPES, Options

PAGE = "PAPER_TABLES.md"
# Everything once, at the smallest size that all rows have.
SMOKE = {
    "size": 32, "width": 4, "pictures": 80, "count": 160, "num_pictures": 20,
    "text_epochs": 1, "judge_epochs": 1, "save_every": 2, "run_eagerly": True,
}  # fmt: skip


def define(values):
    """Defines the flags on a `FlagValues`."""

    def integer(name, default, said, lowest=1):
        flags.DEFINE_integer(name, default, said, lower_bound=lowest, flag_values=values)

    defaults = Options()
    flags.DEFINE_string("runs_dir", "runs/paper_tables", "Folder of all runs.", flag_values=values)
    flags.DEFINE_list("rows", None, "Rows to train; by default all.", flag_values=values)
    flags.DEFINE_string(
        "seeds", "auto",
        "Runs of each row; auto: one, and three of rows whose differences are in doubt.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_enum("recipe", defaults.recipe, RECIPES, "Settings.", flag_values=values)
    flags.DEFINE_enum("data", defaults.data, DATA, "Data set.", flag_values=values)
    flags.DEFINE_enum("dtype", defaults.dtype, DTYPES, "Precision.", flag_values=values)
    flags.DEFINE_string("data_dir", None, "Folder of --data=cub.", flag_values=values)
    integer("size", defaults.size, "Side of the final pictures.", 32)
    integer("width", defaults.width, "Width of all networks.", 4)
    integer("pictures", defaults.pictures, "Pictures that a row sees.")
    integer("count", defaults.count, "Painted birds.", 160)
    integer("num_pictures", None, "Pictures drawn for the measures.", 20)
    integer("save_every", defaults.save_every, "Steps between two states.")
    flags.DEFINE_string(
        "out", None, f"Page to write; by default benchmarks/{PAGE}, of --smoke in --runs_dir.",
        flag_values=values,
    )  # fmt: skip
    for name, said in (
        ("list", "List rows and what is done."),
        ("report_only", "Write the page of what is there."),
        ("probe", "Measure some steps of each row, and say how long it will take."),
        ("smoke", "All rows for some steps, tiny."),
    ):
        flags.DEFINE_bool(name, False, said, flag_values=values)


def options_of(values):
    """Returns the `Options` that flags describe."""
    names = (
        "size", "width", "pictures", "recipe", "data", "count", "num_pictures", "save_every",
        "dtype",
    )  # fmt: skip
    given = {name: getattr(values, name) for name in names}
    return Options(**{**given, **(SMOKE if values.smoke else {})})


def run(values, say=print):
    """Does what flags ask for.

    Args:
        values: parsed `FlagValues`.
        say: function of a str.

    Returns:
        An int for the process to exit with.

    Raises:
        ValueError: flags do not fit together.
    """
    from keras_stackgan.cli import quiet

    options, seeds = options_of(values), _seeds(values)
    quiet.load_tensorflow()
    from paper_tables import rows
    from paper_tables.material import Material
    from paper_tables.table import Table

    names = rows.names() if values.rows is None else [rows.get(name).name for name in values.rows]
    material = Material(options, values.runs_dir, values.data_dir, say)
    table = Table(material, names, seeds, _page(values), _command(values))
    if values.list:
        table.list()
    elif values.report_only:
        table.write()
    elif values.probe:
        _probe(names, options, say)
    else:
        return _train(table, say)
    return 0


def _train(table, say):
    from keras_stackgan.training import Stopped

    try:
        table.train()
    except Stopped as stopped:
        say(f"{stopped} The same command goes on.")
        return 128 + stopped.signal_number
    return 0


def _probe(names, options, say):
    import keras
    import numpy as np

    from keras_stackgan.training.time_estimate import words
    from paper_tables import rows
    from paper_tables.probe import line, probe

    whole = np.zeros(2)
    for name in names:
        row = rows.get(name)
        if row.first_stage_of is not None:
            continue
        per_thousand = probe(row, options)
        whole += np.array(per_thousand) * options.pictures / 1000
        say(f"{line(row, options, per_thousand)}; load {os.getloadavg()[0]:.1f}")
        keras.utils.clear_session()
        gc.collect()
    say(f"One seed of these rows: {words(whole[0])}, {words(whole[1])} of processor time.")


def _seeds(values):
    if values.seeds == "auto":
        return 1 if values.smoke else None
    if not values.seeds.isdigit() or not 1 <= int(values.seeds) <= 64:
        raise ValueError(f"`--seeds` must be auto or a number to 64. Received: {values.seeds!r}.")
    return int(values.seeds)


def _page(values):
    if values.out is not None:
        return Path(values.out).expanduser()
    return (Path(values.runs_dir).expanduser() if values.smoke else _benchmarks()) / PAGE


def _benchmarks():
    return Path(__file__).parent.parent


def _command(values):
    """What makes the page again: settings that are not the defaults."""
    words, defaults = ["python", "benchmarks/paper_tables.py"], Options()
    for name in ("recipe", "data", "size", "width", "pictures", "count", "num_pictures", "dtype"):
        if getattr(values, name) != getattr(defaults, name):
            words.append(f"--{name}={getattr(values, name)}")
    if values.seeds != "auto":
        words.append(f"--seeds={values.seeds}")
    if values.smoke:
        words.append("--smoke")
    return " ".join(words)
