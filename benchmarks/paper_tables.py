"""The papers' tables, made again: every row at equal width and equal pictures seen.

    python benchmarks/paper_tables.py --list
    python benchmarks/paper_tables.py --probe
    nohup nice -n 10 python benchmarks/paper_tables.py > paper_tables.log 2>&1 &
    python benchmarks/paper_tables.py --size 256 --data cub --data_dir CUB --width 64 \\
        --pictures 5000000 --recipe published

Painted birds whose species are held out, 64 pixels, so that two CPU cores train a row in minutes:
orders can be compared with the papers', figures cannot. It may be stopped and killed at any moment;
the same command goes on, and rows that are done are not run again. Every row with every seed is a
run folder below --runs_dir, its result in result.json; the page, benchmarks/PAPER_TABLES.md, is
written anew after each. --smoke runs everything once, tiny.
"""

import sys

from absl import app, flags
from paper_tables import command


def main(argv):
    del argv
    sys.exit(command.run(flags.FLAGS))


if __name__ == "__main__":
    command.define(flags.FLAGS)
    flags.adopt_module_key_flags(command)
    app.run(main)
