"""Drawing with StackGAN-v2, side by side with plain PyTorch models of the same function.

    python benchmarks/generate.py
    python benchmarks/generate.py --widths 16 --pictures 1,8 --rounds 3

Embeddings in, 8-bit pictures of the last of three stages out, noise drawn on the way. Ours is
`model.generate`, which folds batch norm into the convolutions. The PyTorch models run under
`inference_mode`, with and without their own folding, `channels_last` and `torch.compile`. All draw
at most 64 pictures at a time, so memory is bounded. Contenders run by turns, warm; medians.
"""

import pathlib

from absl import app, flags
from machine import describe, facts
from race import race, table, write_lines

WIDTHS = flags.DEFINE_list("widths", ["16", "32"], "Widths of the generator.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
PICTURES = flags.DEFINE_list("pictures", ["1", "8", "64"], "Pictures a call.")
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
SECONDS = flags.DEFINE_float("seconds", 1.0, "About how long a turn takes.")
TIMEOUT = flags.DEFINE_float("timeout", 400.0, "Seconds that a start or a turn may take.")
OUT = flags.DEFINE_string("out", None, "JSON lines to write.")
CONTENDERS = {
    "ours": {"framework": "ours"},
    "torch": {"framework": "torch"},
    "torch, folded": {"framework": "torch", "folded": True, "channels_last": True},
    "torch, compiled": {
        "framework": "torch",
        "folded": True,
        "channels_last": True,
        "compile": True,
    },
}
# Calls a turn are set for this rate, that of a width of 16 on two cores.
PICTURES_A_SECOND = 60.0


def main(argv):
    del argv
    print(describe("torch"))
    sizes = [int(size) for size in SIZES.value]
    lines = []
    for width in map(int, WIDTHS.value):
        for pictures in map(int, PICTURES.value):
            common = {"kind": "generating", "sizes": sizes, "width": width, "batch_size": pictures}
            specs = {name: {**spec, **common} for name, spec in CONTENDERS.items()}
            calls = max(1, int(SECONDS.value * PICTURES_A_SECOND / pictures))
            results = race(specs, ROUNDS.value, calls, pictures, TIMEOUT.value)
            print(f"\nwidth {width}, {'/'.join(SIZES.value)} px, {pictures} pictures a call")
            print(table(results, ("torch", "torch, folded", "torch, compiled")), flush=True)
            lines += [{**facts(), **common, **result} for result in results]
            if OUT.value:
                write_lines(pathlib.Path(OUT.value), lines)


if __name__ == "__main__":
    app.run(main)
