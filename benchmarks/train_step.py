"""Training StackGAN-v2 with text, side by side with plain PyTorch models of the same function.

    python benchmarks/train_step.py
    python benchmarks/train_step.py --widths 16 --batch_sizes 8 --rounds 3 --contenders 1,4
    python benchmarks/train_step.py --sizes 64 --widths 32 --out results/train_64.jsonl

Three stages (64, 128, 256), batch norm, the papers' losses with `mismatched="text"`, Adam, moving
average; embeddings of 1,024 numbers; 8-bit pictures in. Each contender is a process of its own;
they run by turns, one at a time, warm, and the figure is the median round. The PyTorch model
(benchmarks/pytorch_peer) shares the trunk's features between matched and mismatched pairs, makes no
gradients of discriminators' weights in the generator's step, and has fused Adam, flushed denormals
and all cores: a test holds it equal to ours. For the CPU: the PyTorch side does not
move to a GPU.
"""

import os
import pathlib

from absl import app, flags
from machine import describe, facts
from race import race, table, write_lines

WIDTHS = flags.DEFINE_list("widths", ["16", "32"], "Widths of both networks.")
SIZES = flags.DEFINE_list("sizes", ["64", "128", "256"], "Sides of the stages.")
BATCH_SIZES = flags.DEFINE_list("batch_sizes", ["8"], "Pictures a step.")
ROUNDS = flags.DEFINE_integer("rounds", 5, "Turns of each contender.", lower_bound=1)
STEPS = flags.DEFINE_integer("steps", 4, "Steps a turn.", lower_bound=1)
TIMEOUT = flags.DEFINE_float("timeout", 400.0, "Seconds that a start or a turn may take.")
OPERATIONS = flags.DEFINE_bool("operations", True, "Whether our step's operations are counted.")
OUT = flags.DEFINE_string("out", None, "JSON lines to write.")
ALL = {
    "ours": {"framework": "ours"},
    "ours, XLA": {"framework": "ours", "jit_compile": True},
    "ours, bfloat16": {"framework": "ours", "dtype": "mixed_bfloat16"},
    "torch": {"framework": "torch"},
    "torch, channels_last": {"framework": "torch", "channels_last": True},
    "torch, compiled": {"framework": "torch", "compile": True, "channels_last": True},
    "torch, bfloat16": {"framework": "torch", "dtype": "mixed_bfloat16", "channels_last": True},
    "torch, compiled, bfloat16": {
        "framework": "torch",
        "dtype": "mixed_bfloat16",
        "compile": True,
        "channels_last": True,
    },
}
CONTENDERS = flags.DEFINE_list(
    "contenders", None, "Numbers from 1 of those that take part; by default all: " + "; ".join(ALL)
)
REFERENCES = ("torch", "torch, compiled", "torch, compiled, bfloat16", "ours")


def chosen():
    names = list(ALL)
    if CONTENDERS.value is None:
        return names
    return [names[int(number) - 1] for number in CONTENDERS.value]


def operations(width, sizes, batch_size):
    """GFLOP a picture of our step, counted in the graph."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import contender
    import tensorflow as tf
    from operations import of_training_step

    spec = {"sizes": sizes, "width": width}
    model = contender.our_model(spec)
    model.compile(mismatched="text", jit_compile=False)
    batch = contender.random_batch(batch_size, sizes[-1])
    return of_training_step(model, {k: tf.constant(v) for k, v in batch.items()})


def main(argv):
    del argv
    print(describe("torch"))
    sizes = [int(size) for size in SIZES.value]
    lines = []
    for width in map(int, WIDTHS.value):
        gigaflop = operations(width, sizes, 2) if OPERATIONS.value else None
        for batch_size in map(int, BATCH_SIZES.value):
            common = {"kind": "training", "sizes": sizes, "width": width, "batch_size": batch_size}
            specs = {name: {**ALL[name], **common} for name in chosen()}
            results = race(specs, ROUNDS.value, STEPS.value, batch_size, TIMEOUT.value)
            print(f"\nwidth {width}, {'/'.join(SIZES.value)} px, batches of {batch_size}")
            if gigaflop is not None:
                print(f"our step: {gigaflop:.1f} GFLOP a picture")
            references = [name for name in REFERENCES if name in specs]
            print(table(results, references), flush=True)
            lines += [{**facts(), **common, "gflop_a_picture": gigaflop, **r} for r in results]
            if OUT.value:
                write_lines(pathlib.Path(OUT.value), lines)


if __name__ == "__main__":
    app.run(main)
