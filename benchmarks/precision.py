"""How far half precision takes a run from float32, after so many steps.

    python benchmarks/precision.py --steps 200

Trains the same small StackGAN-v2 from the same weights on the same painted flowers in each
precision. Training a GAN enlarges any difference, so a float32 run whose first weights were moved
by one part in a million is the yardstick, and another seed the upper bound. Pictures are those of
the moving average, with the same noise.
"""

import pathlib
import statistics
import tempfile

import device_option
import keras
import numpy as np
import options
import tensorflow as tf
from absl import app, flags
from contenders import ours
from machine import describe
from results_file import ResultsFile

from keras_stackgan import StackGANv2
from keras_stackgan.data import caption_dataset
from keras_stackgan.data.toy_flowers import write_toy_flowers

STEPS = flags.DEFINE_integer("steps", 200, "Steps of each run.")
FILTERS = flags.DEFINE_integer("filters", 16, "Width of all networks.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 16, "Pictures a step.")
DEVICES = flags.DEFINE_integer(
    "devices", 1, "Devices of the CPU; above 1 under MirroredStrategy.",
    lower_bound=1,
)  # fmt: skip
SIZES = (16, 32)
RUNS = ("float32", "float32, nudged", "float32, another seed", "mixed_bfloat16", "mixed_float16")


def make(strategy, name, names):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = StackGANv2(
            image_sizes=SIZES,
            generator_filters=FILTERS.value,
            discriminator_filters=FILTERS.value,
            num_classes=len(names),
            latent_dim=32,
            dtype=name.split(",")[0],
        )
        model.compile(seed=1 if "seed" in name else 0, ema_decay=0.98)
        if "nudged" in name:
            for variable in model.generator.trainable_variables:
                variable.assign(variable * (1.0 + 1e-6))
    return model


def train(strategy, name, records, names):
    model = make(strategy, name, names)
    dataset = caption_dataset(
        records, image_size=SIZES[-1], batch_size=BATCH_SIZE.value, labels=True, load_scale=1.0
    )
    history = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            history.append({key: float(value) for key, value in logs.items()})
            self.model.reset_metrics()

    model.fit(dataset, steps_per_epoch=options.value(STEPS, 4), verbose=0, callbacks=[Watch()])
    weights = [v.numpy() for v in model.trainable_variables]
    pictures = model.generate(labels=np.arange(len(names)), num_images=8, seed=0)
    return weights, history, pictures


def relative(weights, others):
    difference = sum(float(((a - b) ** 2).sum()) for a, b in zip(weights, others, strict=True))
    return (difference / sum(float((b**2).sum()) for b in others)) ** 0.5


def tail(history, name):
    """Mean over the last quarter of the run."""
    return statistics.mean(row[name] for row in history[-len(history) // 4 :])


def main(argv):
    del argv
    if DEVICES.value > 1 and device_option.DEVICE.value == "gpu":
        raise app.UsageError("--devices above 1 are of the CPU. Received: --device gpu.")
    device = "cpu" if DEVICES.value > 1 else device_option.chosen()
    ours.choose_device(device)
    strategy = tf.distribute.get_strategy()
    if DEVICES.value > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(DEVICES.value)]
        tf.config.set_logical_device_configuration(cpu, parts)
        strategy = tf.distribute.MirroredStrategy([f"CPU:{k}" for k in range(DEVICES.value)])
    print(describe())
    out = ResultsFile(options.RESULTS.value, "precision")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        records = write_toy_flowers(pathlib.Path(folder) / "flowers", count=200, size=48)
        names = sorted({record.label for record in records})
        for name in RUNS[:2] if options.QUICK.value else RUNS:
            results[name] = train(strategy, name, records, names)
    weights, _, pictures = results["float32"]
    print(
        f"after {options.value(STEPS, 4)} steps, {DEVICES.value} device(s); "
        "losses: mean of the last quarter"
    )
    print("| run | d_loss_32 | g_loss | weights, relative | pictures, levels of 255 |")
    print("|---|---|---|---|---|")
    for name, (other, history, drawn) in results.items():
        found = {
            "d_loss": tail(history, "d_loss_32"),
            "g_loss": tail(history, "g_loss"),
            "weights": float(relative(other, weights)),
            "levels": float(np.abs(drawn.astype("int32") - pictures).mean()),
        }
        out.add({"name": name, "steps": options.value(STEPS, 4), "device": device, **found})
        print(
            f"| {name} | {found['d_loss']:.3f} | {found['g_loss']:.3f} | "
            f"{found['weights']:.4f} | {found['levels']:.2f} |"
        )


if __name__ == "__main__":
    flags.adopt_module_key_flags(options)
    flags.adopt_module_key_flags(device_option)
    app.run(main)
