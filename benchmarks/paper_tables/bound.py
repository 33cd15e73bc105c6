"""The real pictures' own figures, measured once for all rows."""

import json

from paper_tables.files import write_json


def bound_sizes(options):
    """Returns the sizes at which rows are measured: the final one, and the first stage's.

    Args:
        options: `Options`.
    """
    return options.size, options.stage_sizes[0]


def bound_name(size):
    """Returns what results call the real pictures of a size."""
    return f"real_{size}"


def write_bound(material, size, scores):
    """Writes the scores of the real pictures of one size.

    Args:
        material: `Material`.
        size: int.
        scores: list of `Score`.
    """
    entry = {"row": bound_name(size), "seed": 0, "scores": [score.as_dict() for score in scores]}
    write_json(material.folder / f"{bound_name(size)}.json", entry)


def read_bound(material, size):
    """Returns what `write_bound` wrote, or None."""
    path = material.folder / f"{bound_name(size)}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
