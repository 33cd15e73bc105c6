"""The real pictures' own figures, measured once for all rows."""

import json

from paper_tables.files import write_json
from paper_tables.origin import judges_digest


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
    entry = {
        "row": bound_name(size),
        "seed": 0,
        "judges": judges_digest(material.folder),
        "scores": [score.as_dict() for score in scores],
    }
    write_json(_path(material, size), entry)


def read_bound(material, size):
    """Returns what `write_bound` wrote, or None.

    Args:
        material: `Material`.
        size: int.

    Raises:
        ValueError: other judges measured it.
    """
    path, ours = _path(material, size), judges_digest(material.folder)
    if not path.is_file():
        return None
    entry = json.loads(path.read_text(encoding="utf-8"))
    if entry.get("judges") != ours:
        raise ValueError(
            f"'{path}' must be measured by the folder's judges, {ours}. Received: "
            f"{entry.get('judges', 'a file that does not name them')}. Remove it, and the same "
            "command measures the real pictures again."
        )
    return entry


def _path(material, size):
    return material.folder / f"{bound_name(size)}.json"
