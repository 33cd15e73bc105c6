"""How long one call takes: `generate`, the SavedModel, ONNX and LiteRT.

    python benchmarks/export_latency.py
    python benchmarks/export_latency.py --filters 32 --image_sizes 64,128,256 --rounds 50

All run the same small StackGAN-v2 of fresh weights from the same embeddings, one after the other in
each round, warm. The figure is the median, with the tenth and ninetieth percentile. The first two
also draw the noise; the last two are given it. The difference is the largest to the SavedModel's
pictures, in gray levels. What is not installed is left out, and named. Of the CPU alone, on which
ONNX and LiteRT run: a GPU that is there is not used.
"""

import importlib.util
import os
import pathlib
import tempfile
import time

import keras
import numpy as np
import options
import tensorflow as tf
from absl import app, flags, logging
from contenders import ours
from machine import describe
from results_file import ResultsFile

from keras_stackgan import StackGANv2
from keras_stackgan.export import export_litert, export_onnx, export_saved_model

SIZES = flags.DEFINE_list("image_sizes", ["64", "128", "256"], "Side of each stage's pictures.")
FILTERS = flags.DEFINE_integer("filters", 16, "Width of the generator.", lower_bound=4)
BATCHES = flags.DEFINE_list("batches", ["1", "8"], "Pictures a call.")
ROUNDS = flags.DEFINE_integer("rounds", 20, "Timed calls of each.", lower_bound=1)
THREADS = flags.DEFINE_integer("threads", 0, "Of ONNX and LiteRT; 0: one a core.")
EMBEDDING_DIM = 128


def make_model():
    keras.utils.set_random_seed(0)
    return StackGANv2(
        image_sizes=tuple(options.counts(SIZES, ["16"])),
        generator_filters=options.value(FILTERS, 4),
        discriminator_filters=4,
        embedding_dim=EMBEDDING_DIM,
        discriminator_kernel_initializer="zeros",
    )


def has(*packages):
    return all(importlib.util.find_spec(package) for package in packages)


def make_callers(model, folder, threads):
    """Functions of (embeddings, noise) by name; each returns the last stage's pictures."""
    last = f"image_{model.output_sizes[-1]}"
    export_saved_model(model, folder / "saved_model")
    loaded = tf.saved_model.load(str(folder / "saved_model"))

    def generate(embeddings, noise):
        return model.generate(embeddings=embeddings, seed=0)

    def saved_model(embeddings, noise):
        return loaded.generate(embeddings=tf.constant(embeddings), seed=0)["images"].numpy()

    callers = {"generate": generate, "SavedModel": saved_model}
    if has("tf2onnx", "onnxruntime"):
        import onnxruntime

        export_onnx(model, folder / "generator.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(folder / "generator.onnx", options)
        callers["ONNX"] = lambda e, noise: session.run([last], {"embeddings": e, **noise})[0]
    if has("ai_edge_litert"):
        from ai_edge_litert.interpreter import Interpreter

        path = folder / "generator.tflite"
        export_litert(model, path)
        runner = Interpreter(str(path), num_threads=threads).get_signature_runner()
        callers["LiteRT"] = lambda e, noise: runner(embeddings=e, **noise)[last]
    return callers


def gray(pictures):
    return pictures if pictures.dtype == np.uint8 else np.round(255.0 * pictures)


def measure(model, callers, batch, rounds):
    """Milliseconds of each caller's calls, and the largest difference in gray levels."""
    rng = np.random.default_rng(0)
    embeddings = rng.normal(size=(batch, EMBEDDING_DIM)).astype("float32")
    noise = model.draw_noise(batch, seed=0)
    expected = callers["SavedModel"](embeddings, noise).astype(int)
    differences = {}
    for name, call in callers.items():
        for _ in range(3):
            pictures = call(embeddings, noise)
        differences[name] = np.abs(gray(pictures).astype(int) - expected).max()
    times = {name: [] for name in callers}
    for _ in range(rounds):
        for name, call in callers.items():
            start = time.perf_counter()
            call(embeddings, noise)
            times[name].append(1000.0 * (time.perf_counter() - start))
    return times, differences


def main(argv):
    del argv
    logging.set_verbosity(logging.WARNING)
    ours.choose_device("cpu")
    packages = [
        name
        for name, module in (("onnxruntime", "onnxruntime"), ("ai-edge-litert", "ai_edge_litert"))
        if has(module)
    ]
    print(describe(*packages))
    out = ResultsFile(options.RESULTS.value, "export_latency")
    model = make_model()
    threads = THREADS.value or len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        callers = make_callers(model, folder, threads)
        missing = {"ONNX", "LiteRT"} - set(callers)
        if missing:
            print(f"not installed: {', '.join(sorted(missing))}")
        for path in sorted(folder.iterdir()):
            size = sum(f.stat().st_size for f in [path, *path.rglob("*")] if f.is_file())
            print(f"on disk: {path.name} {size / 1e6:.1f} MB")
        sizes = "/".join(map(str, model.image_sizes))
        print(f"width {model.generator_filters}, {sizes} px, {threads} threads")
        print("| batch | | ms a call | 10 % | 90 % | pictures/s | gray levels off |")
        print("|---|---|---|---|---|---|---|")
        for batch in options.counts(BATCHES, ["1"]):
            times, differences = measure(model, callers, batch, options.value(ROUNDS, 2))
            for name, values in times.items():
                low, median, high = (float(v) for v in np.percentile(values, [10, 50, 90]))
                found = {"batch_size": batch, "name": name, "milliseconds": median}
                found |= {"low": low, "high": high, "difference": int(differences[name])}
                said = {"width": model.generator_filters, "sizes": model.image_sizes}
                said |= {"embedding_dim": EMBEDDING_DIM, "threads": threads, "device": "cpu"}
                out.add({**said, **found})
                print(
                    f"| {batch} | {name} | {median:.1f} | {low:.1f} | {high:.1f} | "
                    f"{1000.0 * batch / median:.1f} | {differences[name]} |"
                )


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    app.run(main)
