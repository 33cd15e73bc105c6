"""What a picture of training costs does not grow with the data set or with the run.

    python benchmarks/scaling.py
    python benchmarks/scaling.py --files 1000,100000 --steps 100

A toy model (16 and 32 pixels, width 8, batches of 16) trains by `fit` on folders of so many
pictures of 48 pixels through the real input pipeline, which keeps no picture, each in a fresh
process. Pictures a second are those of the first and of the last tenth of the steps, the first
steps left out; memory is what the process holds (without mapped files) after those first steps and
at the end.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import device_option
import options
import process_memory
from absl import app, flags
from child_process import last_words
from machine import describe
from reporting import lines
from results_file import ResultsFile

FILES = flags.DEFINE_list("files", ["1000", "10000"], "Numbers of pictures.")
STEPS = flags.DEFINE_list("steps", ["100", "2000"], "Numbers of steps.")
ONE = flags.DEFINE_string("one", None, "Used by the script itself: one configuration.")
BATCH_SIZE, SIZES, WIDTH, DIFFERENT, DIM, CAPTIONS, WARM = 16, (16, 32), 8, 64, 32, 5, 20


def write_folder(folder, count):
    """Some painted flowers under many names, each with embeddings of its captions."""
    import numpy as np

    from keras_stackgan.data import write_toy_flowers

    write_toy_flowers(folder / "painted", count=DIFFERENT, size=48)
    painted = sorted(p for p in (folder / "painted").rglob("*") if p.suffix in (".png", ".jpg"))
    (folder / "many").mkdir()
    for number in range(count):
        source = painted[number % len(painted)]
        os.link(source, folder / "many" / f"{number:06d}{source.suffix}")
    shape = (count * CAPTIONS, DIM)
    embeddings = np.random.default_rng(0).normal(size=shape).astype("float32")
    np.save(folder / "embeddings.npy", embeddings)


def one(folder, steps, device):
    """Trains, and prints seconds and memory."""
    import keras
    import numpy as np
    from contenders import ours

    from keras_stackgan import StackGANv2
    from keras_stackgan.data import CaptionEmbeddings, Record, caption_dataset

    ours.prepare({"device": device})
    folder = pathlib.Path(folder)
    names = sorted(path.name for path in (folder / "many").iterdir())
    records = [Record(folder / "many", name, ("a flower",), 0) for name in names]
    array = np.load(folder / "embeddings.npy", mmap_mode="r")
    embeddings = CaptionEmbeddings(array, np.arange(len(names) + 1) * CAPTIONS)
    dataset = caption_dataset(records, embeddings, SIZES[-1], BATCH_SIZE, cache=False)
    model = StackGANv2(SIZES, WIDTH, WIDTH, embedding_dim=DIM)
    model.compile()
    moments, held = [], []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            moments.append(time.perf_counter())
            if batch in (WARM - 1, WARM + steps - 1):
                held.append(process_memory.own("RssAnon"))

    model.fit(dataset, steps_per_epoch=WARM + steps, verbose=0, callbacks=[Watch()])
    tenth = max(1, steps // 10)
    rates = [
        BATCH_SIZE * tenth / (moments[first + tenth] - moments[first])
        for first in (WARM - 1, WARM + steps - 1 - tenth)
    ]
    rate = BATCH_SIZE * steps / (moments[-1] - moments[WARM - 1])
    print(json.dumps({"rate": rate, "rates": rates, "memory_mb": held}))


def main(argv):
    del argv
    if ONE.value:
        return one(*json.loads(ONE.value))
    print(describe())
    out = ResultsFile(options.RESULTS.value, "scaling")
    print("\n" + lines.head(lines.SCALING_HEAD))
    for count in options.counts(FILES, ["100", "200"]):
        with tempfile.TemporaryDirectory() as scratch:
            write_folder(pathlib.Path(scratch), count)
            for steps in options.counts(STEPS, ["20"]):
                spec = json.dumps([scratch, steps, device_option.chosen()])
                command = [sys.executable, __file__, f"--one={spec}"]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    raise SystemExit(last_words(done.returncode, done.stderr))
                line = {"files": count, "steps": steps, **json.loads(done.stdout.splitlines()[-1])}
                line |= {"sizes": SIZES, "width": WIDTH, "batch_size": BATCH_SIZE}
                out.add(line)
                print(lines.row(lines.scaling(line)), flush=True)


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
