"""Small models and presets that the tests of presets share."""

import contextlib
import http.server
import io
import json
import tarfile
import threading

import keras
import numpy as np

from keras_stackgan import StackGANv1, StackGANv2
from keras_stackgan.presets.preset_directory import file_sha256
from keras_stackgan.text import HashedNgramEncoder

METADATA = {
    "description": "Toy birds.",
    "license": "CC BY 4.0",
    "knows": ["colors of birds"],
    "captions": ["a red bird", "a blue bird"],
    "limits": ["It was never trained."],
    "dataset": {"name": "toys", "license": "CC0", "credit": "nobody"},
    "training": {"steps": 12, "command": "train --steps 12"},
    "figures": [{"name": "accuracy", "value": np.float32(0.5), "command": "a | b", "n": 100}],
}


def toy_encoder():
    return HashedNgramEncoder(num_buckets=64, hidden_dim=8, dim=8)


def toy_v2(**changes):
    """A model whose live and averaged generator differ, as after training."""
    keras.utils.set_random_seed(3)
    arguments = {
        "image_sizes": (16, 32),
        "generator_filters": 4,
        "discriminator_filters": 4,
        "embedding_dim": 8,
        "conditioning_dim": 6,
        "latent_dim": 5,
    }
    return _as_trained(StackGANv2(**{**arguments, **changes}))


def toy_v1(**changes):
    keras.utils.set_random_seed(3)
    arguments = {
        "stage1_size": 16,
        "image_size": 32,
        "generator_filters": 4,
        "discriminator_filters": 4,
        "embedding_dim": 8,
        "conditioning_dim": 6,
        "latent_dim": 5,
        "num_residual_blocks": 1,
    }
    return _as_trained(StackGANv1(**{**arguments, **changes}))


def _as_trained(model):
    rng = np.random.default_rng(0)
    for weight in model.averaged_generator.weights:
        value = weight.numpy() + 0.05 * rng.normal(size=weight.shape)
        # For pictures of some contrast.
        value *= 8.0 if "image_head" in weight.path else 1.0
        weight.assign(np.abs(value) if "variance" in weight.path else value)
    if model.embedding_mean is not None:
        model.embedding_mean.assign(rng.normal(size=8))
        model.embedding_scale.assign(rng.uniform(0.5, 2.0, size=8))
    return model


def embeddings(rows=4):
    return np.random.default_rng(1).normal(size=(rows, 8)).astype("float32")


def contents(folder):
    """Every file below a folder with its bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def rewrite(preset, name, content):
    """Puts other bytes into a preset's file, and their checksum into its metadata."""
    (preset / name).write_bytes(content)
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["files"][name] = {"bytes": len(content), "sha256": file_sha256(preset / name)}
    (preset / "metadata.json").write_text(json.dumps(metadata))


def edit_config(preset, **changes):
    entry = {**json.loads((preset / "config.json").read_text()), **changes}
    rewrite(preset, "config.json", json.dumps(entry).encode())


def pack(preset, path, top="toy"):
    """Writes a preset as a .tar.gz archive; returns its checksum."""
    with tarfile.open(path, "w:gz") as archive:
        archive.add(preset, arcname=top)
    return file_sha256(path)


def pack_members(path, members):
    """Writes an archive of `(TarInfo, bytes)`; returns its checksum."""
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file_sha256(path)


@contextlib.contextmanager
def serve(folder, answers=()):
    """Serves a folder on this machine; yields the address and the list of paths asked for.

    `answers` maps a path to a function of the request's handler that answers it instead.
    """
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=folder)

        def do_GET(self):
            asked.append(self.path)
            answer = dict(answers).get(self.path)
            if answer is None:
                super().do_GET()
            else:
                answer(self)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
