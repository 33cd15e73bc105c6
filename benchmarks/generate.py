"""Drawing with StackGAN-v2, side by side with plain PyTorch models of the same function.

    python benchmarks/generate.py
    python benchmarks/generate.py --widths 16 --pictures 1,8 --rounds 3
    python benchmarks/generate.py --device gpu --pictures 1,64,1000

Embeddings in, 8-bit pictures of the last of three stages out, noise drawn on the way. Ours is
`model.generate`, which folds batch norm into the convolutions. The PyTorch models run under
`inference_mode`, with and without their own folding, `channels_last` and `torch.compile`. All draw
at most 64 pictures at a time, so memory is bounded. Contenders run by turns, warm; medians. If the
folder of results has those of `allocators.py`, each has the settings that its kin trained fastest
with. `--preset` adds a race of that preset alone, which has no peer.
"""

import options
from absl import app, flags
from best_settings import applied
from machine import describe
from race import race, table
from results_file import ResultsFile

WIDTHS = flags.DEFINE_list("widths", ["16", "32"], "Widths of the generator.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
PICTURES = flags.DEFINE_list("pictures", ["1", "8", "64", "1000"], "Pictures a call.")
PRESET = flags.DEFINE_string("preset", "stackgan_v2_painted_birds_256", "A preset, or empty.")
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 0.5, "About how long a turn takes; at least one call.")
TIMEOUT = flags.DEFINE_float("timeout", 900.0, "Seconds that a start or a turn may take.")
LAST = {"channels_last": True}
CONTENDERS = {
    "ours": {"framework": "ours"},
    "torch": {"framework": "torch"},
    "torch, folded": {"framework": "torch", "folded": True, **LAST},
    "torch, compiled": {"framework": "torch", "folded": True, "compile": True, **LAST},
}
# So many pictures a call say how long a long run takes: unless told otherwise at one width, and
# without the slowest; all else than the last calls is as for 64.
MANY, MANY_WIDTH, MANY_ROUNDS = 200, 16, 2
MANY_FORMS = ("ours", "torch, folded", "torch, compiled")


def run(specs, common, out):
    """One race: its table is printed, its lines are kept."""
    device, pictures = {"device": options.DEVICE.value}, common["batch_size"]
    specs = {name: {**spec, **common, **device} for name, spec in specs.items()}
    rounds = options.value(ROUNDS, 2)
    rounds = min(rounds, MANY_ROUNDS) if pictures > MANY else rounds
    results = race(specs, rounds, options.value(SECONDS, 0.1), pictures, TIMEOUT.value)
    what = common.get("preset", f"width {common['width']}")
    print(f"\n{what}, {'/'.join(map(str, common['sizes']))} px, {pictures} pictures a call")
    references = [name for name in ("torch", "torch, folded", "torch, compiled") if name in specs]
    print(table(results, references), flush=True)
    out.add(*[{**common, **result} for result in results])


def main(argv):
    del argv
    print(describe("torch"))
    out = ResultsFile(options.RESULTS.value, "generate")
    specs = applied(CONTENDERS, options.RESULTS.value)
    sizes = [int(size) for size in options.value(SIZES, ["16"])]
    counts = [int(count) for count in options.value(PICTURES, ["1", "70"])]
    for width in map(int, options.value(WIDTHS, ["4"])):
        for pictures in counts:
            common = {"kind": "generating", "sizes": sizes, "width": width, "batch_size": pictures}
            taking_part = specs
            if options.QUICK.value:
                taking_part = {n: s for n, s in specs.items() if not s.get("compile")}
            elif pictures > MANY:
                if width != MANY_WIDTH and not WIDTHS.present:
                    continue
                taking_part = {name: specs[name] for name in MANY_FORMS}
            run(taking_part, common, out)
    if PRESET.value:
        preset = {"preset": PRESET.value, "sizes": [64, 128, 256], "width": 32}
        for pictures in counts[:1] if options.QUICK.value else counts:
            common = {"kind": "generating", **preset, "batch_size": pictures}
            run({"ours": specs["ours"]}, common, out)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
