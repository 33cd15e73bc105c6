"""The files that `generate` writes: pictures, and what each was drawn of."""

import json
import re
import unicodedata

from keras_stackgan.version import __version__

MANIFEST = "pictures.jsonl"


def write(pictures, conditions, num_images, folder, stages, about, grid=False):
    """Writes pictures as PNG files, for all stages a strip of each, and a line for each picture.

    Files are numbered on from those in the folder, so that none is lost. What each picture was
    drawn of is added to `pictures.jsonl` beside them, and stands in the file itself: a picture
    that is sent alone still says that it is drawn, and of what.

    Args:
        pictures: uint8 array `(n, size, size, 3)`, or a list of them, one a stage.
        conditions: list of dicts with `caption` or `label`; empty for models without.
        num_images: int. Pictures of each condition.
        folder: Path. Made if absent.
        stages: `"all"`, `"last"` or int, as in `generate`.
        about: dict. What else the lines say of every picture.
        grid: bool. Whether to write one sheet of all, too: a row a condition.

    Returns:
        The list of paths of the PNG files.
    """
    from keras_stackgan.callbacks.sample_grid import save_png, strip, tile

    folder.mkdir(parents=True, exist_ok=True)
    first = _first_free(folder)
    by_stage = pictures if stages == "all" else [pictures]
    paths, lines = [], []
    for place in range(len(by_stage[0])):
        condition = conditions[place // num_images] if conditions else {}
        name = f"{first + place:03d}_{slug(_words(condition))}"
        every = [stage[place] for stage in by_stage]
        for k, picture in enumerate(every):
            end = f"_stage{k + 1}_{len(picture)}" if len(every) > 1 else ""
            paths.append(folder / f"{name}{end}.png")
            # The noise is a function of the seed and of the place.
            facts = {**condition, **about, "place": place}
            save_png(picture, paths[-1], _texts(facts))
            lines.append({"file": paths[-1].name, **facts})
        if len(every) > 1:
            paths.append(folder / f"{name}_stages.png")
            save_png(strip(every), paths[-1])
    if grid:
        paths.append(folder / f"grid_{first:03d}.png")
        save_png(tile(by_stage[-1], max(1, len(conditions))), paths[-1])
    with open(folder / MANIFEST, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return paths


def slug(words):
    """Returns words as part of a file's name: letters and digits of any script, 40 at most.

    Example:

    ```python
    slug("Eine rote Blüte!")  # "eine_rote_blüte"
    ```
    """
    letters = unicodedata.normalize("NFC", words.lower())
    # Marks too: without its vowel signs a word of Hindi is another word.
    kept = "".join(x if unicodedata.category(x)[0] in "LMN" else "_" for x in letters)
    return re.sub("_+", "_", kept).strip("_")[:40] or "picture"


def _words(condition):
    if "label" in condition:
        return f"class {condition['label']}"
    return condition.get("caption", "picture")


def _texts(facts):
    caption = {"Description": facts["caption"]} if "caption" in facts else {}
    return {
        **caption,
        "Software": f"keras_stackgan {__version__}",
        "Comment": json.dumps(facts, ensure_ascii=False),
    }


def _first_free(folder):
    numbers = [re.match(r"(\d{3,})_|grid_(\d{3,})", path.name) for path in folder.iterdir()]
    taken = [int(found[1] or found[2]) for found in numbers if found]
    return max(taken, default=-1) + 1
