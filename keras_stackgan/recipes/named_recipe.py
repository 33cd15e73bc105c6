"""A recipe by name, read from its JSON file."""

import dataclasses
import json
from pathlib import Path

FOLDER = Path(__file__).parent
ABOUT = ("title", "paper", "published", "hardware", "time", "command", "notes")
SETTINGS = ("data", "text", "model", "phases", "run")
PHASE = {
    "name": str,
    "stages": int,
    "steps": int,
    "epochs": int,
    "batch_size": int,
    "optimizer": dict,
    "discriminator_optimizer": dict,
    "learning_rate_decay": dict,
    "linear_decay_from": float,
    "compile": dict,
    "steps_per_epoch": int,
}


@dataclasses.dataclass(frozen=True)
class NamedRecipe:
    """What to train, on what, for how long, and what others have published for it.

    Args:
        name: str.
        about: dict with `title`, `paper`, `published`, `hardware`, `time`, `command` and `notes`.
        settings: dict with `data`, `text`, `model`, `phases` and `run`: what
            `training.StagedTraining` takes.

    Example:

    ```python
    from keras_stackgan import recipes

    recipe = recipes.get("captions_cpu")
    print(recipe)
    recipe.settings["phases"][0]["batch_size"]  # 16
    ```
    """

    name: str
    about: dict
    settings: dict

    @classmethod
    def from_file(cls, path):
        """Reads a recipe's JSON file.

        Args:
            path: str or path.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no JSON, or lacks or adds an entry; the message names it.
        """
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(
                f"A recipe must be a JSON file. Received: '{path}' ({error})."
            ) from error
        if not isinstance(content, dict):
            raise ValueError(f"A recipe must be a JSON object. Received: '{path}'.")
        unknown = sorted(set(content) - {*ABOUT, *SETTINGS})
        missing = sorted(set(SETTINGS) - set(content))
        if unknown or missing:
            raise ValueError(
                f"A recipe has the entries {', '.join((*ABOUT, *SETTINGS))}. '{path}' lacks "
                f"{missing or 'none'} and adds {unknown or 'none'}."
            )
        check_phases(content["phases"], path)
        return cls(
            path.stem,
            {name: content.get(name) for name in ABOUT},
            {name: content[name] for name in SETTINGS},
        )

    def __str__(self):
        lines = [f"{self.name}: {self.about['title']}"]
        if self.about["paper"]:
            lines.append(f"  paper: {self.about['paper']}")
        for entry in self.about["published"] or ():
            lines.append(f"  published: {entry['metric']} {entry['value']} ({entry['source']})")
        for name in ("hardware", "time"):
            if self.about[name]:
                lines.append(f"  {name}: {self.about[name]}")
        lines += [f"  note: {note}" for note in self.about["notes"] or ()]
        lines.append(f"  {self.about['command']}")
        return "\n".join(lines)


def names():
    """Lists the names of all recipes.

    Example:

    ```python
    from keras_stackgan import recipes

    recipes.names()  # ["captions_cpu", ...]
    ```
    """
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def get(name):
    """Finds a recipe by its name, or reads it from a file.

    Args:
        name: str. One of `names()`, or the path of a JSON file in their form.

    Returns:
        A `NamedRecipe`.

    Raises:
        ValueError: There is none of that name, or the file is malformed.

    Example:

    ```python
    from keras_stackgan import recipes

    print(recipes.get("stackgan_v2_cub"))
    ```
    """
    if str(name).endswith(".json") and Path(name).is_file():
        return NamedRecipe.from_file(name)
    if name not in names():
        raise ValueError(
            f"A recipe must be one of {', '.join(names())}, or a JSON file. Received: {name!r}."
        )
    return NamedRecipe.from_file(FOLDER / f"{name}.json")


def check_phases(phases, where):
    """Raises a `ValueError` unless phases are in the form that `StagedTraining` takes."""
    if not isinstance(phases, list) or not phases:
        raise ValueError(
            f"`phases` must be a list of at least one. Received: {phases!r} in {where}."
        )
    for number, phase in enumerate(phases):
        for name, value in phase.items():
            kind = PHASE.get(name)
            fits = kind is not None and isinstance(value, (kind, int) if kind is float else kind)
            if not fits or isinstance(value, bool) or (kind is int and value < 1):
                raise ValueError(
                    f"Phase {number} of {where} must hold nothing but {', '.join(PHASE)}, each of "
                    f"its kind. Received: {name}={value!r}."
                )
        if not {"name", "batch_size"} <= set(phase) or ("steps" in phase) == ("epochs" in phase):
            raise ValueError(
                f"Phase {number} of {where} must have `name`, `batch_size`, and either `steps` or "
                f"`epochs`. Received: {sorted(phase)}."
            )
    distinct = {phase["name"] for phase in phases}
    if len(distinct) != len(phases):
        raise ValueError(f"The phases of {where} must have names that differ.")
