"""What results follow from, in short: the recipe, the judges, and the program of the page."""

import copy
import functools
import hashlib
import importlib.metadata
import json
import subprocess
from pathlib import Path

from keras_stackgan.training.text_training import GUIDE

ROOT = Path(__file__).parents[2]
# Of a run's settings, what decides on its bits; the rest says how often something is written.
DECIDES = ("seed",)
LENGTH = 16


def settings_digest(settings):
    """Returns a short hash of what a training follows from.

    Args:
        settings: dict, as `make_settings` returns it.

    Example:

    ```python
    settings_digest(make_settings(rows.get("v2"), Options(), 0))
    ```
    """
    settings = copy.deepcopy(settings)
    settings["run"] = {name: settings["run"][name] for name in DECIDES}
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def judges_digest(folder):
    """Returns a short hash of all that measures pictures: the judges and R-precision's model.

    Args:
        folder: `pathlib.Path`. Of a table's runs.

    Example:

    ```python
    judges_digest(material.folder)
    ```
    """
    found, digest = [], hashlib.sha256()
    for part in ("judges", f"pair/{GUIDE}"):
        found += [path for path in (folder / part).glob("**/*") if path.is_file()]
    for path in sorted(found):
        about = path.stat()
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(_content_digest(path, about.st_size, about.st_mtime_ns))
    return digest.hexdigest()[:LENGTH]


# A page asks for it once a result, and the files are large.
@functools.lru_cache(maxsize=256)
def _content_digest(path, size, modified):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def program(root=ROOT):
    """Returns which program this is: its commit in a git checkout, else the package's version.

    Args:
        root: path. Where the program lies.

    Example:

    ```python
    program()  # "commit 1a56fd1"
    ```
    """
    told = _git(root, "rev-parse", "--show-toplevel", "--short", "HEAD")
    # A copy inside of another repository has that one's commits.
    if told is None or len(told) != 2 or Path(told[0]).resolve() != Path(root).resolve():
        return f"version {importlib.metadata.version('keras_stackgan')}"
    # The page is itself a file of the checkout, and changes while it is made.
    changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", "*.py")
    return f"commit {told[1]}" + (", changed since" if changed else "")


def _git(root, *arguments):
    """The lines that git answers, or None where there is no git or no checkout."""
    try:
        done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.splitlines() if done.returncode == 0 else None
