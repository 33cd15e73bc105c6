"""Memory of training by batch, width and stages, on the CPU.

    python benchmarks/memory.py

Each configuration trains a few steps of a text model in a process of its own. Figures are the
process's largest resident memory less what it was before the model was made (TensorFlow itself).
Linux only, and of the CPU alone: a GPU that is there is not used.
"""

import json
import subprocess
import sys

import options
import process_memory
from absl import app, flags
from child_process import last_words
from machine import describe
from results_file import ResultsFile

ONE = flags.DEFINE_string("one", None, "Used by the script itself: one configuration.")
STEPS = flags.DEFINE_integer("steps", 2, "Steps of each.", lower_bound=1)
CONFIGURATIONS = [
    # image sizes, width, batch
    ((64,), 16, 16),
    ((64,), 32, 16),
    ((64,), 64, 16),
    ((64,), 32, 4),
    ((64,), 32, 64),
    ((64, 128), 32, 16),
    ((64, 128, 256), 16, 8),
    ((64, 128, 256), 32, 4),
    ((64, 128, 256), 32, 8),
    ((64, 128, 256), 32, 16),
    ((64, 128, 256), 64, 4),
]
QUICK = [((16,), 4, 2)]


def one(sizes, width, batch):
    from contenders import ours

    tf = ours.choose_device("cpu")
    from keras_stackgan import StackGANv2

    tf.random.normal((8, 8)) @ tf.random.normal((8, 8))
    before = process_memory.own("VmHWM")
    model = StackGANv2(
        image_sizes=tuple(sizes), generator_filters=width, discriminator_filters=width
    )
    model.compile()
    weights = process_memory.own("VmHWM") - before
    data = {
        "images": tf.zeros((batch, sizes[-1], sizes[-1], 3), "uint8"),
        "embeddings": tf.random.normal((batch, 1024)),
    }
    model.fit(tf.data.Dataset.from_tensors(data).repeat(STEPS.value), verbose=0)
    count = sum(int(v.shape.num_elements()) for v in (w.value for w in model.trainable_variables))
    print(
        json.dumps(
            {"total": process_memory.own("VmHWM") - before, "weights": weights, "trainable": count}
        )
    )


def main(argv):
    del argv
    if ONE.value:
        return one(*json.loads(ONE.value))
    print(describe())
    out = ResultsFile(options.RESULTS.value, "memory")
    columns = ["stages", "width", "batch", "weights, with the average", "weights and optimizers"]
    print(f"| {' | '.join([*columns, 'in training'])} |")
    print("|---|---|---|---|---|---|")
    for sizes, width, batch in QUICK if options.QUICK.value else CONFIGURATIONS:
        command = [sys.executable, __file__, f"--steps={STEPS.value}"]
        command.append(f"--one={json.dumps([sizes, width, batch])}")
        done = subprocess.run(command, capture_output=True, text=True)
        name = "/".join(map(str, sizes))
        line = {"sizes": sizes, "width": width, "batch_size": batch, "device": "cpu"}
        if done.returncode:
            line["failure"] = last_words(done.returncode, done.stderr)
            out.add(line)
            print(f"| {name} | {width} | {batch} | failed: {line['failure']} | | |", flush=True)
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        out.add({**line, **found})
        print(
            f"| {name} | {width} | {batch} | {found['trainable'] / 1e6:.1f} M | "
            f"{found['weights']:.0f} MB | {found['total']:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
