"""A folder of small pictures whose labels, captions and attributes are known."""

import numpy as np
from PIL import Image

from keras_stackgan.data import Record

NAMES = ("red", "green", "blue")
COLORS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]])


def write_records(folder, count=60, size=16):
    """Records of pictures of two colors, and `(targets, mentioned)` of their captions."""
    generator = np.random.default_rng(0)
    numbers = generator.integers(3, size=(count, 2)).astype("int32")
    records = []
    (folder / "pictures").mkdir(parents=True)
    for k, (left, right) in enumerate(numbers):
        picture = np.repeat(COLORS[[left, right]], size // 2, axis=0)[None].repeat(size, axis=0)
        picture = np.clip(picture + generator.integers(-40, 40, picture.shape), 0, 255)
        file = f"pictures/{k}.png"
        Image.fromarray(picture.astype("uint8")).save(folder / file)
        captions = (f"{NAMES[left]} at left", f"{NAMES[left]} and {NAMES[right]}")
        records.append(Record(folder, file, captions, label=NAMES[left]))
    mentioned = np.array([[[True, False], [True, True]]] * count)
    return records, (numbers, mentioned)


class Painter:
    """Stands for a model: draws what captions say, and what it says of itself as a model does."""

    num_classes, output_sizes, text_encoder = None, (16,), True

    def __init__(self, embedding_dim=4, wrong=False):
        self.embedding_dim, self.wrong, self.calls = embedding_dim, wrong, []

    def generate(self, captions=None, num_images=1, seed=0, *, labels=None, batch_size=16):
        self.calls.append({"captions": captions, "labels": labels, "seed": seed})
        generator = np.random.default_rng(seed)
        rows = labels if captions is None else captions
        count = num_images if rows is None else len(rows)
        chosen = generator.integers(3, size=(count, 2))
        for row, caption in enumerate(captions or ()):
            said = [NAMES.index(word) for word in caption.split() if word in NAMES]
            chosen[row, : len(said)] = said
        if self.wrong:
            chosen = (chosen + 1) % 3
        images = np.repeat(COLORS[chosen], 8, axis=1)[:, None].repeat(16, axis=1)
        return np.clip(images + generator.integers(-40, 40, images.shape), 0, 255).astype("uint8")


def read_colors(pictures):
    """The numbers of both colors."""
    means = [pictures[:, :, :8].mean((1, 2)), pictures[:, :, 8:].mean((1, 2))]
    return np.stack([np.argmax(mean, axis=1) for mean in means], axis=1)


def color_features(pictures):
    return np.concatenate(
        [pictures[:, :, :8].mean((1, 2)), pictures[:, :, 8:].mean((1, 2))], axis=1
    )
