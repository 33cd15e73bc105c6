"""What all contenders are given."""

import numpy as np

LATENT_DIM, CODE_DIM, EMBEDDING_DIM = 100, 128, 1024
# Pictures that are drawn at a time, so that memory does not grow with their number.
CHUNK = 64


def random_batch(rows, size, dim=EMBEDDING_DIM):
    """8-bit pictures and embeddings."""
    random = np.random.default_rng(0)
    return {
        "images": random.integers(0, 256, (rows, size, size, 3), dtype="uint8"),
        "embeddings": random.normal(size=(rows, dim)).astype("float32"),
    }
