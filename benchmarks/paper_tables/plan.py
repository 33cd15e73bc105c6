"""Which runs come next: one seed of every row, then two more where a difference is in doubt."""

from paper_tables import rows
from paper_tables.ordering import ORDERINGS
from paper_tables.verdict import decide, seeds_are_wanted

MORE_SEEDS = 3


def first_runs(names, seeds):
    """Yields `(row, seed)`, all rows with the first seed first.

    Args:
        names: list of str. Rows.
        seeds: int.
    """
    for seed in range(seeds):
        for name in names:
            yield rows.get(name), seed


def doubtful_rows(results, names):
    """Returns the names of the rows that need more seeds, in the order of `names`.

    Args:
        results: `Results`.
        names: list of str. Rows that may be trained.
    """
    wanted = set()
    for ordering in ORDERINGS:
        if seeds_are_wanted(decide(ordering, results)):
            wanted.update((ordering.better, ordering.worse))
    # A first stage's seeds are those of the run that it belongs to.
    wanted.update(rows.get(name).first_stage_of for name in list(wanted))
    return [name for name in names if name in wanted]
