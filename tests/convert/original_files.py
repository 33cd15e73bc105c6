"""Files of the originals: recorded ones, and ones made of the recorded runs' weights."""

import gzip
import json
import pathlib

import numpy as np
from pth_files import write_arrays

DATA = pathlib.Path(__file__).parent / "data"
RUNS = pathlib.Path(__file__).parents[1] / "models" / "data"
JUDGES = [DATA / f"netD{k}.pth" for k in range(3)]
RECORDED = np.load(DATA / "recorded.npz")
TINY_V2 = {
    "image_sizes": (64, 128, 256),
    "generator_filters": 4,
    "discriminator_filters": 2,
    "embedding_dim": 32,
    "conditioning_dim": 8,
    "latent_dim": 10,
}
TINY_V1 = {
    "generator_filters": 8,
    "discriminator_filters": 8,
    "embedding_dim": 32,
    "conditioning_dim": 8,
    "latent_dim": 10,
    "form": "pytorch",
}


def run_as_files(name, folder, form):
    """A run's arrays, its record, and `netG` and `netD` files of the weights that it began with."""
    arrays = np.load(RUNS / f"{name}.npz")
    with gzip.open(RUNS / f"{name}.json.gz") as file:
        record = json.load(file)["eval_logits"]["init_eval"]
    nets = {}
    for key in arrays:
        start, net, *rest = key.split("/")
        if start == "init":
            nets.setdefault(net, {})[rest[0]] = arrays[key]
    for state in nets.values():
        for key in [key for key in state if key.endswith(".bias")]:
            prefix = key.removesuffix("bias")
            # Only normalizations have one-dimensional weights.
            if state[f"{prefix}weight"].ndim == 1:
                state[f"{prefix}running_mean"] = np.zeros(state[key].shape, "float32")
                state[f"{prefix}running_var"] = np.ones(state[key].shape, "float32")
                if form == "zip":
                    state[f"{prefix}num_batches_tracked"] = np.int64(0)
    files = {net: write_arrays(folder / f"{net}.pth", state, form) for net, state in nets.items()}
    return arrays, record, files
