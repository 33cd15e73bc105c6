"""A folder of published models, to be served to `hub.load` by any web server."""

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path

from keras_stackgan import presets
from keras_stackgan.export import hub_page, packing
from keras_stackgan.export.saved_model import export_saved_model
from keras_stackgan.export.whole_file import write_whole
from keras_stackgan.file_lock import locked
from keras_stackgan.layers.utils import check_count
from keras_stackgan.presets import metadata as preset_metadata

FORMAT = "keras_stackgan.hub"
INDEX = "index.json"
LOCK = ".lock"
ENTRY = hub_page.ENTRY
TEXT = re.compile(r"[\w.-]+\.txt", re.ASCII)
# Versions' own files: as part of a name they would lie in another model's place.
TAKEN = re.compile(r"\d+(\.tar\.gz(\.sha256)?)?|index\.json", re.ASCII)


def publish(
    model, folder, name, version, *, captions=None, embeddings=None, labels=None, boxes=None,
    seed=0, metadata=None,
):  # fmt: skip
    """Adds a version of a model to a folder in TF-Hub's layout.

    | file | what it is |
    |---|---|
    | `<name>/<version>.tar.gz` | the SavedModel; its address is what `hub.load` takes |
    | `<name>/<version>.tar.gz.sha256` | its checksum, for `sha256sum --check` |
    | `<name>/<version>/README.md` | the model card |
    | `<name>/<version>/sample_1.png`, ... | what it draws, all stages side by side |
    | `<name>/<version>/CREDITS.txt`, ... | a preset's further texts, which its card may speak of |
    | `<name>/<version>/entry.json` | this version's entry of the index |
    | `index.json` | all models and versions of the folder, with checksums |
    | `.lock` | empty; held while a version is written |

    Several processes may publish into one folder.

    Args:
        model: an `AdversarialModel`; or the name or directory of a preset, whose metadata
            then goes into the card.
        folder: path. Made if absent; other models and versions in it stay as they are.
        name: str. Letters, digits and `_.-`; `/` between parts, none of which is a number alone:
            those are the versions.
        version: int >= 1. One that is there already is never replaced, since those who have it
            would not see the new one.
        captions: list of str, what the sample pictures show; `None` for the preset's examples. Of
            more than 8 the first 8 are drawn, as of embeddings and labels.
        embeddings: float array `(n, embedding_dim)` in place of captions.
        labels: int array `(n,)`, for models with classes; `None` for the first four.
        boxes: float array `(4,)` or `(n, 4)`, for models that take them: where the samples are.
        seed: int. Of the samples.
        metadata: dict, what the card says; see `AdversarialModel.save_to_preset`. It goes before
            what a preset says.

    Returns:
        The version's entry of the index, a dict.

    Raises:
        FileExistsError: If the version is there, or a folder of something else in its place.
        ValueError: If the name, the version or the samples are not as described.

    Example:

    ```python
    model = StackGANv2(image_sizes=(16, 32), generator_filters=4, num_classes=2)
    publish(model, "hub", "toy/flowers", 1)["file"]  # "toy/flowers/1.tar.gz"
    ```
    """
    folder, version = Path(folder).absolute(), check_count("version", version)
    _check_name(name)
    _check_free(folder, name, version)
    model, said, texts = _opened(model, metadata)
    samples = hub_page.draw_samples(model, captions, embeddings, labels, boxes, seed, said)
    (folder / name).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder / name, prefix=".publishing-") as scratch:
        saved, page = Path(scratch) / "saved", Path(scratch) / "page"
        export_saved_model(model, saved)
        data = packing.pack(saved)
        checksum = packing.sha256(data)
        page.mkdir()
        card = hub_page.write(page, model, name, version, said, samples, checksum)
        for file, content in texts.items():
            (page / file).write_bytes(content)
        entry = {
            "name": name,
            "version": version,
            "file": f"{name}/{version}.tar.gz",
            "sha256": checksum,
            "bytes": len(data),
            "card": f"{name}/{version}/{card}",
            "samples": [f"{name}/{version}/{path.name}" for path in sorted(page.glob("*.png"))],
            "texts": [f"{name}/{version}/{file}" for file in texts],
            "description": said["description"],
            "license": said.get("license"),
            "image_sizes": list(model.output_sizes),
            "versions": said["versions"],
        }
        (page / ENTRY).write_text(_to_json(entry), encoding="utf-8")
        _put(folder, name, version, page, data, checksum)
    return entry


