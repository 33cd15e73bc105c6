"""One contender of a race, in a process of its own that runs when it is told to.

Started by `race.py` with a JSON description as its only argument. Prints one line of JSON when it
is warm, then one for each line `run N` that it reads: the seconds that N rounds took. Two
frameworks in one process would fight for threads and memory; here all but one stand still.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import time

STARTED = time.perf_counter()
LATENT_DIM, CODE_DIM, EMBEDDING_DIM = 100, 128, 1024


def random_batch(rows, size):
    import numpy as np

    random = np.random.default_rng(0)
    return {
        "images": random.integers(0, 256, (rows, size, size, 3), dtype="uint8"),
        "embeddings": random.normal(size=(rows, EMBEDDING_DIM)).astype("float32"),
    }


# === Ours ===


def our_model(spec):
    import keras

    from keras_stackgan import StackGANv2

    keras.utils.set_random_seed(0)
    return StackGANv2(
        tuple(spec["sizes"]),
        spec["width"],
        spec["width"],
        embedding_dim=EMBEDDING_DIM,
        dtype=spec.get("dtype", "float32"),
    )


def our_training(spec):
    import tensorflow as tf

    model = our_model(spec)
    model.compile(mismatched="text", jit_compile=spec.get("jit_compile", False))
    batch = random_batch(spec["batch_size"], spec["sizes"][-1])
    dataset = tf.data.Dataset.from_tensors(batch).repeat()
    model.make_train_function()
    step = model.train_function
    iterator = iter(model.distribute_strategy.experimental_distribute_dataset(dataset))

    def run(count):
        for _ in range(count):
            logs = step(iterator)
        float(tf.reduce_sum([tf.cast(v, "float32") for v in tf.nest.flatten(logs)]))

    return run


def our_generating(spec):
    model = our_model(spec)
    embeddings = random_batch(spec["batch_size"], 8)["embeddings"]
    bounded = {"batch_size": min(spec["batch_size"], 64)}

    def run(count):
        for seed in range(count):
            model.generate(embeddings=embeddings, seed=seed, **bounded)

    return run


# === PyTorch ===


def torch_setup(spec):
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(spec.get("threads") or len(os.sched_getaffinity(0)))
    torch.set_flush_denormal(True)
    return torch


def torch_networks(spec, torch):
    from pytorch_peer.networks import Generator

    layout = torch.channels_last if spec.get("channels_last") else torch.contiguous_format
    generator = Generator(spec["sizes"], spec["width"], EMBEDDING_DIM, CODE_DIM, LATENT_DIM)
    return generator.to(memory_format=layout), layout


def torch_training(spec):
    torch = torch_setup(spec)
    from pytorch_peer.networks import Discriminator
    from pytorch_peer.training_step import TrainingStep
    from torch.nn import functional

    generator, layout = torch_networks(spec, torch)
    average, _ = torch_networks(spec, torch)
    discriminators = [
        Discriminator(size, spec["width"], CODE_DIM).to(memory_format=layout)
        for size in spec["sizes"]
    ]
    step = TrainingStep(
        generator,
        discriminators,
        average,
        torch.bfloat16 if spec.get("dtype") == "mixed_bfloat16" else None,
        torch.compile if spec.get("compile") else None,
        {"fused": True},
    )
    batch = {
        k: torch.from_numpy(v)
        for k, v in random_batch(spec["batch_size"], spec["sizes"][-1]).items()
    }
    rows, sizes = spec["batch_size"], spec["sizes"]

    def run(count):
        for _ in range(count):
            # As ours: 8-bit pictures come in, the smaller sizes are made in the step.
            large = batch["images"].permute(0, 3, 1, 2).float() / 127.5 - 1.0
            images = [
                functional.avg_pool2d(large, sizes[-1] // size).contiguous(memory_format=layout)
                for size in sizes
            ]
            noise = torch.randn(rows, LATENT_DIM)
            losses, _ = step(images, noise, batch["embeddings"], torch.randn(rows, CODE_DIM))
        float(losses[0])

    return run


def torch_generating(spec):
    torch = torch_setup(spec)
    generator, layout = torch_networks(spec, torch)
    generator.eval()
    if spec.get("folded"):
        fold_batch_norm(generator, torch)
    function = torch.compile(generator, dynamic=False) if spec.get("compile") else generator
    embeddings = torch.from_numpy(random_batch(spec["batch_size"], 8)["embeddings"])

    def run(count):
        with torch.inference_mode():
            for _ in range(count):
                for rows in embeddings.split(64):
                    noise = torch.randn(len(rows), LATENT_DIM)
                    images, _, _ = function(noise, rows, torch.zeros(len(rows), CODE_DIM))
                    pixels = (images[-1] + 1.0).mul(127.5).round().clamp(0, 255).byte()
                    pixels.permute(0, 2, 3, 1).contiguous().numpy()

    return run


def fold_batch_norm(module, torch):
    """Folds each batch norm into the convolution in front of it, as PyTorch's own helper does."""
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for child in module.modules():
        if isinstance(child, torch.nn.Sequential):
            for k in range(len(child) - 1):
                pair = child[k], child[k + 1]
                if isinstance(pair[0], torch.nn.Conv2d) and isinstance(
                    pair[1], torch.nn.BatchNorm2d
                ):
                    child[k], child[k + 1] = fuse_conv_bn_eval(*pair), torch.nn.Identity()


KINDS = {
    ("ours", "training"): our_training,
    ("ours", "generating"): our_generating,
    ("torch", "training"): torch_training,
    ("torch", "generating"): torch_generating,
}


def end_with_parent():
    """On Linux, a race that is killed leaves no contender behind, standing still or not."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def main():
    end_with_parent()
    spec = json.loads(sys.argv[1])
    run = KINDS[spec["framework"], spec["kind"]](spec)
    built = time.perf_counter() - STARTED
    began = time.perf_counter()
    run(1)
    first = time.perf_counter() - began
    run(spec.get("warm_up", 2))
    print(json.dumps({"built": built, "first": first}), flush=True)
    for line in sys.stdin:
        count = int(line.split()[1])
        began = time.perf_counter()
        run(count)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mb": peak}), flush=True)


if __name__ == "__main__":
    main()
