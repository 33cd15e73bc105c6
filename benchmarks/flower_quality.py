"""Whether a text-to-image model of flower photographs draws the kind and the color asked for.

    python benchmarks/flower_quality.py --preset my_flowers --data flowers --out flower_quality
    python benchmarks/flower_quality.py --run_dir runs/flowers --data flowers --judges judges

`--data` is a folder of photographs whose captions.jsonl has a `label` (the kind, a plural that its
captions have in the singular) and a `color` a line. Two classifiers of different kinds learn both
from nine tenths of the photographs; how often they are right on the last tenth is the bound. Each
draws a caption of a photograph that names kind and color, at every stage. Further: how much
pictures of one caption differ beside photographs of one kind and color, and a sheet of pictures
beside their nearest photographs, in which a model that learnt photographs by heart would show.
Writes figures.json (for a card of `save_preset`), captions.png and neighbors.png.
"""

import json
from pathlib import Path

import numpy as np
from absl import app, flags
from machine import command, describe

from keras_stackgan.cli import model_source

PER_CAPTION, CAPTIONS, NEIGHBORS = 6, 40, 4


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    flags.DEFINE_string("data", None, "Folder of photographs.", flag_values=values)
    flags.DEFINE_string("judges", None, "Folder of the classifiers; made if absent, and by "
                        "default in --out.", flag_values=values)  # fmt: skip
    flags.DEFINE_integer("epochs", 40, "Passes of the classifiers.", 1, flag_values=values)
    flags.DEFINE_integer("num_pictures", 400, "Pictures drawn.", 8, flag_values=values)
    flags.DEFINE_integer("seed", 0, "Of everything drawn.", 0, 2**30, flag_values=values)
    flags.DEFINE_string("out", "flower_quality", "Folder to write to.", flag_values=values)


def read(folder):
    """Returns records, their colors, and of each a caption that names kind and color."""
    from keras_stackgan.data import read_records

    records = read_records(folder)
    lines = (Path(folder).expanduser() / "captions.jsonl").read_text(encoding="utf-8").splitlines()
    colors = {line["file"]: line["color"] for line in map(json.loads, lines)}
    colors = [colors[record.file] for record in records]
    asked = []
    for record, color in zip(records, colors, strict=True):
        kind = record.label.removesuffix("s")
        asked.append(next((c for c in record.captions if kind in c and color in c), None))
    return records, colors, asked


def find_judges(values, records, colors):
    """Returns the classifiers, and how often each is right on photographs kept from it."""
    from keras_stackgan.evaluation import load_judges, train_judges
    from keras_stackgan.evaluation.judges import ABOUT

    folder = Path(values.judges or Path(values.out) / "judges").expanduser()
    if not folder.is_dir():
        names = sorted(set(colors))
        numbers = np.array([[names.index(color)] for color in colors])
        train_judges(
            records, folder, numbers, {"color": names}, image_size=64, epochs=values.epochs,
            bar=False,
        )  # fmt: skip
    judges, choices = load_judges(folder)
    return judges, choices, json.loads((folder / ABOUT).read_text())


def read_off(judges, choices, about, pictures, records, colors):
    """Yields name, answers, share with interval, and bound of every classifier's right answers."""
    from keras_stackgan.evaluation.judges import LABEL
    from keras_stackgan.metrics import proportion_interval

    # A caption that was drawn twice is one case.
    cases = len({record.file for record in records})
    for name, judge in judges.items():
        found = judge.predict_values(pictures)
        for head, told in ((LABEL, "kind"), ("color", "color")):
            targets = [r.label for r in records] if head == LABEL else colors
            targets = np.array([choices[head].index(str(target)) for target in targets])
            right = found[:, list(judge.cardinalities).index(head)] == targets
            share = float(right.mean())
            yield (
                f"{told} as asked, by judge '{name}'",
                right,
                (share, *proportion_interval(share, cases)),
                about["accuracy"][name][head],
            )


