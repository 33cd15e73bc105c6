"""Pictures a second and memory of the input pipeline, by threads and by the number of files.

    python benchmarks/input_pipeline.py
    python benchmarks/input_pipeline.py --files=1000 --sizes=256 --threads=1,2,4,8,16

Writes 64 JPEG files of 500x375 pixels, each under many names (hard links), with five captions of
384 numbers a picture on disk, and draws batches of 16 in a process of its own per line. Nothing is
cached by the pipeline: every picture is read, decoded, cut, resized, cropped and mirrored each time
it is drawn (the files themselves are in the system's cache). A rate is the median of `--rounds`
that such a process draws one after the other, beside the slowest and the fastest. `first` is the
time from the records to the first batch. Memory is what the process holds (without files that are
mapped, the embeddings among them, whose pages the system may drop at any time) at its highest, less
what it held before the records were made (Python, TensorFlow). Linux only; no model runs.
`report.py` compares the rates with those of training.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import options
import process_memory
from absl import app, flags
from child_process import last_words
from machine import describe
from PIL import Image
from reporting import lines
from results_file import ResultsFile

FILES = flags.DEFINE_list("files", ["1000", "100000"], "Numbers of files.")
SIZES = flags.DEFINE_list("sizes", ["64", "256"], "Sides of the pictures in pixels.")
THREADS = flags.DEFINE_list("threads", ["1", "2", "4", "auto"], "Threads of the pipeline.")
SECONDS = flags.DEFINE_float("seconds", 4.0, "How long a round draws batches.")
ROUNDS = flags.DEFINE_integer("rounds", 3, "Rounds of each line.", lower_bound=1)
MISMATCHED = flags.DEFINE_bool("mismatched", False, "Whether a second picture is drawn a row.")
ONE = flags.DEFINE_string("one", None, "Used by the script itself: one line.")
BATCH_SIZE, CAPTIONS, DIM, DIFFERENT = 16, 5, 384, 64


def write_files(folder, count):
    """Writes the folder of pictures, and the embeddings of their captions."""
    rng = np.random.default_rng(0)
    (folder / "pictures").mkdir(parents=True)
    for number in range(count):
        place = folder / f"pictures/{number // 1000:03d}"
        path = place / f"{number:06d}.jpg"
        if number % 1000 == 0:
            place.mkdir()
        if number < DIFFERENT:
            # Coarse shapes and some grain: about as many bytes as a photograph of this size.
            coarse = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype="uint8"))
            pixels = np.asarray(coarse.resize((500, 375), Image.Resampling.BICUBIC), "int16")
            pixels = pixels + rng.normal(0, 6, pixels.shape)
            Image.fromarray(pixels.clip(0, 255).astype("uint8")).save(path, quality=90)
        else:
            os.link(folder / f"pictures/000/{number % DIFFERENT:06d}.jpg", path)
    shape = (count * CAPTIONS, DIM)
    np.lib.format.open_memmap(folder / "embeddings.npy", "w+", "float32", shape).flush()


def one(folder, count, size, threads):
    import tensorflow as tf

    from keras_stackgan.data import CaptionEmbeddings, Record, caption_dataset

    list(tf.data.Dataset.range(4).batch(2).as_numpy_iterator())
    root = pathlib.Path(folder)
    before, start = process_memory.own("RssAnon"), time.perf_counter()
    records = [
        Record(root, f"pictures/{number // 1000:03d}/{number:06d}.jpg", ("a caption",), number % 7)
        for number in range(count)
    ]
    array = np.load(root / "embeddings.npy", mmap_mode="r")
    embeddings = CaptionEmbeddings(array, np.arange(count + 1) * CAPTIONS)
    dataset = caption_dataset(
        records,
        embeddings,
        size,
        BATCH_SIZE,
        mismatched_images=MISMATCHED.value,
        cache=False,
        num_parallel_calls=threads,
    )
    batches = iter(dataset)
    next(batches)
    first = time.perf_counter() - start
    for _ in range(5):
        next(batches)
    rates, highest = [], process_memory.own("RssAnon")
    for _ in range(ROUNDS.value):
        drawn, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS.value:
            next(batches)
            drawn += BATCH_SIZE
            highest = max(highest, process_memory.own("RssAnon"))
        rates.append(drawn / (time.perf_counter() - start))
    spread = {"slowest": min(rates), "fastest": max(rates), "rounds": len(rates)}
    found = {"rate": statistics.median(rates), **spread, "first": first}
    print(json.dumps({**found, "memory": highest - before}))


def main(argv):
    del argv
    if ONE.value:
        return one(*json.loads(ONE.value))
    print(describe("pillow"))
    out = ResultsFile(options.RESULTS.value, "input_pipeline")
    print(lines.head(lines.INPUT_PIPELINE_HEAD))
    for count in options.counts(FILES, ["100"]):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "data"
            write_files(folder, count)
            for size in options.counts(SIZES, ["64"]):
                for threads in options.value(THREADS, ["auto"]):
                    line = measured(folder, count, size, threads)
                    out.add(line)
                    print(lines.row(lines.input_pipeline(line)), flush=True)


def measured(folder, count, size, threads):
    """One line, from a process of its own."""
    number = None if threads == "auto" else int(threads)
    spec = json.dumps([str(folder), count, size, number])
    command = [sys.executable, __file__, f"--seconds={options.value(SECONDS, 0.5)}"]
    command += [f"--rounds={options.value(ROUNDS, 2)}"]
    command += [f"--mismatched={MISMATCHED.value}", f"--one={spec}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(last_words(done.returncode, done.stderr))
    found = json.loads(done.stdout.splitlines()[-1])
    asked = {"files": count, "size": size, "threads": threads, "batch_size": BATCH_SIZE}
    return {**asked, "mismatched": MISMATCHED.value, **found}


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
