"""One pass over held-out captions: what judges and networks see in every stage and in reality."""

import collections

import numpy as np

from keras_stackgan.data.progress import progress_bar
from keras_stackgan.metrics import resize
from keras_stackgan.models.network_checks import stage_names

REAL, REFERENCE = "real", "reference"
ENLARGED = "bicubic"


def kinds_of(model):
    """Returns the names of what is measured: the stages by their sizes, then the real pictures."""
    return [*stage_names(model.output_sizes), REAL]


def collect(model, pictures, readers, pairs, extractor, batch_size=16, bar=True):
    """Draws every caption once and reads the stages' pictures and the real ones.

    Args:
        model: `AdversarialModel` with a text encoder.
        pictures: `EvaluationSet` of the last stage's size, with attributes.
        readers: dict from a judge's name to a callable as `attribute_reader` returns it.
        pairs: dict from a pair's name to `(picture_vectors, text_vectors)`; the second takes a
            batch of `EvaluationSet`.
        extractor: `FeatureExtractor`, for pictures brought to the last stage's size.
        batch_size: int. Pictures drawn at a time.
        bar: bool. Whether progress is shown.

    Returns:
        A dict of arrays with one row a caption: `"captions"`, `"targets"`, `"mentioned"`,
        `("reading", judge, kind)`, `("vectors", pair, kind)`, `("texts", pair)`,
        `("features", kind)` and `("detail", kind)`; `("features", "reference")` is of as many
        other real pictures.
    """

    def draw(count, seed, captions, labels):
        del count, labels
        return model.generate(captions, seed=seed, stages="all", batch_size=batch_size)

    kinds, rows = kinds_of(model), collections.defaultdict(list)
    size, first_size = model.output_sizes[-1], model.output_sizes[0]
    shown, done = progress_bar(2 * pictures.num_pictures, "picture") if bar else None, 0
    # Both go through the compared half in one order.
    for batch, real in zip(pictures.generated_batches(draw), pictures.real_batches(), strict=False):
        count = len(batch["captions"])
        for name in ("captions", "targets", "mentioned"):
            rows[name].append(np.asarray(batch[name]))
        for pair, (_, text_vectors) in pairs.items():
            rows["texts", pair].append(np.asarray(text_vectors(batch)))
        images = dict(zip(kinds, [*batch["pictures"], real["pictures"][:count]], strict=True))
        for kind, given in images.items():
            for judge, read in readers.items():
                rows["reading", judge, kind].append(read(given))
            for pair, (picture_vectors, _) in pairs.items():
                rows["vectors", pair, kind].append(np.asarray(picture_vectors(given)))
            large = enlarged(given, size)
            rows["features", kind].append(extractor(large))
            rows["detail", kind].append(fine_detail(large, first_size // 4))
        done += count
        if shown is not None:
            shown.update(done)
    left = pictures.num_pictures
    for batch in pictures.reference_batches():
        given = batch["pictures"][:left]
        rows["features", REFERENCE].append(extractor(given))
        left, done = left - len(given), done + len(given)
        if shown is not None:
            shown.update(done)
        if not left:
            break
    return {key: np.concatenate(parts) for key, parts in rows.items()}


def enlarged(pictures, size):
    """Returns pictures at a larger size, uint8; bicubic, so that no squares are seen."""
    if pictures.shape[1] == size:
        return pictures
    return np.rint(resize(pictures, size, ENLARGED)).astype("uint8")


def fine_detail(pictures, cycles):
    """Returns each picture's share of spectral energy above a frequency.

    Args:
        pictures: uint8 array `(n, size, size, 3)`.
        cycles: int. Frequency, in cycles a picture.
    """
    gray = pictures.astype("float32").mean(axis=-1)
    gray -= gray.mean(axis=(1, 2), keepdims=True)
    # Without it the jump from one border to the other counts as detail.
    window = np.hanning(gray.shape[1]).astype("float32")
    energy = np.abs(np.fft.fft2(gray * window[:, None] * window)) ** 2
    frequency = np.fft.fftfreq(gray.shape[1]) * gray.shape[1]
    fine = np.hypot(frequency[:, None], frequency) > cycles
    return energy[:, fine].sum(axis=1) / np.maximum(energy.sum(axis=(1, 2)), 1e-9)