def variety(model, records, colors, asked, seed):
    """Of MS-SSIM between pictures of one caption and between photographs of one kind and color.

    Returns:
        The mean of captions with its interval, that of photographs of the same kinds and colors,
        and the number of captions; None where fewer than two kinds and colors have as many
        photographs as are drawn of a caption.
    """
    from keras_stackgan.data.center_pictures import center_picture
    from keras_stackgan.metrics import caption_diversity, mean_interval, ms_ssim

    groups = {}
    for row, (record, color) in enumerate(zip(records, colors, strict=True)):
        groups.setdefault((record.label, color), []).append(row)
    groups = [rows[:PER_CAPTION] for rows in groups.values() if len(rows) >= PER_CAPTION]
    # Of both the same: kinds differ in how varied they are.
    groups = groups[:CAPTIONS]
    if len(groups) < 2:
        return None
    size = model.output_sizes[-1]
    real = [np.stack([center_picture(records[row], size) for row in rows]) for rows in groups]
    captions = [asked[rows[0]] for rows in groups]
    drawn = model.generate(captions, num_images=PER_CAPTION, seed=seed)
    drawn = drawn.reshape(len(captions), PER_CAPTION, *drawn.shape[1:])
    means = [mean_interval(caption_diversity(each, ms_ssim)) for each in (drawn, real)]
    return *means, len(captions)


def write_sheets(folder, model, judges, records, asked, seed):
    """Writes `captions.png` and `neighbors.png`: a picture, then the nearest photographs."""
    from PIL import Image
    from quality.sheets import caption_sheet, sheet

    from keras_stackgan.data.center_pictures import center_picture

    shown = list(dict.fromkeys(asked))[:: max(1, len(set(asked)) // 9)][:9]
    Image.fromarray(caption_sheet(model, shown, seed=seed)).save(folder / "captions.png")
    size = model.output_sizes[-1]
    photographs = np.stack([center_picture(record, size) for record in records])
    judge = next(iter(judges.values()))
    features = judge.features(photographs)
    rows = []
    for caption, picture in zip(shown, model.generate(shown, seed=seed), strict=True):
        distances = ((features - judge.features(picture[None])) ** 2).sum(axis=1)
        nearest = np.argsort(distances)[:NEIGHBORS]
        rows.append((caption, [picture, *photographs[nearest]]))
    Image.fromarray(sheet(rows)).save(folder / "neighbors.png")


def measure(values):
    """Measures the model that flags name, writes the results and returns the figures."""
    model_source.check(values)
    if values.data is None:
        raise ValueError("Give --data, the folder of photographs.")
    print(describe("pillow"), flush=True)
    folder = Path(values.out).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    records, colors, asked = read(values.data)
    judges, choices, about = find_judges(values, records, colors)
    model = model_source.load(values)
    whole = [row for row, caption in enumerate(asked) if caption]
    rows = np.random.default_rng(values.seed).choice(whole, values.num_pictures)
    captions, wanted = [asked[row] for row in rows], [records[row] for row in rows]
    stages, figures = model.generate(captions, seed=values.seed, stages="all"), []
    asked_colors = [colors[row] for row in rows]

    def add(name, interval, bound, count):
        value, low, high = (round(x, 4) for x in interval)
        print(f"{name}: {value:.3f} ({low:.3f} to {high:.3f}), photographs {bound:.3f}", flush=True)
        figures.append({
            "name": f"{name} (photographs {bound:.3f})", "value": value, "n": count,
            "interval": [low, high], "command": command(),
        })  # fmt: skip

    for size, pictures in zip(model.output_sizes, stages, strict=True):
        parts = read_off(judges, choices, about, pictures, wanted, asked_colors)
        for name, right, interval, bound in parts:
            add(f"{name}, {size} pixels", interval, bound, len(right))
    known = [caption or record.captions[0] for caption, record in zip(asked, records, strict=True)]
    found = variety(model, records, colors, known, values.seed)
    if found is None:
        print(f"No variety: it needs {PER_CAPTION} photographs each of two kinds and colors.")
    else:
        drawn, real, count = found
        add("MS-SSIM within a caption (lower is more varied)", drawn, real[0], count)
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    write_sheets(folder, model, judges, records, known, values.seed)
    print(f"Written to '{folder}'.")
    return figures


def main(argv):
    del argv
    measure(flags.FLAGS)


if __name__ == "__main__":
    define(flags.FLAGS)
    flags.adopt_module_key_flags(model_source)
    app.run(main)