def write_index(folder):
    """Writes `index.json` anew from what `publish` wrote into the folder.

    Args:
        folder: path of a folder that `publish` wrote to.

    Returns:
        The index, a dict.
    """
    folder = Path(folder).absolute()
    with _turn(folder):
        return _write_index(folder)


# === Small parts ===


def _write_index(folder):
    models = {}
    for path in sorted(folder.rglob(ENTRY)):
        place = path.parent.relative_to(folder).as_posix()
        # What lies below the folder may be anybody's, or another process's not yet in its place.
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, RecursionError, ValueError):
            continue
        if not isinstance(entry, dict) or entry.get("file") != f"{place}.tar.gz":
            continue
        name, version = entry.pop("name", None), str(entry.pop("version", None))
        if [name, version] == place.rsplit("/", 1) and (folder / entry["file"]).is_file():
            models.setdefault(name, {})[version] = entry
    index = {"format": FORMAT, "version": 1, "models": models}
    write_whole(folder / INDEX, _to_json(index).encode("utf-8"))
    return index


@contextlib.contextmanager
def _turn(folder):
    """Waits until no other process writes to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / LOCK, "ab") as file, locked(file):
        yield


def _put(folder, name, version, page, data, checksum):
    """Moves a page to its place and writes the archive beside it."""
    archive, page_folder = folder / name / f"{version}.tar.gz", folder / name / str(version)
    with _turn(folder):
        # Again: another process may have published this version in the meantime.
        _check_free(folder, name, version)
        hub_page.remove(page_folder)
        os.replace(page, page_folder)
        write_whole(f"{archive}.sha256", f"{checksum}  {archive.name}\n".encode())
        # The archive last: what has one is complete.
        write_whole(archive, data)
        _write_index(folder)


def _check_name(name):
    if not isinstance(name, str) or not re.fullmatch(r"(\w[\w.-]*/)*\w[\w.-]*", name, re.ASCII):
        raise ValueError(
            "`name` must consist of letters, digits and '_.-', with '/' between parts. "
            f"Received: name={name!r}."
        )
    if taken := next((part for part in name.split("/") if TAKEN.fullmatch(part)), None):
        raise ValueError(
            "`name` must have no part that is called as the files of versions are. "
            f"Received: name={name!r}, with {taken!r}; give the number as `version`."
        )


def _check_free(folder, name, version):
    if (folder / name / f"{version}.tar.gz").exists():
        raise FileExistsError(
            f"A version that is published stays as it is. Received: {name!r} version {version}, "
            f"which is in '{folder}'. Publish the next one."
        )
    hub_page.check_replaceable(folder / name / str(version))


def _opened(model, metadata):
    """The model, what its card says, and the texts beside a preset's card by name."""
    said = preset_metadata.check(metadata)
    if not isinstance(model, str | os.PathLike):
        return model, preset_metadata.complete(said, model), {}
    described = presets.describe(model)
    # First, since it compares the files with their checksums.
    loaded = presets.from_preset(model)
    files, of_preset = Path(described["path"]), described["metadata"]
    names = [name for name in of_preset.pop("files") if TEXT.fullmatch(name)]
    texts = {name: (files / name).read_bytes() for name in sorted(names)}
    return loaded, {**of_preset, **said}, texts


def _to_json(entry):
    return json.dumps(entry, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
