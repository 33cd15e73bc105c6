"""Drawing with StackGAN-v2, side by side with plain PyTorch models of the same function.

    python benchmarks/generate.py
    python benchmarks/generate.py --widths 16 --pictures 1,8 --rounds 3
    python benchmarks/generate.py --device gpu --pictures 1,64,1000

Embeddings in, 8-bit pictures of the last of three stages out, noise drawn on the way. Ours is
`model.generate`, which folds batch norm into the convolutions. The PyTorch models run under
`inference_mode`, with and without their own folding, `channels_last` and `torch.compile`. All draw
at most 64 pictures at a time, so memory is bounded. Contenders run by turns, warm; medians. If the
folder of results (`--results`, else benchmarks/results) has those of `allocators.py` of this
machine, each has the settings that its kin trained fastest with. `--presets` adds a race of each
of those presets alone, which has no peer: a StackGAN of any kind with text. Of this machine's
results those of races that do not run stay.
"""

import device_option
import named_model
import options
import result_places
from absl import app, flags
from best_settings import applied
from machine import describe
from race import race, table
from reporting.races import of_others, title
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32", "64"], "Widths of the generator.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
PICTURES = flags.DEFINE_list("pictures", ["1", "8", "64", "1000"], "Pictures a call.")
PRESETS = flags.DEFINE_list(
    "presets",
    ["stackgan_v2_painted_birds_256", "stackgan_v1_painted_birds_256", "stackgan_v2_flowers_128"],
    "Presets, or none.",
)
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 0.5, "About how long a turn takes; at least one call.")
TIMEOUT = flags.DEFINE_float("timeout", 900.0, "Seconds that a start or a turn may take.")
LAST = {"channels_last": True}
FOLDED = {"framework": "torch", "folded": True}
CONTENDERS = {
    "ours": {"framework": "ours"},
    "torch": {"framework": "torch"},
    # Which layout is the faster depends on the number of pictures.
    "torch, folded": FOLDED,
    "torch, folded, channels_last": {**FOLDED, **LAST},
    "torch, compiled": {**FOLDED, "compile": True, **LAST},
}
# So many pictures a call say how long a long run takes: unless told otherwise at one width, and
# without the slowest; all else than the last calls is as for 64.
MANY, MANY_WIDTH, MANY_ROUNDS = 200, 16, 2
MANY_FORMS = ("ours", "torch, folded", "torch, folded, channels_last", "torch, compiled")
REFERENCES = MANY_FORMS[1:]


def run(specs, common, out):
    """One race: its table is printed, its lines are kept."""
    pictures = common["batch_size"]
    folder = options.RESULTS.value or result_places.folder(common["device"])
    specs = applied(specs, folder, common["device"], common["width"])
    specs = {name: {**spec, **common} for name, spec in specs.items()}
    rounds = options.value(ROUNDS, 2)
    rounds = min(rounds, MANY_ROUNDS) if pictures > MANY else rounds
    results = race(specs, rounds, options.value(SECONDS, 0.1), pictures, TIMEOUT.value)
    print(f"\n{title(common)} a call")
    references = [name for name in ("torch", *REFERENCES) if name in specs]
    print(table(results, references), flush=True)
    out.add(*[{**common, **result} for result in results])


def taking_part(width, pictures):
    """Contenders of a race by their names; none where none is run unless told otherwise."""
    if options.QUICK.value:
        return {name: spec for name, spec in CONTENDERS.items() if not spec.get("compile")}
    if pictures <= MANY:
        return CONTENDERS
    if width != MANY_WIDTH and not WIDTHS.present:
        return {}
    return {name: CONTENDERS[name] for name in MANY_FORMS}


def races():
    """What is common to each race, and who takes part."""
    sizes, widths = options.counts(SIZES, ["16"]), options.counts(WIDTHS, ["4"])
    counts = options.counts(PICTURES, ["1", "70"])
    shared = {"kind": "generating", "device": device_option.chosen()}
    found = []
    for width in widths:
        for pictures in counts:
            common = {**shared, "sizes": sizes, "width": width, "batch_size": pictures}
            found.append((taking_part(width, pictures), common))
    for preset in PRESETS.value:
        told = named_model.told("preset", preset)
        # The first alone draws many.
        fewer = [count for count in counts if count <= MANY or preset == PRESETS.value[0]]
        for pictures in fewer[:1] if options.QUICK.value else fewer:
            common = {**shared, "preset": preset, **told, "batch_size": pictures}
            found.append(({"ours": CONTENDERS["ours"]}, common))
    return [(specs, common) for specs, common in found if specs]


def main(argv):
    del argv
    found = races()
    print(describe("torch"))
    kept = of_others({title(common) for _, common in found})
    out = ResultsFile(options.RESULTS.value, "generate", kept)
    for specs, common in found:
        run(specs, common, out)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
